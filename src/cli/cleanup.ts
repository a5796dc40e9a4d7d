import type { CleanUpRequest } from './cleanup-report.ts';
import type { CommandContext } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';

/** `baton cleanup`: takes away what a Baton that was killed has left in this network namespace. */
export async function cleanUpCommand(
  request: CleanUpRequest,
  context: CommandContext,
): Promise<ExitCode> {
  const { stdout, stderr } = context.terminal;
  const report = await context.cleanUp(request);
  if (report.type === 'refused') {
    await stderr.write(`baton cleanup: nothing is removed: ${report.reason}\n`);
    return exitCodes.failed;
  }
  const { things } = report;
  if (things.length === 0) await stdout.write('nothing left\n');
  const verb = request.dryRun ? 'would remove' : 'removed';
  for (const { what, error } of things) {
    if (error === null) await stdout.write(`${verb} ${what}\n`);
    else await stderr.write(`baton cleanup: can't remove ${what}: ${error}\n`);
  }
  const errors = things.flatMap(({ error }) => error ?? []);
  if (errors.some((error) => /\bE(?:PERM|ACCES)\b/.test(error))) return exitCodes.noPermission;
  return errors.length === 0 ? exitCodes.done : exitCodes.failed;
}
