import { describe, expect, it } from 'vitest';
import { microseconds, milliseconds, seconds, times, toSeconds } from '../base/units.ts';
import type { Ipv4Address } from '../model/address.ts';
import {
  addressExpiryLateness,
  addressLifetime,
  advertLateness,
  masterDownInterval,
  outranks,
  skewTime,
  type TimerBasis,
} from './election.ts';

const version2 = (priority: number, advertisementInterval = seconds(1)): TimerBasis => ({
  ...{ version: 2, priority, advertisementInterval },
  downTimerAdverts: 3,
});

describe('Skew_Time and Master_Down_Interval', () => {
  // RFC 3768 section 6.1, at an interval of 1 s.
  it.each([
    [1, 0.996094, 3.996094],
    [50, 0.804688, 3.804688],
    [100, 0.609375, 3.609375],
    [150, 0.414063, 3.414063],
    [200, 0.21875, 3.21875],
    [254, 0.007813, 3.007813],
    [255, 0.003906, 3.003906],
  ])('for priority %i are %f s and %f s', (priority, skew, down) => {
    expect(toSeconds(skewTime(version2(priority)))).toBe(skew);
    expect(toSeconds(masterDownInterval(version2(priority)))).toBe(down);
  });

  it('grow by three intervals for each second, while the skew stays as it is', () => {
    expect(masterDownInterval(version2(100, seconds(5)))).toBe(microseconds(15_609_375));
    expect(masterDownInterval(version2(100, seconds(255)))).toBe(microseconds(765_609_375));
  });

  // RFC 9568 section 6.1, in centiseconds.
  it.each([
    [1, 100, 99.609, 399.609],
    [100, 100, 60.938, 360.938],
    [150, 50, 20.703, 170.703],
    [254, 30, 0.234, 90.234],
  ])('for priority %i at %i cs in version 3 are %f cs and %f cs', (priority, own, skew, down) => {
    const advertisementInterval = milliseconds(own * 10);
    const basis = { version: 3, priority, advertisementInterval, downTimerAdverts: 3 } as const;
    expect(skewTime(basis) / 10_000).toBeCloseTo(skew, 2);
    expect(masterDownInterval(basis) / 10_000).toBeCloseTo(down, 2);
    expect(masterDownInterval({ ...basis, downTimerAdverts: 5 }) / 10_000).toBeCloseTo(
      down + 2 * own,
      2,
    );
  });

  it('are the shorter, the higher the priority is, so that the best Backup is first', () => {
    for (let priority = 1; priority < 255; priority += 1) {
      expect(skewTime(version2(priority + 1))).toBeLessThan(skewTime(version2(priority)));
    }
  });
});

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
      expect(gone).toBeLessThan(masterDownInterval(version2(255, interval)));
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

describe('a master yields', () => {
  const candidate = (priority: number, address: string) => ({
    priority,
    address: address as Ipv4Address,
  });
  const local = candidate(100, '192.0.2.100');

  it.each([
    [101, '192.0.2.1', true],
    [255, '10.0.0.1', true],
    [99, '203.0.113.255', false],
    [100, '192.0.2.101', true],
    [100, '192.0.2.99', false],
    [100, '192.0.2.9', false],
    [100, '192.0.3.1', true],
    [100, '223.255.255.255', true],
    [100, '9.255.255.255', false],
    [100, '192.0.2.100', false],
  ])('to priority %i from %s: %s', (priority, address, expected) => {
    expect(outranks(candidate(priority, address), local)).toBe(expected);
  });

  it('so that of two masters exactly one does', () => {
    const [left, right] = [candidate(100, '192.0.2.10'), candidate(100, '192.0.2.9')];
    expect([outranks(left, right), outranks(right, left)]).toEqual([true, false]);
  });
});
