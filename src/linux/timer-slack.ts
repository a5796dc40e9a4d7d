import type { KernelError } from '../ports/network.ts';
import { lastError, prctl } from './libc.ts';

/** The kernel may let a thread's timers be up to 50 us late, to wake several at once; not ours. */
export function makeTimersExact(): KernelError | null {
  const setTimerSlack = 29; // PR_SET_TIMERSLACK, in nanoseconds; 0 would restore the default
  return prctl(setTimerSlack, 1) < 0 ? lastError('set timer slack') : null;
}
