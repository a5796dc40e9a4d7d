import { encodeLine } from '../api/json-lines.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { reportFailure } from './report-failure.ts';
import { statusText } from './status-text.ts';
import { paintFor } from './terminal.ts';

export interface StatusOptions {
  readonly socketPath: string;
  readonly json: boolean;
}

/** `baton status`: the state of every instance, script and service at this moment. */
export async function statusCommand(
  options: StatusOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const answer = await context.connect(options.socketPath).status();
  if (!answer.ok) return reportFailure(terminal, answer.error);
  const { identity, snapshot } = answer.value;
  const text = options.json
    ? encodeLine({ identity, ...snapshot })
    : statusText(answer.value, { paint: paintFor(terminal), nowMs: context.wallClockMs() });
  await terminal.stdout.write(text);
  return exitCodes.done;
}
