import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateTracking, type Track, type TrackedStatus } from './tracking.ts';

const track = (weight: number, status: TrackedStatus, reverse = false): Track => ({
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
    const anyTrack = fc.record({
      subject: fc.constant('script check'),
      weight: fc.integer({ min: -253, max: 253 }),
      status: fc.constantFrom<TrackedStatus>('unknown', 'up', 'down'),
      reverse: fc.boolean(),
    });
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
