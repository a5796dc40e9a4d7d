import { describe, expect, it } from 'vitest';
import { milliseconds, seconds, times, toSeconds } from '../base/units.ts';
import { addressExpiryLateness, addressLifetime, advertLateness } from './lease-duration.ts';

describe('the lifetime of addresses', () => {
  const intervals = Array.from({ length: 255 }, (_, place) => seconds(place + 1));

  it('is in the whole seconds that the kernel counts in', () => {
    for (const interval of intervals) {
      expect(Number.isInteger(toSeconds(addressLifetime(interval)))).toBe(true);
    }
    expect(addressLifetime(seconds(1))).toBe(seconds(2));
  });

  it('is over before the quickest Backup takes over, however late the kernel is', () => {
    for (const interval of intervals) {
      const gone = addressLifetime(interval) + addressExpiryLateness;
      // Before three intervals have gone, so also before one that has heard priority 0 before.
      expect(gone).toBeLessThanOrEqual(times(interval, 3));
    }
  });

  it('lets at least one advert be lost or late without an address being lost', () => {
    for (const interval of intervals) {
      expect(addressLifetime(interval)).toBeGreaterThanOrEqual(times(interval, 2));
    }
  });

  it('is no shorter than it has to be', () => {
    for (const interval of intervals) {
      const longer = addressLifetime(interval) + seconds(1) + addressExpiryLateness;
      expect(longer).toBeGreaterThan(times(interval, 3));
    }
  });

  it.each([1, 2, 3, 5])('lasts until the next advert, with %i adverts to miss', (missed) => {
    for (const interval of [milliseconds(10), milliseconds(950), ...intervals]) {
      expect(addressLifetime(interval, missed)).toBeGreaterThan(interval + advertLateness);
    }
    expect(addressLifetime(seconds(1), missed)).toBe(seconds(missed === 5 ? 4 : 2));
  });

  it('is never 0, which the kernel would refuse', () => {
    expect(addressLifetime(milliseconds(10))).toBe(seconds(1));
  });
});
