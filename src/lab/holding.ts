/** Which hosts had the address in their kernels, and when more than one had it at once. */
import type { HostName } from './pair.ts';

/**
 * When a better master preempts, it takes the address and tells the other one
 * by its advert: so long may both have it, until the advert has been acted on.
 */
export const handOverOverlapMs = 100;

/** A time in which one host had the address; `untilMs` is null while it still has it. */
export interface Holding {
  readonly host: HostName;
  readonly fromMs: number;
  readonly untilMs: number | null;
}

export interface HoldingSummary {
  /** The most hosts that had the address at once for longer than `handOverOverlapMs`. */
  readonly holdersMax: number;
  /** The longest time in which more than one host had it. */
  readonly overlapMs: number;
}

/** Summarises what lies in the window; what reaches over its borders is cut there. */
export function summarizeHoldings(
  holdings: readonly Holding[],
  window: { readonly fromMs: number; readonly untilMs: number },
): HoldingSummary {
  const clipped = holdings
    .map(({ host, fromMs, untilMs }) => ({
      host,
      fromMs: Math.max(fromMs, window.fromMs),
      untilMs: Math.min(untilMs ?? window.untilMs, window.untilMs),
    }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs);
  let overlapMs = 0;
  for (const first of clipped) {
    for (const second of clipped) {
      if (first.host === second.host) continue;
      const shared =
        Math.min(first.untilMs, second.untilMs) - Math.max(first.fromMs, second.fromMs);
      overlapMs = Math.max(overlapMs, shared);
    }
  }
  // There are two hosts: any overlap is one of all of them.
  const alone = clipped.length > 0 ? 1 : 0;
  return { holdersMax: overlapMs > handOverOverlapMs ? 2 : alone, overlapMs };
}
