/**
 * The Processes port on a simulated host. Whatever it answers reaches the Baton
 * that asked by way of `perform`: not while that is frozen, and never once it is dead.
 */
import type { Random } from '../base/random.ts';
import { microseconds, milliseconds, seconds, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { ScriptOutcome } from '../model/core-event.ts';
import type {
  FinishedProcess,
  NamedProcess,
  Processes,
  StartedProcess,
} from '../ports/processes.ts';
import { drawDuration } from './draw.ts';
import type { ProcessTable, Signal } from './process-table.ts';
import type { Program, ProgramEnd } from './program.ts';
import type { Appointment, VirtualClock } from './virtual-clock.ts';

/** Has something done by a process as soon as it runs. */
export type Perform = (action: () => void) => void;

/** To make a process and load its program; to ask the kernel about one. */
const spawnTakes = { least: microseconds(500), most: milliseconds(3) };
const questionTakes = { least: microseconds(20), most: microseconds(200) };

/** How long a process group is left alone between SIGTERM and SIGKILL. */
const killPatience = seconds(2);

export interface SimulatedProcessesOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly table: ProcessTable;
  /** The program that a command names; null where there is none. */
  readonly load: (command: Command) => Program | null;
  readonly perform: Perform;
}

export class SimulatedProcesses implements Processes {
  private readonly options: SimulatedProcessesOptions;
  private readonly runs = new Set<number>();

  constructor(options: SimulatedProcessesOptions) {
    this.options = options;
  }

  run(command: Command, timeout: Duration): Promise<FinishedProcess> {
    let timedOut = false;
    const { processId, finished } = this.start(command);
    if (processId === null) return finished;
    this.runs.add(processId);
    const alarm = this.later(timeout, () => {
      // A Baton that was frozen may look at the clock before it hears of the end.
      if (!this.options.table.lives(processId)) return;
      timedOut = true;
      this.endLater(processId, killPatience);
    });
    return finished.then((end) => {
      alarm.cancel();
      this.runs.delete(processId);
      return timedOut ? { ...end, outcome: { type: 'timed-out' } } : end;
    });
  }

  start(command: Command): StartedProcess {
    const program = this.options.load(command);
    if (program === null) {
      const outcome = { type: 'not-executable', reason: `${command.program}: ENOENT` } as const;
      return { processId: null, finished: Promise.resolve({ outcome, output: '' }) };
    }
    let settle: (end: FinishedProcess) => void = () => undefined;
    const finished = new Promise<FinishedProcess>((resolve) => {
      settle = resolve;
    });
    const processId = this.execute(command, program, (end) => {
      this.options.perform(() => {
        this.options.clock.movePromises();
        settle(end);
      });
    });
    return { processId, finished };
  }

  endRuns(): void {
    for (const id of this.runs) this.signalGroup(id, 'SIGTERM');
  }

  readPidFile(path: string): Promise<NamedProcess | null> {
    const { table } = this.options;
    return this.answer(() => {
      const processId = table.readPidFile(path);
      if (processId === null) return null;
      return { processId, commandName: table.nameOf(processId), youngerThanFile: false };
    });
  }

  isAlive(processId: number): Promise<boolean> {
    return this.answer(() => this.options.table.lives(processId));
  }

  signal(processId: number, signal: Signal): boolean {
    return this.options.table.signal(processId, signal);
  }

  endGroup(processGroupId: number, patience: Duration): Promise<void> {
    const ended = this.endLater(processGroupId, patience);
    return this.answer(() => undefined, ended ? patience : null);
  }

  /** Steps through the program; `done` is called once, however it ends. */
  private execute(
    command: Command,
    program: Program,
    done: (end: FinishedProcess) => void,
  ): number {
    const { clock, table, random } = this.options;
    let next: Appointment | null = null;
    let result: ProgramEnd | null = null;
    const id = table.spawn({
      name: command.program.slice(command.program.lastIndexOf('/') + 1),
      group: null,
      onEnd: (signal) => {
        next?.cancel();
        done({ outcome: outcomeOf(result, signal), output: result?.output ?? '' });
      },
    });
    const step = (): void => {
      const turn = program.next();
      if (turn.done !== true) {
        next = clock.schedule(turn.value, step);
        return;
      }
      result = turn.value;
      table.exit(id);
    };
    next = clock.schedule(drawDuration(random, spawnTakes), step);
    return id;
  }

  /** SIGTERM now, SIGKILL later to what is left; whether anything was left after SIGTERM. */
  private endLater(group: number, patience: Duration): boolean {
    this.signalGroup(group, 'SIGTERM');
    if (this.options.table.inGroup(group).length === 0) return false;
    this.later(patience, () => {
      this.signalGroup(group, 'SIGKILL');
    });
    return true;
  }

  /** Baton's own timers stand still while it is frozen. */
  private later(delay: Duration, action: () => void): Appointment {
    const { clock, perform } = this.options;
    return clock.schedule(delay, () => {
      perform(() => {
        clock.movePromises();
        action();
      });
    });
  }

  private signalGroup(group: number, signal: Signal): void {
    const { table } = this.options;
    // A master that ends takes its workers with it, so each is looked at anew.
    for (const id of table.inGroup(group)) if (table.lives(id)) table.signal(id, signal);
  }

  private answer<Value>(look: () => Value, delay: Duration | null = null): Promise<Value> {
    return new Promise((resolve) => {
      this.later(delay ?? drawDuration(this.options.random, questionTakes), () => {
        resolve(look());
      });
    });
  }
}

function outcomeOf(result: ProgramEnd | null, signal: Signal | null): ScriptOutcome {
  if (signal !== null) return { type: 'signalled', signal };
  return { type: 'exited', status: result?.status ?? 0 };
}
