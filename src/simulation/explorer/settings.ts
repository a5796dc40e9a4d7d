/** How small the world is that is explored, and what may go wrong in it. */
import {
  after,
  instant,
  milliseconds,
  times,
  type Duration,
  type Instant,
} from '../../base/units.ts';
import type { Priority } from '../../model/advert.ts';

/** What may go wrong, each so many times in one history. */
export const faultKinds = [
  'losses',
  'crashes',
  'freezes',
  'restarts',
  'stops',
  'failures',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Settings {
  /** One host each; the first one is the best when they descend. */
  readonly priorities: readonly Priority[];
  readonly advertisementInterval: Duration;
  /** How many steps of time an advertisement interval has. */
  readonly ticksPerInterval: number;
  /** How many ticks an advert may be on its way, until it is handled. */
  readonly delayTicks: number;
  /** How many ticks a timer may be late. */
  readonly latenessTicks: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** It gives up after so many states. */
  readonly stateLimit: number;
}

export const defaults: Settings = {
  priorities: [160, 128],
  advertisementInterval: milliseconds(1_000),
  ticksPerInterval: 8,
  delayTicks: 1,
  latenessTicks: 1,
  faults: { losses: 1, crashes: 1, freezes: 0, restarts: 1, stops: 0, failures: 0 },
  stateLimit: 12_000_000,
};

export function tickOf({ advertisementInterval, ticksPerInterval }: Settings): Duration {
  return times(advertisementInterval, 1 / ticksPerInterval);
}

export function momentOf(ticks: number, settings: Settings): Instant {
  return after(instant(0), times(tickOf(settings), ticks));
}

/** What lasts longer than whole ticks counts as one more. */
export function ticksIn(duration: Duration, settings: Settings): number {
  return Math.ceil(duration / tickOf(settings));
}
