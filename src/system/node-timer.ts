import { toMilliseconds, type Duration } from '../base/units.ts';
import type { Timer } from '../ports/timer.ts';

/** Node's timers. They are no earlier than asked for, and late while the thread is busy. */
export class NodeTimer implements Timer {
  after(delay: Duration, callback: () => void): () => void {
    const timer = setTimeout(callback, toMilliseconds(delay));
    return () => {
      clearTimeout(timer);
    };
  }
}
