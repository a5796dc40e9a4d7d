import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instanceDefaults } from '../model/defaults.ts';
import type { InterfaceName } from '../model/address.ts';
import type { TrackConfig } from '../model/config.ts';
import {
  evaluateTracking,
  tracksOf,
  type StatusTrack,
  type Track,
  type TrackedStatus,
} from './tracking.ts';

const track = (weight: number, status: TrackedStatus, reverse = false): StatusTrack => ({
  kind: 'script',
  subject: 'script check',
  weight,
  status,
  reverse,
});

describe('a weight', () => {
  it.each<[Track, number]>([
    [track(20, 'up'), 120],
    [track(20, 'down'), 100],
    [track(20, 'unknown'), 100],
    [track(-20, 'up'), 100],
    [track(-20, 'down'), 80],
    [track(-20, 'unknown'), 100],
    [track(20, 'up', true), 80],
    [track(-20, 'down', true), 120],
    [track(253, 'up'), 254],
    [track(-253, 'down'), 1],
  ])('%o makes 100 to %i', (one, expected) => {
    expect(evaluateTracking(100, [one]).effectivePriority).toBe(expected);
  });

  it('adds to the others before the sum is bounded', () => {
    const tracks = [track(253, 'up'), track(-153, 'down'), track(0, 'up')];
    expect(evaluateTracking(100, tracks).effectivePriority).toBe(200);
  });

  it('leaves an address owner alone, and every other within 1 to 254', () => {
    const weight = { weight: fc.integer({ min: -254, max: 254 }), reverse: fc.boolean() };
    const anyTrack: fc.Arbitrary<Track> = fc.oneof(
      fc.record({
        kind: fc.constant('script' as const),
        subject: fc.constant('script check'),
        status: fc.constantFrom<TrackedStatus>('unknown', 'up', 'down'),
        ...weight,
      }),
      fc.record({
        kind: fc.constant('file' as const),
        subject: fc.constant('file load'),
        value: fc.option(fc.integer()),
        ...weight,
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.array(anyTrack), (base, tracks) => {
        const { effectivePriority } = evaluateTracking(base, tracks);
        if (base === 255) expect(effectivePriority).toBe(255);
        else {
          expect(effectivePriority).toBeGreaterThanOrEqual(1);
          expect(effectivePriority).toBeLessThanOrEqual(254);
        }
      }),
    );
  });
});

describe('weight 0', () => {
  it('is a fault while the thing is down, with reverse while it is up', () => {
    expect(evaluateTracking(100, [track(0, 'down')]).faults).toEqual(['script check down']);
    expect(evaluateTracking(100, [track(0, 'up')]).faults).toEqual([]);
    expect(evaluateTracking(100, [track(0, 'up', true)]).faults).toEqual(['script check up']);
    expect(evaluateTracking(100, [track(0, 'down', true)]).faults).toEqual([]);
  });

  it('is waited for while nothing is known; other weights are not', () => {
    expect(evaluateTracking(100, [track(0, 'unknown')]).awaited).toEqual([
      'waiting for script check',
    ]);
    expect(evaluateTracking(100, [track(1, 'unknown')]).awaited).toEqual([]);
  });

  it('puts the address owner into Fault like any other', () => {
    expect(evaluateTracking(255, [track(0, 'down')]).faults).toHaveLength(1);
  });
});

describe('a file', () => {
  const file = (value: number | null, weight: number, reverse = false): Track => ({
    kind: 'file',
    subject: 'file load',
    value,
    weight,
    reverse,
  });

  it.each<[Track, number]>([
    [file(3, 10), 130],
    [file(3, -10), 70],
    [file(-3, 10), 70],
    [file(3, 10, true), 70],
    [file(0, 10), 100],
    [file(null, 10), 100],
    [file(1_000, 10), 254],
    [file(-253, 1), 1],
  ])('%o makes 100 to %i', (one, expected) => {
    const result = evaluateTracking(100, [one]);
    expect(result).toEqual({ effectivePriority: expected, faults: [], subjects: [], awaited: [] });
  });

  it('that takes 254 or more off is a fault', () => {
    expect(evaluateTracking(100, [file(-254, 1)]).faults).toEqual(['file load has value -254']);
    expect(evaluateTracking(100, [file(127, -2)]).faults).toHaveLength(1);
    expect(evaluateTracking(100, [file(254, 1, true)]).faults).toHaveLength(1);
    expect(evaluateTracking(100, [file(254, 1)]).faults).toEqual([]);
  });

  it('with weight 0 is a fault unless it is 0, with reverse if it is', () => {
    expect(evaluateTracking(100, [file(1, 0)]).faults).toEqual(['file load has value 1']);
    expect(evaluateTracking(100, [file(0, 0)]).faults).toEqual([]);
    expect(evaluateTracking(100, [file(0, 0, true)]).faults).toEqual(['file load has value 0']);
    expect(evaluateTracking(100, [file(1, 0, true)]).faults).toEqual([]);
    expect(evaluateTracking(100, [file(null, 0)]).awaited).toEqual(['waiting for file load']);
  });
});

describe('an instance tracks', () => {
  const one = (kind: TrackConfig['kind'], name: string, weight = 0): TrackConfig => ({
    kind,
    name,
    weight,
    reverse: false,
  });
  const instance = {
    ...instanceDefaults,
    name: 'VI_1',
    interface: 'eth0' as InterfaceName,
    virtualRouterId: 51,
    tracks: [one('script', 'check', 5), one('interface', 'eth0'), one('file', 'load')],
  };

  it('its own things and those of its group, its own weights first, its own interface not', () => {
    const group = [one('script', 'check'), one('interface', 'eth1'), one('interface', 'eth0')];
    const tracks = tracksOf(instance, group, { status: () => 'up', fileValue: () => 7 });
    expect(tracks).toEqual([
      { kind: 'script', subject: 'script check', weight: 5, reverse: false, status: 'up' },
      { kind: 'file', subject: 'file load', weight: 0, reverse: false, value: 7 },
      { kind: 'interface', subject: 'interface eth1', weight: 0, reverse: false, status: 'up' },
    ]);
  });
});
