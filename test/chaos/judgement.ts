/**
 * What the wire has shown of one act, held against what it may show.
 *
 * The protocol's times are times in which its programs run. The observer wants the processor
 * each millisecond, so what it was not given tells how busy the machine was elsewhere: that much
 * later than its bound anything may come.
 */
import { handOverOverlapMs } from '../../src/lab/holding.ts';
import type { ActReport } from './case-report.ts';
import type { Act } from './faults.ts';
import type { Holdings, Stretch } from './holdings.ts';
import { longestMs, totalMs, within } from './holdings.ts';
import type { Row } from './observation-log.ts';

export function judge(played: {
  readonly act: Act;
  readonly time: Stretch;
  /** Whether the holder that the act names was the only one in the end. */
  readonly settled: boolean;
  readonly rows: readonly Row[];
  readonly holdings: Holdings;
}): ActReport {
  const { act, time, settled, rows, holdings } = played;
  const two = within(holdings.two, time);
  const none = within(holdings.none, time);
  const unseen = within(holdings.unseen, time);
  const ends = [...two, ...none].map(({ untilUs }) => untilUs);
  const figures = {
    says: act.says,
    lastedMs: (time.untilUs - time.fromUs) / 1_000,
    twoMs: totalMs(two),
    longestTwoMs: longestMs(two),
    noneMs: longestMs(none),
    allNoneMs: totalMs(none),
    recoveryMs: (Math.max(time.fromUs, ...ends) - time.fromUs) / 1_000,
    unseenMs: totalMs(unseen),
    rounds: rows.filter(
      ({ type, atUs }) => type === 'round' && atUs >= time.fromUs && atUs < time.untilUs,
    ).length,
  };
  const longestStallMs = longestMs(unseen);
  const stalled = act.stallMs !== null && figures.unseenMs >= act.stallMs;
  const limits = {
    // Where there may be some, the kernel's own work may come late too; none is none.
    twoMs: stalled || act.twoMs === null ? null : act.twoMs && act.twoMs + figures.unseenMs,
    oneTwoMs: stalled ? handOverOverlapMs + longestStallMs : act.oneTwoMs,
    noneMs: act.noneMs === null ? null : act.noneMs + figures.unseenMs,
  };
  const faults = [
    ...(settled ? [] : [`not held by ${act.holder} in the end`]),
    ...beyond('two holders for', figures.twoMs, limits.twoMs),
    ...beyond('two holders at a stretch for', figures.longestTwoMs, limits.oneTwoMs),
    ...beyond('no holder for', figures.noneMs, limits.noneMs),
    // An observer that can't see two holders where there have to be some sees nothing.
    ...(act.holder === 'both' && figures.twoMs === 0 ? ['two holders were not seen'] : []),
    ...(figures.rounds === 0 ? ['nobody looked'] : []),
  ];
  return { ...figures, faults };
}

function beyond(what: string, foundMs: number, limitMs: number | null): readonly string[] {
  if (limitMs === null || foundMs <= limitMs) return [];
  return [`${what} ${foundMs.toFixed(1)} ms, and ${limitMs.toFixed(0)} ms are the limit`];
}
