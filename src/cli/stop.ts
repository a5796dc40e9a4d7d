import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { reportFailure } from './report-failure.ts';

export interface StopOptions {
  readonly socketPath: string;
}

/** `baton stop`: returns when the process has ended, its addresses handed over and released. */
export async function stopCommand(
  options: StopOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const answer = await context.connect(options.socketPath).stop();
  if (!answer.ok) return reportFailure(terminal, answer.error);
  await terminal.stdout.write(`Baton (process ${String(answer.value.processId)}) has stopped\n`);
  return exitCodes.done;
}
