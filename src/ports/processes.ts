/** Processes as the main thread's errands need them. Nothing here ever uses a shell. */
import type { Duration } from '../base/units.ts';
import type { Command } from '../model/config.ts';
import type { ScriptOutcome } from '../model/core-event.ts';

export interface FinishedProcess {
  readonly outcome: ScriptOutcome;
  /** The end of what it printed, at most 4 KiB. */
  readonly output: string;
}

export interface Processes {
  /**
   * Runs a command to its end. Past `timeout` its process group is sent SIGTERM,
   * and SIGKILL 2 s later; that is outcome timed-out. Never rejects.
   */
  run(command: Command, timeout: Duration): Promise<FinishedProcess>;
  /** The process that a pid file names, if it lives and is no zombie; else null. */
  readPidFile(path: string): Promise<number | null>;
  /** Whether the process lives and is no zombie. */
  isAlive(processId: number): Promise<boolean>;
  /** False where there is no such process. */
  signal(processId: number, signal: 'SIGHUP' | 'SIGTERM' | 'SIGQUIT' | 'SIGKILL'): boolean;
  /** Ends what is left of a process group: SIGTERM, then SIGKILL after `patience`. */
  endGroup(processGroupId: number, patience: Duration): Promise<void>;
}
