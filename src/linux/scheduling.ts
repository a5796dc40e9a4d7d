/**
 * How the kernel schedules the calling thread, and what of the process stays in
 * memory. What the configuration does not ask for stays, or becomes again, what it
 * was when Baton started.
 */
import { constants, getPriority, setPriority } from 'node:os';
import { assert } from '../base/assert.ts';
import type { Duration } from '../base/units.ts';
import type { SchedulingConfig } from '../model/config.ts';
import type { KernelError } from '../ports/network.ts';
import {
  getrlimit,
  kernelError,
  lastError,
  munlockall,
  sched_getaffinity,
  sched_setaffinity,
  sched_setscheduler,
  setrlimit,
} from './libc.ts';
import { lockProgram } from './memory-lock.ts';
import { allocate } from './native-memory.ts';

const thisThread = 0;
const usual = 0; // SCHED_OTHER
/** SCHED_RR, and SCHED_RESET_ON_FORK: what the thread starts is scheduled as usual. */
const roundRobin = 2 | 0x4000_0000;
const realTimeLimit = 15; // RLIMIT_RTTIME
const processorLimit = 8192;

/** What was asked of the kernel and refused, as one line each. */
export type Refusals = readonly string[];

type Applied = Pick<
  SchedulingConfig,
  'nice' | 'realTimePriority' | 'realTimeLimit' | 'lockMemory' | 'processors'
>;

const nothingApplied: Applied = {
  nice: null,
  realTimePriority: null,
  realTimeLimit: null,
  lockMemory: false,
  processors: [],
};

export class Scheduling {
  readonly #initialNice = getPriority();
  readonly #initialProcessors = readProcessors();
  #config: SchedulingConfig | null = null;
  #applied = nothingApplied;
  /** The real-time priority that late timers have brought about; 0: none. */
  #raised = 0;

  /** Makes it so; only what differs from what was asked before is asked of the kernel. */
  apply(config: SchedulingConfig): Refusals {
    const before = this.#applied;
    this.#config = config;
    this.#applied = config;
    const refusals: string[] = [];
    const ask = (what: string, changed: boolean, change: () => KernelError | null): void => {
      const error = changed ? change() : null;
      if (error !== null) refusals.push(`Can not ${what}: ${error.code}`);
    };
    const { nice, processors, lockMemory } = config;
    ask(`set nice to ${nice ?? this.#initialNice}`, nice !== before.nice, () =>
      setNice(nice ?? this.#initialNice),
    );
    const list = processors.join(' ');
    ask(`run on processors ${list}`, list !== before.processors.join(' '), () =>
      setProcessors(processors.length > 0 ? processors : this.#initialProcessors),
    );
    ask('lock memory', lockMemory !== before.lockMemory, () => setLocked(lockMemory));
    const limit = config.realTimeLimit;
    ask('limit real-time running', limit !== before.realTimeLimit, () => setRealTimeLimit(limit));
    const priority = config.realTimePriority;
    const changed = priority !== before.realTimePriority;
    if (changed) this.#raised = 0;
    ask(`run with real-time priority ${priority ?? 0}`, changed, () => setRealTime(priority));
    return refusals;
  }

  /**
   * A timer has fired so late. Raises the real-time priority by one where the
   * configuration has it so; returns what there is to say of it.
   */
  timerWasLate(lateness: Duration): string | null {
    const config = this.#config;
    if (config === null || lateness <= config.automaticPriorityLateness) return null;
    const current = Math.max(this.#raised, config.realTimePriority ?? 0);
    if (current >= config.automaticPriorityLimit) return null;
    const next = current + 1;
    const error = setRealTime(next);
    // Where it was refused once, it would be refused again.
    this.#raised = error === null ? next : config.automaticPriorityLimit;
    const late = `A timer was ${(lateness / 1_000).toFixed(1)} ms late`;
    return error === null
      ? `${late}: running with real-time priority ${next} now`
      : `${late}, but can not run with real-time priority ${next}: ${error.code}`;
  }
}

function setNice(nice: number): KernelError | null {
  try {
    // Of this thread alone: on Linux each has its own.
    setPriority(thisThread, nice);
    return null;
  } catch (error) {
    const refused = error instanceof Error && error.message.includes('EACCES');
    return kernelError(refused ? constants.errno.EACCES : constants.errno.EPERM, 'set nice');
  }
}

function setRealTime(priority: number | null): KernelError | null {
  const parameters = allocate(4); // struct sched_param
  parameters.view.setInt32(0, priority ?? 0, true);
  const policy = priority === null ? usual : roundRobin;
  const result = sched_setscheduler(thisThread, policy, parameters.address);
  return result < 0 ? lastError('set real-time priority') : null;
}

/** Microseconds of running without a pause, then SIGXCPU; null: as long as may be asked for. */
function setRealTimeLimit(microseconds: number | null): KernelError | null {
  const limits = allocate(16); // struct rlimit: what holds, and what it may be raised to
  if (getrlimit(realTimeLimit, limits.address) < 0) return lastError('get RLIMIT_RTTIME');
  // The second stays, since lowering it could not be undone.
  const highest = limits.view.getBigUint64(8, true);
  limits.view.setBigUint64(0, microseconds === null ? highest : BigInt(microseconds), true);
  return setrlimit(realTimeLimit, limits.address) < 0 ? lastError('set RLIMIT_RTTIME') : null;
}

function setLocked(locked: boolean): KernelError | null {
  if (locked) return lockProgram();
  return munlockall() < 0 ? lastError('unlock memory') : null;
}

function setProcessors(processors: readonly number[]): KernelError | null {
  const mask = allocate(processorLimit / 8);
  for (const processor of processors) {
    assert(processor >= 0 && processor < processorLimit, `processor ${processor}`);
    const octet = processor >> 3;
    mask.octets[octet] = (mask.octets[octet] ?? 0) | (1 << (processor & 7));
  }
  const result = sched_setaffinity(thisThread, mask.octets.length, mask.address);
  return result < 0 ? lastError('set processors') : null;
}

/** The processors that the thread may run on. */
function readProcessors(): readonly number[] {
  const mask = allocate(processorLimit / 8);
  if (sched_getaffinity(thisThread, mask.octets.length, mask.address) < 0) return [];
  return Array.from({ length: processorLimit }, (_, number) => number).filter(
    (number) => ((mask.octets[number >> 3] ?? 0) & (1 << (number & 7))) !== 0,
  );
}
