import { describe, expect, it } from 'vitest';
import { microseconds, milliseconds, seconds, toSeconds } from '../base/units.ts';
import type { Ipv4Address } from '../model/address.ts';
import { masterDownInterval, outranks, skewTime, type TimerBasis } from './election.ts';

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
