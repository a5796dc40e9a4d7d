import { hasErrors, reportJson, reportText } from './check-report.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';

export interface CheckOptions {
  readonly path: string;
  readonly json: boolean;
  readonly configId: string | null;
  readonly requireIncludes: boolean;
}

/** `baton check FILE`: what is wrong with a configuration. Warnings and notes are no failure. */
export async function checkCommand(
  options: CheckOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const diagnostics = context.checkConfiguration(options);
  const report = options.json ? reportJson : reportText;
  await context.terminal.stdout.write(report(options.path, diagnostics));
  return hasErrors(diagnostics) ? exitCodes.failed : exitCodes.done;
}
