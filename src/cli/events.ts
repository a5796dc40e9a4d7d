import { encodeLine } from '../api/json-lines.ts';
import type { CommandContext } from './command-context.ts';
import { eventText } from './event-text.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { reportFailure } from './report-failure.ts';

export interface EventsOptions {
  readonly socketPath: string;
  readonly json: boolean;
  readonly follow: boolean;
  /** Only events with a greater sequence number; null: all that are kept. */
  readonly after: number | null;
}

/** `baton events`: what has happened, one line each; with `follow` also what happens. */
export async function eventsCommand(
  options: EventsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const { after, follow } = options;
  const toText = options.json ? encodeLine : eventText;
  const outcome = await context
    .connect(options.socketPath)
    .events({ after, follow, until: terminal.closed }, async (line) => {
      await terminal.stdout.write(toText(line));
    });
  if (!outcome.ok) return reportFailure(terminal, outcome.error);
  if (outcome.value === 'stopping') {
    await terminal.stderr.write('baton: Baton has stopped, and there are no more events\n');
  }
  return exitCodes.done;
}
