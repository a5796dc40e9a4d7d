import type { ControlClient } from '../api/client.ts';
import type { PlayStory } from '../lab/venue.ts';
import type { CheckConfiguration } from './check-report.ts';
import type { CleanUpReport, CleanUpRequest } from './cleanup-report.ts';
import type { OpenReplay } from './opened-replay.ts';
import type { RunOptions } from './run-options.ts';
import type { Terminal } from './terminal.ts';

/** All that the commands need of the world; composed in main.ts, faked in tests. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Of package.json. */
  readonly version: string;
  /** A client for the control socket at this path. */
  connect(socketPath: string): ControlClient;
  readonly checkConfiguration: CheckConfiguration;
  /** Takes away what a killed one has left. */
  cleanUp(request: CleanUpRequest): Promise<CleanUpReport>;
  /** Runs Baton until it ends; the value is the exit code. */
  runDaemon(options: RunOptions): Promise<number>;
  readonly openReplay: OpenReplay;
  /** The story where the lab has no namespaces. */
  readonly playInSimulator: PlayStory;
  /** Writes a file anew, with the process's umask. Rejects where that fails. */
  writeFile(path: string, text: string): Promise<void>;
  /** Milliseconds since 1970 UTC. */
  wallClockMs(): number;
}
