/**
 * The lab measures across processes: CLOCK_MONOTONIC is the same for all of
 * them, whatever namespaces they live in.
 */
import { MonotonicClock } from '../linux/monotonic-clock.ts';

const clock = new MonotonicClock();

/** Milliseconds on the machine's monotonic clock, with their fraction. */
export function monotonicMs(): number {
  return clock.now() / 1_000;
}
