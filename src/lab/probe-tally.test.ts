import { describe, expect, it } from 'vitest';
import { ProbeTally } from './probe-tally.ts';

const options = { timeoutMs: 200, inFlightLimit: 2 };

function begin(tally: ProbeTally<number>, nowMs: number): number {
  let begun = -1;
  tally.begin(nowMs, (number) => (begun = number));
  return begun;
}

describe('ProbeTally', () => {
  it('counts answers by host and measures the gap between them', () => {
    const tally = new ProbeTally<number>(options, 0);
    tally.answered(begin(tally, 10), 'host-a', 11);
    const gap = tally.answered(begin(tally, 60), 'host-b', 62);
    expect(gap).toBe(52);
    expect(tally.turnWindow(63)).toEqual({
      sent: 2,
      failed: 0,
      outageMs: 52,
      answers: { 'host-a': 1, 'host-b': 1 },
    });
  });

  it('fails a request that is not answered in time, and takes no later answer to it', () => {
    const tally = new ProbeTally<number>(options, 0);
    const number = begin(tally, 0);
    expect(tally.expire(199)).toEqual([]);
    expect(tally.expire(200)).toEqual([number]);
    expect(tally.answered(number, 'host-a', 201)).toBeNull();
    expect(tally.turnWindow(300)).toEqual({ sent: 1, failed: 1, outageMs: 300, answers: {} });
  });

  it('counts a request once that fails twice', () => {
    const tally = new ProbeTally<number>(options, 0);
    const number = begin(tally, 0);
    tally.failed(number);
    tally.failed(number);
    expect(tally.turnWindow(1).failed).toBe(1);
  });

  it('is full at its limit until one is done', () => {
    const tally = new ProbeTally<number>(options, 0);
    const first = begin(tally, 0);
    begin(tally, 1);
    expect(tally.full).toBe(true);
    tally.failed(first);
    expect(tally.full).toBe(false);
  });

  it('begins each window with nothing counted', () => {
    const tally = new ProbeTally<number>(options, 0);
    tally.answered(begin(tally, 0), 'host-a', 1);
    tally.turnWindow(2);
    expect(tally.turnWindow(2)).toEqual({ sent: 0, failed: 0, outageMs: 2, answers: {} });
  });
});
