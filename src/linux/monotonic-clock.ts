import { hrtime } from 'node:process';
import type { Instant } from '../base/units.ts';
import { instant } from '../base/units.ts';
import type { Clock } from '../ports/clock.ts';

/** CLOCK_MONOTONIC: the same in all threads, and never set back. */
export class MonotonicClock implements Clock {
  now(): Instant {
    const [seconds, nanoseconds] = hrtime();
    return instant(seconds * 1_000_000 + nanoseconds / 1_000);
  }

  wallClockMs(): number {
    return Date.now();
  }
}
