/** `baton explain`: why each instance is in its state, in words. */
import { encodeLine } from '../api/json-lines.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { InstanceSnapshot } from '../model/snapshot.ts';
import type { JournalLine } from '../ports/journal.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { explain, explanationText } from './explanation.ts';
import { storyOf } from './opened-replay.ts';
import { reportFailure } from './report-failure.ts';
import { printable } from './terminal.ts';
import { localTimeExact } from './time-text.ts';

export interface ExplainOptions {
  readonly socketPath: string;
  /** Explain the end of this recording instead of the Baton that runs. */
  readonly recordingPath: string | null;
  readonly instance: string | null;
  readonly json: boolean;
}

type Context = Pick<CommandContext, 'terminal' | 'connect' | 'openReplay' | 'wallClockMs'>;

/** What there is to explain something by. */
interface Known {
  readonly lines: readonly JournalLine[];
  readonly instances: readonly InstanceSnapshot[];
  readonly nowMs: number;
}

export async function explainCommand(options: ExplainOptions, context: Context): Promise<ExitCode> {
  const { stdout, stderr } = context.terminal;
  const known = await (options.recordingPath === null
    ? askDaemon(options.socketPath, context)
    : readRecording(options.recordingPath, context));
  if (!known.ok) return known.error;
  const { lines, instances, nowMs } = known.value;
  const explanations = explain(lines, instances, options.instance);
  if (options.instance !== null && explanations.length === 0) {
    const names = instances.map(({ name }) => name).join(', ');
    const word = `there is no instance ${options.instance}; there are: ${names}`;
    await stderr.write(`baton: ${printable(word)}\n`);
    return exitCodes.failed;
  }
  const words = { nowMs, moment: (timeMs: number) => localTimeExact(timeMs, nowMs) };
  for (const explanation of explanations) {
    const text = explanationText(explanation, words);
    await stdout.write(
      options.json
        ? encodeLine({ ...explanation, text })
        : text
            .split('\n')
            .map((line) => `${printable(line)}\n`)
            .join(''),
    );
  }
  return exitCodes.done;
}

async function askDaemon(path: string, context: Context): Promise<Result<Known, ExitCode>> {
  const client = context.connect(path);
  const lines: JournalLine[] = [];
  const query = { after: null, follow: false, until: context.terminal.closed };
  // The status first: what happens between the two is told as well.
  const status = await client.status();
  if (!status.ok) return failure(await reportFailure(context.terminal, status.error));
  const told = await client.events(query, async (line) => {
    lines.push(line);
    return Promise.resolve();
  });
  if (!told.ok) return failure(await reportFailure(context.terminal, told.error));
  const { instances } = status.value.snapshot;
  return success({ lines, instances, nowMs: context.wallClockMs() });
}

async function readRecording(path: string, context: Context): Promise<Result<Known, ExitCode>> {
  const { stderr } = context.terminal;
  const opened = await context.openReplay(path);
  if (!opened.ok) {
    await stderr.write(`baton: ${path}: ${opened.error}\n`);
    return failure(exitCodes.failed);
  }
  const { header, steps, snapshot } = opened.value;
  const lines: JournalLine[] = [];
  let nowMs = header.wallClockMs;
  for await (const step of steps) {
    if (step.type === 'unreadable') {
      await stderr.write(`baton: ${path}, line ${step.line}: ${step.error}\n`);
      return failure(exitCodes.failed);
    }
    if (step.type !== 'input') continue;
    nowMs = step.timeMs;
    lines.push(...storyOf(step));
  }
  return success({ lines, instances: snapshot().instances, nowMs });
}
