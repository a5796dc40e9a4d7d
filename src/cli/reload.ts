import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { reportFailure } from './report-failure.ts';

export interface ReloadOptions {
  readonly socketPath: string;
  /** Null: Baton's own configuration. */
  readonly service: string | null;
}

/** `baton reload`: it, or a service, reads its configuration anew; an error changes nothing. */
export async function reloadCommand(
  options: ReloadOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const answer = await context.connect(options.socketPath).reload(options.service);
  if (!answer.ok) return reportFailure(terminal, answer.error);
  const outcome = answer.value;
  if (!outcome.ok) {
    const advice =
      options.service === null
        ? '\nbaton: nothing was changed: mend the configuration, then reload again\n'
        : '';
    await terminal.stderr.write(`${outcome.error.trimEnd()}\n${advice}`);
    return exitCodes.failed;
  }
  await terminal.stdout.write(`${outcome.value}\n`);
  return exitCodes.done;
}
