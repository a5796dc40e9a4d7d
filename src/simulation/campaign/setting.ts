/** What a checker knows of the scenario that it watches: how slow things may be in it. */
import { type Duration, zero } from '../../base/units.ts';
import { drift, longestHandOver, silence, travel } from './bounds.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { Site } from './site.ts';

export interface Setting {
  readonly site: Site;
  /** From one host's advert until another has acted on it, at its slowest. */
  readonly reaction: Duration;
  /** How much later than usual threads may run. */
  readonly lateness: Duration;
  /** By how much frames may be late, and still arrive when that trouble is over. */
  readonly slowest: Duration;
  /** From a host's leave until it has let go: with a side channel it hands over first. */
  readonly leaving: Duration;
  /** For so long after a trouble of the links its effects may still be seen. */
  readonly aftermath: Duration;
}

export function settingOf({ site, faults }: FaultPlan): Setting {
  let lateness = zero;
  let slowest = zero;
  for (const fault of faults) {
    if (fault.type === 'late' && fault.by > lateness) lateness = fault.by;
    if (fault.type !== 'link') continue;
    const { impairment } = fault;
    if ('most' in impairment && impairment.most > slowest) slowest = impairment.most;
  }
  const reaction = (travel + lateness + drift(site, lateness)) as Duration;
  const aftermath = (silence(site, 1) + site.interval + slowest + 2 * reaction) as Duration;
  const patience = site.sideChannel ? longestHandOver : zero;
  const leaving = (patience + drift(site, patience) + 2 * reaction) as Duration;
  return { site, reaction, lateness, slowest, leaving, aftermath };
}
