/** A service that Baton starts, watches and brings back. */
import type { Duration } from '../base/units.ts';
import type { Command } from './command.ts';

/** How Baton asks whether a service answers. */
export type Probe =
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'http'; readonly url: string }
  | { readonly type: 'command'; readonly command: Command };

/** `service`: a process that Baton starts, watches and brings back. */
export interface ServiceConfig {
  readonly name: string;
  readonly start: Command;
  /** Null: the process is sent SIGTERM. */
  readonly stop: Command | null;
  /** Null: the process is sent SIGHUP. */
  readonly reload: Command | null;
  /** Tests the service's own configuration; null: there is no such test. */
  readonly test: Command | null;
  readonly pidFile: string;
  /** How long a start may take until the pid file names a running process. */
  readonly startTimeout: Duration;
  readonly stopTimeout: Duration;
  readonly probe: Probe | null;
  readonly probeInterval: Duration;
  readonly probeTimeout: Duration;
  readonly probeRise: number;
  readonly probeFall: number;
  /** At most `restartLimit` restarts within `restartWindow`; then the service counts as failed. */
  readonly restartLimit: number;
  readonly restartWindow: Duration;
  /** How often a failed service is tried again. */
  readonly retryInterval: Duration;
  /** Stop the service when Baton stops. */
  readonly stopWithBaton: boolean;
}
