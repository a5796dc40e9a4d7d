/**
 * Time in the simulator: it stands still while anything happens, and then jumps
 * to the next thing that is due.
 *
 * What is due is ordered by its moment, and within one moment by who asked
 * first; so a run is repeated exactly. Between two of them nothing changes, and
 * whoever watches is told of that stretch as a whole: a checker or a client
 * need not look each millisecond to have seen each millisecond.
 */
import { setImmediate as promisesSettled } from 'node:timers/promises';
import { assert } from '../base/assert.ts';
import {
  after,
  instant,
  seconds,
  toMilliseconds,
  type Duration,
  type Instant,
} from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';

/** Something that was asked for and may still be called off. */
export interface Appointment {
  cancel(): void;
}

/** Told of each stretch of time in which the world stood as it stands now. */
export interface Observer {
  elapsed(from: Instant, to: Instant): void;
}

interface Entry {
  readonly at: Instant;
  readonly sequence: number;
  /** Null once it was called off. */
  action: (() => void) | null;
}

/** More than this in a second is a loop that never ends, or a storm that only grows. */
const actionsInOneSecond = 100_000;
const oneSecond = seconds(1);

/** 2026-01-01 00:00 UTC: any would do, as long as it is always the same. */
const wallClockAtStartMs = 1_767_225_600_000;

export class VirtualClock implements Clock {
  private time = instant(0);
  private sequence = 0;
  /** A binary heap: the entry that is due first is at index 0. */
  private readonly heap: Entry[] = [];
  private readonly observers: Observer[] = [];
  /** Something was done that may let promises settle. */
  private promisesMoved = false;
  private countedFrom = instant(0);
  private actions = 0;
  private halted = false;

  now(): Instant {
    return this.time;
  }

  wallClockMs(): number {
    return wallClockAtStartMs + Math.floor(toMilliseconds((this.time - 0) as Duration));
  }

  observe(observer: Observer): void {
    this.observers.push(observer);
  }

  /** Nothing more happens: what has been seen is enough. */
  halt(): void {
    this.halted = true;
  }

  /**
   * To be called by whoever does what may settle a promise: all that waits for it
   * happens before time goes on.
   */
  movePromises(): void {
    this.promisesMoved = true;
  }

  /** Has `action` done when `delay` has passed. */
  schedule(delay: Duration, action: () => void): Appointment {
    return this.scheduleAt(after(this.time, delay), action);
  }

  /** Has `action` done at that moment; what was due before is done as soon as can be. */
  scheduleAt(at: Instant, action: () => void): Appointment {
    this.sequence += 1;
    const entry: Entry = { at: at > this.time ? at : this.time, sequence: this.sequence, action };
    this.push(entry);
    return {
      cancel: () => {
        entry.action = null;
      },
    };
  }

  /**
   * Lets all that is due up to `until` happen, and promises settle in between. So
   * that they do, nothing is to be done to the world but by what was scheduled.
   */
  async runUntil(until: Instant): Promise<void> {
    assert(until >= this.time, 'time does not run backwards');
    for (let next = this.heap[0]; next !== undefined && next.at <= until; next = this.heap[0]) {
      if (this.halted) return;
      this.pop();
      if (next.action === null) continue;
      this.count(next.at);
      this.pass(next.at);
      next.action();
      if (!this.promisesMoved) continue;
      this.promisesMoved = false;
      await promisesSettled();
    }
    if (!this.halted) this.pass(until);
  }

  private count(at: Instant): void {
    if (at - this.countedFrom > oneSecond) {
      this.countedFrom = at;
      this.actions = 0;
    }
    this.actions += 1;
    assert(this.actions < actionsInOneSecond, 'time hardly moves: something is done without end');
  }

  private pass(to: Instant): void {
    const from = this.time;
    if (from === to) return;
    for (const observer of this.observers) observer.elapsed(from, to);
    this.time = to;
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const rightFirst = right !== undefined && isBefore(right, left);
      const child = rightFirst ? right : left;
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = 2 * index + (rightFirst ? 2 : 1);
    }
    heap[index] = last;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence);
}
