/** The protocol's rules as small pure functions (RFC 3768 and RFC 9568, sections 6.1 and 6.4). */
import { milliseconds, seconds, times, type Duration } from '../base/units.ts';
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

/**
 * How late the kernel may take an address off after its lifetime. Measured: mostly
 * 0.02 to 0.25 s, on a busy machine up to 0.55 s.
 */
export const addressExpiryLateness = milliseconds(600);

/** How late an advert may leave without an address being lost. */
export const advertLateness = milliseconds(100);

/**
 * The lifetime that a master's addresses carry in the kernel, renewed with each
 * advert. It is the longest in whole seconds that is over, with the kernel's
 * lateness, before a backup of any priority takes over (at least so many intervals
 * after the last advert), so that a dead master and its successor never both
 * hold an address. Where there is none that also lasts until the next advert, which
 * may be late (below a second, and with a `down_timer_adverts` of 1 or 2), it is the
 * shortest that does: a living master must not lose its addresses.
 */
export function addressLifetime(advertisementInterval: Duration, downTimerAdverts = 3): Duration {
  const soonestTakeover = times(advertisementInterval, downTimerAdverts);
  const longest = Math.floor((soonestTakeover - addressExpiryLateness) / seconds(1));
  const shortest = Math.floor((advertisementInterval + advertLateness) / seconds(1)) + 1;
  return seconds(Math.max(shortest, longest));
}

/**
 * How long after its last advert a host answers for its addresses: half an interval less than any
 * backup waits for before it takes over. With a `down_timer_adverts` of 1 there is no such time
 * that lasts until the next advert: it is then half an interval more.
 */
export function leaseDuration(advertisementInterval: Duration, downTimerAdverts = 3): Duration {
  return times(advertisementInterval, Math.max(1.5, downTimerAdverts - 0.5));
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
