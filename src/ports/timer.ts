/** Being called back later; the code in `runtime` has no other way to wait. */
import type { Duration } from '../base/units.ts';

export interface Timer {
  /** Calls back once, `delay` from now, unless the function that it returns is called first. */
  after(delay: Duration, callback: () => void): () => void;
}
