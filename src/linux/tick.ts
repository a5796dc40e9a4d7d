import { assert } from '../base/assert.ts';
import { microseconds, type Duration } from '../base/units.ts';
import { clock_getres } from './libc.ts';
import { allocate } from './native-memory.ts';

const coarseMonotonicClock = 6; // CLOCK_MONOTONIC_COARSE, which the kernel moves once a tick

/** How often the kernel's own clock ticks (CONFIG_HZ): 1 to 10 ms; its timeouts end with a tick. */
export function tickOfKernel(): Duration {
  const resolution = allocate(16);
  const result = clock_getres(coarseMonotonicClock, resolution.address);
  assert(result === 0, 'this clock is older than every kernel that Baton runs on');
  const seconds = Number(resolution.view.getBigInt64(0, true));
  const nanoseconds = Number(resolution.view.getBigInt64(8, true));
  return microseconds(seconds * 1_000_000 + nanoseconds / 1_000);
}
