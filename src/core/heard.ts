import type { Duration } from '../base/units.ts';
import type { Candidate } from './election.ts';

/** An advert of another router that was taken. */
export interface Heard extends Candidate {
  /** The interval that it tells. */
  readonly interval: Duration;
}
