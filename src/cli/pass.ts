import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { reportFailure } from './report-failure.ts';

export interface PassOptions {
  readonly socketPath: string;
  /** Null: every instance that is Master. */
  readonly instance: string | null;
}

/** `baton pass [INSTANCE]`: hands mastership over to the other host. */
export async function passCommand(
  options: PassOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const answer = await context.connect(options.socketPath).pass(options.instance);
  if (!answer.ok) return reportFailure(terminal, answer.error);
  const outcome = answer.value;
  if (!outcome.ok) {
    await terminal.stderr.write(`baton: nothing was handed over: ${outcome.error}\n`);
    return exitCodes.failed;
  }
  await terminal.stdout.write(`${outcome.value}\n`);
  return exitCodes.done;
}
