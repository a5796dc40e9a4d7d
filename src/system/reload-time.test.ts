import { describe, expect, it } from 'vitest';
import { failure, success } from '../base/result.ts';
import { reloadMoment } from './reload-time.ts';

const now = new Date(2026, 10, 30, 12, 0, 0).getTime();
const utcNow = Date.UTC(2026, 10, 30, 12, 0, 0);

describe('the time of a reload', () => {
  it.each([
    ['12:00:01', '2026-11-30T12:00:01'],
    ['12:00:00', '2026-12-01T12:00:00'],
    ['3:05:07\nanything', '2026-12-01T03:05:07'],
    ['26-12-24 18:30:00', '2026-12-24T18:30:00'],
    ['  2027-01-01   00:00:00 \n', '2027-01-01T00:00:00'],
  ])('%j is local', (text, moment) => {
    expect(reloadMoment(text, now)).toEqual(success(new Date(moment).getTime()));
  });

  it.each([
    ['12:00:01Z', Date.UTC(2026, 10, 30, 12, 0, 1)],
    ['11:59:59 Z', Date.UTC(2026, 11, 1, 11, 59, 59)],
    ['2028-02-29 23:59:59Z', Date.UTC(2028, 1, 29, 23, 59, 59)],
  ])('%j is UTC', (text, moment) => {
    expect(reloadMoment(text, utcNow)).toEqual(success(moment));
  });

  it.each(['', 'tomorrow', '12:00', '2026-12-24', '12:00:00 CET', '-1:00:00'])(
    '%j is none',
    (text) => {
      expect(reloadMoment(text, now)).toEqual(
        failure(`"${text}" is no time: HH:MM:SS or YYYY-MM-DD HH:MM:SS, with a Z for UTC`),
      );
    },
  );

  it('has to exist, and to come', () => {
    expect(reloadMoment('24:00:00', now).ok).toBe(false);
    expect(reloadMoment('2027-02-29 00:00:00', now)).toEqual(
      failure('"2027-02-29 00:00:00": there is no such time'),
    );
    expect(reloadMoment('2026-11-30 11:59:59', now)).toEqual(
      failure('"2026-11-30 11:59:59" is past'),
    );
  });
});
