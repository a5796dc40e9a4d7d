/** The observation's judgement, on rows made by hand. */
import { describe, expect, it } from 'vitest';
import { holdingsOf, longestMs, totalMs, within } from './holdings.ts';
import type { Row } from './observation-log.ts';
import type { RouterLetter } from './stations.ts';

/** A round each millisecond, answered by the routers named: "A", "B", "AB", "-"; "." sends none. */
function rowsOf(...milliseconds: readonly string[]): readonly Row[] {
  return milliseconds.flatMap((text, index): readonly Row[] => {
    if (text === '.') return [];
    const answers = Array.from(text.replace('-', ''), (router, place): Row => {
      const atUs = index * 1_000 + 100 + place * 10;
      return { atUs, type: 'seen', router: router as RouterLetter, sighting: 'echo' };
    });
    return [{ atUs: index * 1_000, type: 'round' }, ...answers];
  });
}

const times = (count: number, text: string): readonly string[] =>
  Array.from({ length: count }, () => text);

describe('an observation', () => {
  it('sees one holder after the other and the time without one', () => {
    const rows = rowsOf(...times(10, 'A'), ...times(20, '-'), ...times(10, 'B'));
    const { two, none } = holdingsOf(rows, 2);
    expect(two).toEqual([]);
    expect(none).toEqual([{ fromUs: 9_100, untilUs: 30_100 }]);
    expect(longestMs(within(none, { fromUs: 20_000, untilUs: 99_000 }))).toBeCloseTo(10.1);
  });

  it('sees two holders', () => {
    const rows = rowsOf(...times(10, 'A'), ...times(20, 'AB'), ...times(10, 'B'));
    const { two, none } = holdingsOf(rows, 2);
    expect(totalMs(two)).toBeCloseTo(19, 1);
    expect(none).toEqual([]);
  });

  it('sees two holders that answer in turn', () => {
    const turns = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'A' : 'B'));
    expect(totalMs(holdingsOf(rowsOf(...turns), 2).two)).toBeCloseTo(7);
  });

  it('takes an address that moves from one probe to the next for held all the time', () => {
    const { two, none } = holdingsOf(rowsOf(...times(10, 'A'), ...times(10, 'B')), 2);
    expect([two, none]).toEqual([[], []]);
  });

  it('ends a run where probes go unanswered, and not where there were none', () => {
    const silence = rowsOf('A', 'A', ...times(30, '-'), 'A', 'A');
    expect(holdingsOf(silence, 2).runs.A).toHaveLength(2);
    const stall = holdingsOf(rowsOf('A', 'A', ...times(30, '.'), 'A', 'A'), 2);
    expect(stall.runs.A).toHaveLength(1);
    expect(stall.none).toEqual([]);
    expect(totalMs(stall.unseen)).toBe(31);
  });

  it('is patient with answers that are lost', () => {
    const rows = rowsOf('A', '-', '-', '-', 'A');
    expect(holdingsOf(rows, 2).runs.A).toHaveLength(2);
    expect(holdingsOf(rows, 5).runs.A).toHaveLength(1);
  });

  it('counts neither adverts nor announcements as answers', () => {
    const rows = rowsOf(...times(10, 'A')).map((row): Row =>
      row.type === 'seen' ? { ...row, sighting: 'advert' } : row,
    );
    expect(holdingsOf(rows, 2).runs.A).toEqual([]);
  });
});
