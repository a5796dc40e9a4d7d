import { describe, expect, it } from 'vitest';
import {
  after,
  between,
  earliest,
  instant,
  microseconds,
  milliseconds,
  seconds,
  times,
  toMilliseconds,
  toSeconds,
} from './units.ts';

describe('a duration', () => {
  it('is whole microseconds, whatever it was given in', () => {
    expect(seconds(1)).toBe(1_000_000);
    expect(seconds(3.609375)).toBe(3_609_375);
    expect(milliseconds(1.5)).toBe(1_500);
    expect(microseconds(0.6)).toBe(1);
    expect(times(seconds(1), 1 / 3)).toBe(333_333);
  });

  it('can be told in other units', () => {
    expect(toSeconds(seconds(2.5))).toBe(2.5);
    expect(toMilliseconds(seconds(2.5))).toBe(2_500);
  });
});

describe('a moment', () => {
  it('is moved by a duration, and told from another by one', () => {
    const later = after(instant(10), seconds(1));
    expect(later).toBe(1_000_010);
    expect(between(instant(10), later)).toBe(seconds(1));
    expect(between(later, instant(10))).toBe(-1_000_000);
  });

  it('is the earliest of several; those that never come do not count', () => {
    expect(earliest([instant(3), null, instant(1), instant(2)])).toBe(1);
    expect(earliest([instant(0), instant(1)])).toBe(0);
    expect(earliest([null, null])).toBeNull();
    expect(earliest([])).toBeNull();
  });
});
