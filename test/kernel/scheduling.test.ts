/** What the kernel says of a thread's scheduling after the configuration was applied. */
import { readFileSync } from 'node:fs';
import { availableParallelism, getPriority } from 'node:os';
import { getuid } from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { milliseconds } from '../../src/base/units.ts';
import { Scheduling } from '../../src/linux/scheduling.ts';
import type { SchedulingConfig } from '../../src/model/config.ts';
import { globalDefaults } from '../../src/model/defaults.ts';

const isRoot = getuid?.() === 0;
const unchanged = globalDefaults.scheduling;

/** Policy and real-time priority of this thread (proc_pid_stat(5), fields 41 and 40). */
function policy(): { readonly policy: number; readonly priority: number } {
  const text = readFileSync('/proc/thread-self/stat', 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { policy: Number(fields[38]), priority: Number(fields[37]) };
}

function status(name: string): string {
  const text = readFileSync('/proc/thread-self/status', 'utf8');
  return new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(text)?.[1] ?? '';
}

function limit(): string {
  const text = readFileSync('/proc/self/limits', 'utf8');
  return /^Max realtime timeout\s+(\S+)/m.exec(text)?.[1] ?? '';
}

function wanted(more: Partial<SchedulingConfig>): SchedulingConfig {
  return { ...unchanged, ...more };
}

const usual = { policy: 0, priority: 0 };

describe.runIf(isRoot)('scheduling', () => {
  const scheduling = new Scheduling();

  afterEach(() => {
    expect(scheduling.apply(unchanged)).toEqual([]);
    expect(policy()).toEqual(usual);
    expect(limit()).toBe('unlimited');
  });

  it('is left alone where nothing is asked', () => {
    expect(scheduling.apply(unchanged)).toEqual([]);
    expect(policy()).toEqual(usual);
  });

  it('is round robin with the priority that is asked, for this thread alone', () => {
    expect(scheduling.apply(wanted({ realTimePriority: 7 }))).toEqual([]);
    // SCHED_RR; SCHED_RESET_ON_FORK is not shown.
    expect(policy()).toEqual({ policy: 2, priority: 7 });
    expect(scheduling.apply(wanted({ realTimePriority: 9 }))).toEqual([]);
    expect(policy().priority).toBe(9);
  });

  it('limits how long it may run in real time', () => {
    expect(scheduling.apply(wanted({ realTimeLimit: 50_000_000 }))).toEqual([]);
    expect(limit()).toBe('50000000');
  });

  it('sets nice, and back', () => {
    const before = getPriority();
    expect(scheduling.apply(wanted({ nice: -5 }))).toEqual([]);
    expect(getPriority()).toBe(-5);
    expect(scheduling.apply(unchanged)).toEqual([]);
    expect(getPriority()).toBe(before);
  });

  it('locks memory, and unlocks it', () => {
    const locked = (): number => Number.parseInt(status('VmLck'), 10);
    const before = locked();
    expect(scheduling.apply(wanted({ lockMemory: true }))).toEqual([]);
    expect(locked()).toBeGreaterThan(before);
    expect(scheduling.apply(unchanged)).toEqual([]);
    expect(locked()).toBe(0);
  });

  it.runIf(availableParallelism() > 1)('keeps to its processors, and lets go of them', () => {
    const before = status('Cpus_allowed_list');
    expect(scheduling.apply(wanted({ processors: [1] }))).toEqual([]);
    expect(status('Cpus_allowed_list')).toBe('1');
    expect(scheduling.apply(unchanged)).toEqual([]);
    expect(status('Cpus_allowed_list')).toBe(before);
  });

  it('tells what is refused, and does the rest', () => {
    const config = wanted({ realTimePriority: 200, processors: [8_000], nice: -3 });
    expect(scheduling.apply(config)).toEqual([
      'Can not run on processors 8000: EINVAL',
      'Can not run with real-time priority 200: EINVAL',
    ]);
    expect(getPriority()).toBe(-3);
  });
});

describe.runIf(isRoot)('late timers', () => {
  const late = milliseconds(5);
  const automatic = wanted({
    automaticPriorityLimit: 2,
    automaticPriorityLateness: milliseconds(4),
  });

  it('raise the priority step by step up to the limit', () => {
    const scheduling = new Scheduling();
    scheduling.apply(automatic);
    try {
      expect(scheduling.timerWasLate(milliseconds(4))).toBeNull();
      expect(policy()).toEqual(usual);
      expect(scheduling.timerWasLate(late)).toBe(
        'A timer was 5.0 ms late: running with real-time priority 1 now',
      );
      expect(policy()).toEqual({ policy: 2, priority: 1 });
      expect(scheduling.timerWasLate(late)).toContain('priority 2');
      expect(scheduling.timerWasLate(late)).toBeNull();
      expect(policy()).toEqual({ policy: 2, priority: 2 });
    } finally {
      scheduling.apply(wanted({ realTimePriority: 1 }));
      scheduling.apply(unchanged);
    }
    expect(policy()).toEqual(usual);
  });

  it('begin at the priority that is configured', () => {
    const scheduling = new Scheduling();
    scheduling.apply({ ...automatic, realTimePriority: 1 });
    expect(scheduling.timerWasLate(late)).toContain('priority 2');
    scheduling.apply(unchanged);
    expect(policy()).toEqual(usual);
  });

  it('change nothing where it is not asked for', () => {
    const scheduling = new Scheduling();
    scheduling.apply(unchanged);
    expect(scheduling.timerWasLate(milliseconds(9_000))).toBeNull();
    expect(policy()).toEqual(usual);
  });
});
