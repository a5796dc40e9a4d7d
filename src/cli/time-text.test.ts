import { describe, expect, it } from 'vitest';
import { exactSeconds, localTime, localTimeShort, roughDuration } from './time-text.ts';

/** In local time, wherever the test runs. */
const moment = new Date(2026, 4, 4, 14, 2, 11, 7).getTime();

describe('local time', () => {
  it('is written to the millisecond', () => {
    expect(localTime(moment)).toBe('2026-05-04 14:02:11.007');
  });

  it('names the day only where it is another', () => {
    expect(localTimeShort(moment, moment + 1_000)).toBe('14:02:11');
    expect(localTimeShort(moment, moment + 86_400_000)).toBe('2026-05-04 14:02:11');
  });
});

describe('roughDuration', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [123_000, '2 min 3 s'],
    [3_600_000 + 5_000, '1 h'],
    [11_520_000, '3 h 12 min'],
    [86_400_000 * 40 + 3_600_000, '40 d 1 h'],
  ])('of %d ms is %s', (durationMs, expected) => {
    expect(roughDuration(durationMs)).toBe(expected);
  });
});

describe('exactSeconds', () => {
  it('is exact to the millisecond and no longer than it must be', () => {
    expect([1_000, 609.375, 3_609.375, 10].map(exactSeconds)).toEqual([
      '1 s',
      '0.609 s',
      '3.609 s',
      '0.01 s',
    ]);
  });
});
