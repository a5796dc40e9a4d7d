import type { Instant } from '../base/units.ts';

export interface Clock {
  /** Monotonic time; all logic uses this. */
  now(): Instant;
  /** Milliseconds since 1970 UTC; only for what is printed. */
  wallClockMs(): number;
}
