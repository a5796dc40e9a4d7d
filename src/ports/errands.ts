/** Carries effects that may be slow to where they may be slow, in order, without blocking. */
import type { CoreEvent } from '../model/core-event.ts';
import type { ErrandEffect } from '../model/effect.ts';

export interface Errands {
  send(effects: readonly ErrandEffect[]): void;
  /** The next event that came back from the other side; null when there is none. */
  receive(): CoreEvent | null;
}
