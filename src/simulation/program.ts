/**
 * A program as the simulator runs it: a generator that yields how long it is busy
 * or asleep, and returns its exit status. Whoever runs it can stop it at any yield.
 */
import type { Duration } from '../base/units.ts';

export interface ProgramEnd {
  readonly status: number;
  /** What it printed. */
  readonly output: string;
}

export type Program = Generator<Duration, ProgramEnd, undefined>;

export const succeeded: ProgramEnd = { status: 0, output: '' };
