/**
 * Who held the address when, from the rows of an observation.
 *
 * Each round of probes gives a router a chance to answer; it holds the address from an answer
 * to the next one. A run ends with the last answer before `patience` rounds that went
 * unanswered: where frames are lost at random, one round says nothing. In a time without rounds
 * (the machine was busy elsewhere) nobody looked, so no run ends there and nothing is missing.
 */
import type { Row } from './observation-log.ts';
import { answerKinds, sightings } from './probe-frames.ts';
import type { RouterLetter } from './stations.ts';
import { routerLetters } from './stations.ts';

/** A stretch of time, in microseconds. */
export interface Stretch {
  readonly fromUs: number;
  readonly untilUs: number;
}

export interface Holdings {
  /** From a router's first to its last answer. */
  readonly runs: Readonly<Record<RouterLetter, readonly Stretch[]>>;
  /** When both held it. */
  readonly two: readonly Stretch[];
  /** When rounds went out and nobody answered, from the last answer to the next. */
  readonly none: readonly Stretch[];
  /** When nobody looked for longer than two milliseconds. */
  readonly unseen: readonly Stretch[];
}

const answers = new Set<string>(sightings.slice(0, answerKinds));
const lookedAwayUs = 2_000;

export function holdingsOf(rows: readonly Row[], patience: number): Holdings {
  const runs = { A: runsOf(rows, ['A'], patience), B: runsOf(rows, ['B'], patience) };
  const held = runsOf(rows, routerLetters, patience);
  return { runs, two: overlaps(runs.A, runs.B), none: gapsOf(rows, held), unseen: unseenOf(rows) };
}

/** What lies within the window; what reaches over its borders is cut there. */
export function within(stretches: readonly Stretch[], window: Stretch): readonly Stretch[] {
  return stretches
    .map(({ fromUs, untilUs }) => ({
      fromUs: Math.max(fromUs, window.fromUs),
      untilUs: Math.min(untilUs, window.untilUs),
    }))
    .filter(({ fromUs, untilUs }) => fromUs < untilUs);
}

export function totalMs(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { fromUs, untilUs }) => sum + untilUs - fromUs, 0) / 1_000;
}

export function longestMs(stretches: readonly Stretch[]): number {
  return Math.max(0, ...stretches.map(({ fromUs, untilUs }) => untilUs - fromUs)) / 1_000;
}

function runsOf(
  rows: readonly Row[],
  routers: readonly RouterLetter[],
  patience: number,
): readonly Stretch[] {
  const runs: Stretch[] = [];
  let run: { readonly fromUs: number; untilUs: number } | null = null;
  let rounds = 0;
  for (const row of rows) {
    if (row.type === 'round') {
      rounds += 1;
    } else if (routers.includes(row.router) && answers.has(row.sighting)) {
      // One round is on its way when an answer to the one before it arrives.
      if (run === null || rounds > patience + 1) {
        run = { fromUs: row.atUs, untilUs: row.atUs };
        runs.push(run);
      }
      run.untilUs = row.atUs;
      rounds = 0;
    }
  }
  return runs;
}

function overlaps(first: readonly Stretch[], second: readonly Stretch[]): readonly Stretch[] {
  return first.flatMap((stretch) => within(second, stretch));
}

/** Between the runs, before the first and after the last. */
function gapsOf(rows: readonly Row[], runs: readonly Stretch[]): readonly Stretch[] {
  const rounds = rows.filter(({ type }) => type === 'round');
  const first = rounds[0]?.atUs ?? 0;
  const last = rounds.at(-1)?.atUs ?? 0;
  const ends = [first, ...runs.map(({ untilUs }) => untilUs)];
  const starts = [...runs.map(({ fromUs }) => fromUs), last];
  return ends
    .map((fromUs, index) => ({ fromUs, untilUs: starts[index] ?? fromUs }))
    .filter(({ fromUs, untilUs }) => untilUs - fromUs > lookedAwayUs);
}

function unseenOf(rows: readonly Row[]): readonly Stretch[] {
  const unseen: Stretch[] = [];
  let before: number | null = null;
  for (const { type, atUs } of rows) {
    if (type !== 'round') continue;
    if (before !== null && atUs - before > lookedAwayUs) {
      unseen.push({ fromUs: before, untilUs: atUs });
    }
    before = atUs;
  }
  return unseen;
}
