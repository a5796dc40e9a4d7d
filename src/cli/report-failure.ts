import type { ControlFailure } from '../api/control-failure.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** Says on stderr why the running Baton could not be asked, and answers the exit code for that. */
export async function reportFailure(
  terminal: Terminal,
  { code, message }: ControlFailure,
): Promise<ExitCode> {
  await terminal.stderr.write(`baton: ${message}\n`);
  switch (code) {
    case 'not-running':
      return exitCodes.notRunning;
    case 'no-permission':
      return exitCodes.noPermission;
    case 'no-answer':
    case 'connection-lost':
    case 'refused':
      return exitCodes.failed;
  }
}
