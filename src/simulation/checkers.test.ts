import { describe, expect, it } from 'vitest';
import { instant, milliseconds } from '../base/units.ts';
import {
  AlwaysOneHolderChecker,
  HoldingWatch,
  TwoHoldersChecker,
  type Checker,
  type Violation,
  type WitnessedHost,
} from './checkers.ts';

const holder = { holds: true, reachable: true, fit: true };
const backup = { holds: false, reachable: true, fit: true };

/** Shows the checker one state of A and B after another, each for so many milliseconds. */
function show(
  checker: Checker,
  states: readonly (readonly [
    ms: number,
    A: Omit<WitnessedHost, 'name'>,
    B: Omit<WitnessedHost, 'name'>,
  ])[],
): void {
  let now = 0;
  for (const [ms, A, B] of states) {
    const from = instant(now);
    now += milliseconds(ms);
    const hosts = [
      { name: 'A', ...A },
      { name: 'B', ...B },
    ];
    checker.elapsed({ from, to: instant(now), hosts });
  }
}

function recorder(): { readonly violated: (one: Violation) => void; readonly list: Violation[] } {
  const list: Violation[] = [];
  return { violated: (one) => list.push(one), list };
}

describe('TwoHoldersChecker', () => {
  function check(states: Parameters<typeof show>[1]): readonly number[] {
    const { violated, list } = recorder();
    show(new TwoHoldersChecker({ bound: milliseconds(10), violated }), states);
    return list.map(({ at }) => at / 1_000);
  }

  it('allows the stated overlap and no more, however it is cut into stretches', () => {
    expect(check([[10, holder, holder]])).toEqual([]);
    expect(check([[11, holder, holder]])).toEqual([10]);
    expect(
      check([
        [5, holder, holder],
        [6, holder, holder],
      ]),
    ).toEqual([10]);
  });

  it('begins anew after a moment with one holder, and tells of one overlap once', () => {
    const [both, one] = [[8, holder, holder] as const, [1, holder, backup] as const];
    expect(check([both, one, both])).toEqual([]);
    expect(check([both, both, both])).toEqual([10]);
    expect(check([both, both, one, both, both])).toEqual([10, 27]);
  });

  it('does not mind a holder that nobody can reach', () => {
    expect(check([[1_000, { ...holder, reachable: false }, holder]])).toEqual([]);
  });
});

describe('AlwaysOneHolderChecker', () => {
  function check(states: Parameters<typeof show>[1]): readonly string[] {
    const { violated, list } = recorder();
    show(new AlwaysOneHolderChecker({ bound: milliseconds(100), violated }), states);
    return list.map(({ at, text }) => `${String(at / 1_000)} ${text}`);
  }

  const unfit = { ...backup, fit: false };

  it('allows a vacancy as long as the bound', () => {
    expect(check([[100, backup, backup]])).toEqual([]);
    expect(check([[101, backup, backup]])).toHaveLength(1);
  });

  it('expects nothing of hosts that are not fit, or that nobody can reach', () => {
    expect(check([[1_000, unfit, { ...backup, reachable: false }]])).toEqual([]);
  });

  it('counts from when the host has become fit, and names it', () => {
    const states = [
      [500, unfit, unfit],
      [90, unfit, backup],
    ] as const;
    expect(check(states)).toEqual([]);
    const [violation] = check([...states, [20, unfit, backup]]);
    expect(violation).toMatch(/^600 .*though B was fit$/);
  });

  it('counts an unreachable holder for none', () => {
    expect(check([[200, { ...holder, reachable: false }, backup]])).toHaveLength(1);
  });
});

describe('HoldingWatch', () => {
  it('measures the longest overlap of a window, cut at its borders', () => {
    const watch = new HoldingWatch();
    expect(watch.turnWindow()).toEqual({ held: false, overlap: 0 });
    show(watch, [
      [5, holder, holder],
      [1, holder, backup],
      [3, holder, holder],
    ]);
    expect(watch.turnWindow()).toEqual({ held: true, overlap: milliseconds(5) });
    show(watch, [[2, holder, holder]]);
    expect(watch.turnWindow()).toEqual({ held: true, overlap: milliseconds(2) });
  });
});
