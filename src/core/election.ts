/** The protocol's rules as small pure functions (RFC 3768 and RFC 9568, sections 6.1 and 6.4). */
import { seconds, times, type Duration } from '../base/units.ts';
import { compareAddresses, type IpAddress } from '../model/address.ts';
import type { Priority, VrrpVersion } from '../model/advert.ts';
import type { InstanceConfig } from '../model/config.ts';

/** What the timers of a virtual router follow from. */
export interface TimerBasis {
  readonly version: VrrpVersion;
  readonly priority: Priority;
  /** In version 3 the master's, as last heard (Active_Adver_Interval). */
  readonly advertisementInterval: Duration;
  /** Adverts that must be missing: 3 but for `down_timer_adverts`. */
  readonly downTimerAdverts: number;
}

/**
 * Skew_Time: (256 - Priority) / 256 of a second in version 2, whatever the interval
 * is, and of the interval in version 3.
 */
export function skewTime({ version, priority, advertisementInterval }: TimerBasis): Duration {
  const whole = version === 2 ? seconds(1) : advertisementInterval;
  return times(whole, (256 - priority) / 256);
}

/** Master_Down_Interval: 3 * Advertisement_Interval + Skew_Time. */
export function masterDownInterval(basis: TimerBasis): Duration {
  const silence = times(basis.advertisementInterval, basis.downTimerAdverts);
  return (silence + skewTime(basis)) as Duration;
}

export interface Candidate {
  readonly priority: Priority;
  readonly address: IpAddress;
}

/** Whether a master has to yield to another's advert (RFC 9568 section 6.4.3). */
export function outranks(other: Candidate, local: Candidate): boolean {
  if (other.priority !== local.priority) return other.priority > local.priority;
  return compareAddresses(other.address, local.address) > 0;
}

/**
 * `timer_expired_backup`: a Master is so late with its advert that a router of the configured
 * priority may have taken over.
 */
export function isTooLate(config: InstanceConfig, lateness: Duration): boolean {
  if (config.stepDownWhenLate === null) return false;
  const { version, advertisementInterval, downTimerAdverts } = config;
  const { priority } = config.stepDownWhenLate;
  const basis = { version, priority, advertisementInterval, downTimerAdverts };
  return lateness > masterDownInterval(basis) - advertisementInterval;
}
