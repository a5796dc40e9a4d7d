/** Signals that Node.js has no name for. */
import { signal } from './libc.ts';

/** SIG_IGN of signal(2). */
const ignoring = 1;

/** Has the whole process ignore a signal that would end it. */
export function ignoreSignal(number: number): void {
  signal(number, ignoring);
}
