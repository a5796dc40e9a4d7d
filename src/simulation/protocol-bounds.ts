/**
 * How long the protocol may take, worked out anew from the RFC. The core has the
 * same formulas; a checker that borrowed them would share the core's mistakes.
 */
import { milliseconds, type Duration } from '../base/units.ts';
import type { Priority } from '../model/advert.ts';

export interface Candidacy {
  readonly priority: Priority;
  readonly advertisementInterval: Duration;
}

/** Until a backup is master after a master's resignation: Skew_Time (RFC 3768 section 6.1). */
export function resignationBound({ priority }: Pick<Candidacy, 'priority'>): Duration {
  return milliseconds(((256 - priority) * 1_000) / 256);
}

/** Until a backup is master after a master's last advert: Master_Down_Interval (section 6.1). */
export function silenceBound(candidacy: Candidacy): Duration {
  const { advertisementInterval } = candidacy;
  return (3 * advertisementInterval + resignationBound(candidacy)) as Duration;
}
