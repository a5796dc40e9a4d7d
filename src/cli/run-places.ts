/** Where a running Baton is found: its pid file and its control socket. */
import { defaultSocketPath } from '../api/contract.ts';
import type { GlobalConfig } from '../model/config.ts';
import { defaultPidPath } from './run-flags.ts';

export interface RunPlaces {
  readonly pidPath: string;
  readonly socketPath: string;
  /** What the kernel can't mark as Baton's, for who starts after a kill. */
  readonly statePath: string;
}

/** For `use_pid_dir`, and for daemons that have a name of their own. */
const runDirectory = '/run/baton';

/** A daemon that nothing tells from others of the host. */
export const unnamed = { instanceName: null, networkNamespace: null, pidDirectory: false } as const;

/**
 * The command line's, else the usual ones. A daemon that `instance` or a network namespace
 * tells from others of the host has both under its own name, so that they can run side by side.
 */
export function runPlaces(
  given: { readonly pidPath: string | null; readonly socketPath: string | null },
  global: Pick<GlobalConfig, 'instanceName' | 'networkNamespace' | 'pidDirectory'>,
): RunPlaces {
  const qualifier = daemonName(global);
  const stem = qualifier === null ? `${runDirectory}/baton` : `${runDirectory}/baton_${qualifier}`;
  const inDirectory = qualifier !== null || global.pidDirectory;
  const pidPath = given.pidPath ?? (inDirectory ? `${stem}.pid` : defaultPidPath);
  return {
    pidPath,
    socketPath: given.socketPath ?? (qualifier === null ? defaultSocketPath : `${stem}.sock`),
    statePath: `${pidPath.replace(/\.pid$/, '')}.state`,
  };
}

/** What tells this daemon from others of the host, fit for a file name; null: nothing does. */
export function daemonName(
  global: Pick<GlobalConfig, 'instanceName' | 'networkNamespace'>,
): string | null {
  const names = [global.networkNamespace, global.instanceName].filter((name) => name !== null);
  return names.length === 0 ? null : names.join('_').replaceAll('/', '_');
}
