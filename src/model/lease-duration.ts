/** How long a host answers for its addresses after its last advert (docs/lease.md). */
import { milliseconds, seconds, times, type Duration } from '../base/units.ts';

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
