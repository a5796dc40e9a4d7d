/** The protocol's rules as small pure functions (RFC 3768 sections 6.1 and 6.4). */
import { milliseconds, seconds, times, type Duration } from '../base/units.ts';
import { ipv4ToNumber, type Ipv4Address } from '../model/address.ts';
import type { Priority } from '../model/advert.ts';

/** Missed adverts before the master is declared down (RFC 3768 section 6.1). */
const downTimerAdverts = 3;

/** Skew_Time of version 2: (256 - Priority) / 256 seconds, whatever the interval is. */
export function skewTime(priority: Priority): Duration {
  return times(seconds(1), (256 - priority) / 256);
}

/** Master_Down_Interval of version 2: 3 * Advertisement_Interval + Skew_Time. */
export function masterDownInterval(priority: Priority, advertisementInterval: Duration): Duration {
  return (times(advertisementInterval, downTimerAdverts) + skewTime(priority)) as Duration;
}

/**
 * How late the kernel may take an address off after its lifetime. Measured: mostly
 * 0.02 to 0.25 s, on a busy machine up to 0.55 s.
 */
export const addressExpiryLateness = milliseconds(600);

/**
 * The lifetime that a master's addresses carry in the kernel, renewed with each
 * advert. It is the longest in whole seconds that is over, with the kernel's
 * lateness, before a backup of any priority takes over (at least three intervals
 * after the last advert), so that a dead master and its successor never both
 * hold an address.
 */
export function addressLifetime(advertisementInterval: Duration): Duration {
  const soonestTakeover = times(advertisementInterval, downTimerAdverts);
  const longest = Math.floor((soonestTakeover - addressExpiryLateness) / seconds(1));
  return seconds(Math.max(1, longest));
}

export interface Candidate {
  readonly priority: Priority;
  readonly address: Ipv4Address;
}

/** Whether a master has to yield to another's advert (RFC 3768 section 6.4.3). */
export function outranks(other: Candidate, local: Candidate): boolean {
  if (other.priority !== local.priority) return other.priority > local.priority;
  return ipv4ToNumber(other.address) > ipv4ToNumber(local.address);
}
