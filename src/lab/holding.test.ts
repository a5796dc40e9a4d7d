import { describe, expect, it } from 'vitest';
import { handOverOverlapMs, summarizeHoldings } from './holding.ts';

const window = { fromMs: 1_000, untilMs: 5_000 };

describe('summarizeHoldings', () => {
  it('counts no holder where nobody had the address within the window', () => {
    const early = { host: 'A', fromMs: 0, untilMs: 900 } as const;
    expect(summarizeHoldings([early], window)).toEqual({ holdersMax: 0, overlapMs: 0 });
  });

  it('counts one holder when the address moves without an overlap', () => {
    const summary = summarizeHoldings(
      [
        { host: 'A', fromMs: 0, untilMs: 2_000 },
        { host: 'B', fromMs: 2_800, untilMs: null },
      ],
      window,
    );
    expect(summary).toEqual({ holdersMax: 1, overlapMs: 0 });
  });

  it('reports a hand-over overlap without counting it as two holders', () => {
    const summary = summarizeHoldings(
      [
        { host: 'B', fromMs: 0, untilMs: 2_002 },
        { host: 'A', fromMs: 2_000, untilMs: null },
      ],
      window,
    );
    expect(summary).toEqual({ holdersMax: 1, overlapMs: 2 });
  });

  it('counts two holders once they have overlapped for longer than a hand-over', () => {
    const summary = summarizeHoldings(
      [
        { host: 'A', fromMs: 0, untilMs: null },
        { host: 'B', fromMs: 4_999 - handOverOverlapMs, untilMs: null },
      ],
      window,
    );
    expect(summary).toEqual({ holdersMax: 2, overlapMs: 101 });
  });

  it('never takes two times of one host for an overlap', () => {
    const summary = summarizeHoldings(
      [
        { host: 'A', fromMs: 0, untilMs: 3_000 },
        { host: 'A', fromMs: 2_000, untilMs: 4_000 },
      ],
      window,
    );
    expect(summary).toEqual({ holdersMax: 1, overlapMs: 0 });
  });
});
