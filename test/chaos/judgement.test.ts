/** What is found fault with, on holdings made by hand. */
import { describe, expect, it } from 'vitest';
import type { Act } from './faults.ts';
import type { Holdings, Stretch } from './holdings.ts';
import { judge } from './judgement.ts';

const dead: Act = {
  ...{ says: 'SIGKILL', deeds: [], holder: 'B', lastsMs: 0 },
  ...{ twoMs: 0, oneTwoMs: null, noneMs: 400, stallMs: null },
};
const well: Act = { ...dead, says: 'nothing', holder: 'A', stallMs: 150 };

const from = (startMs: number, endMs: number): Stretch => ({
  fromUs: startMs * 1_000,
  untilUs: endMs * 1_000,
});

function faultsOf(act: Act, seen: Partial<Holdings>, settled = true): readonly string[] {
  const holdings = { runs: { A: [], B: [] }, two: [], none: [], unseen: [], ...seen };
  const rows = [{ type: 'round', atUs: 1_000 } as const];
  return judge({ act, settled, rows, holdings, time: from(0, 1_000) }).faults;
}

describe('the judgement of an act', () => {
  it('has nothing against a take-over within its bound', () => {
    expect(faultsOf(dead, { none: [from(100, 450)] })).toEqual([]);
  });

  it('finds two holders, however short, where the master is dead', () => {
    const two = [from(300, 301)];
    const fault = 'two holders for 1.0 ms, and 0 ms are the limit';
    expect(faultsOf(dead, { two })).toEqual([fault]);
    expect(faultsOf(dead, { two, unseen: [from(400, 900)] })).toEqual([fault]);
  });

  it('excuses two for a while where both are well and the machine stood still', () => {
    const two = [from(400, 450)];
    expect(faultsOf(well, { two })).toEqual(['two holders for 50.0 ms, and 0 ms are the limit']);
    expect(faultsOf(well, { two, unseen: [from(200, 400)] })).toEqual([]);
    const long = faultsOf(well, { two: [from(400, 800)], unseen: [from(200, 400)] });
    expect(long).toEqual(['two holders at a stretch for 400.0 ms, and 300 ms are the limit']);
  });

  it('adds to the time without a holder what nobody looked at', () => {
    const none = [from(0, 500)];
    expect(faultsOf(dead, { none })).toEqual(['no holder for 500.0 ms, and 400 ms are the limit']);
    expect(faultsOf(dead, { none, unseen: [from(0, 200)] })).toEqual([]);
  });

  it('finds fault with the wrong holder, and with an observer that saw no partition', () => {
    expect(faultsOf(dead, {}, false)).toEqual(['not held by B in the end']);
    const parted: Act = { ...dead, holder: 'both', twoMs: null };
    expect(faultsOf(parted, {})).toEqual(['two holders were not seen']);
  });
});
