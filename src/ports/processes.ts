/** Processes as the main thread's errands need them. No command line is ever parsed by a shell. */
import type { Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { ScriptOutcome } from '../model/core-event.ts';

export interface FinishedProcess {
  readonly outcome: ScriptOutcome;
  /** The end of what it printed, at most 4 KiB. */
  readonly output: string;
}

/** A process that was started to stay. */
export interface StartedProcess {
  /** Null where it could not be executed. */
  readonly processId: number | null;
  /** Never rejects. Processes that it leaves behind don't delay this. */
  readonly finished: Promise<FinishedProcess>;
}

/** A living process that a pid file names. */
export interface NamedProcess {
  readonly processId: number;
  /** The kernel's name for it: the base name of its program, at most 15 octets. */
  readonly commandName: string;
  /** It began after the file was written, so the file speaks of another one of this number. */
  readonly youngerThanFile: boolean;
}

export interface Processes {
  /**
   * Runs a command to its end. Past `timeout` its process group is sent SIGTERM,
   * and SIGKILL 2 s later; that is outcome timed-out. Never rejects.
   */
  run(command: Command, timeout: Duration): Promise<FinishedProcess>;
  /** Starts a command that may stay and outlive Baton: leader of a process group of its own. */
  start(command: Command): StartedProcess;
  /** Sends SIGTERM to the process groups that `run` has not seen the end of. */
  endRuns(): void;
  /** The process that a pid file names, if it lives and is no zombie; else null. */
  readPidFile(path: string): Promise<NamedProcess | null>;
  /** Whether the process lives and is no zombie. */
  isAlive(processId: number): Promise<boolean>;
  /** False where there is no such process. */
  signal(processId: number, signal: 'SIGHUP' | 'SIGTERM' | 'SIGQUIT' | 'SIGKILL'): boolean;
  /** Ends what is left of a process group: SIGTERM, then SIGKILL after `patience`. */
  endGroup(processGroupId: number, patience: Duration): Promise<void>;
}
