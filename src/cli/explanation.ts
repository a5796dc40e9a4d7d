/**
 * Why a virtual router is in its state: its last transition, what led to that by the links of the
 * journal, and what keeps it from being Master now.
 */
import type { InstanceSnapshot } from '../model/snapshot.ts';
import type { JournalLine } from '../ports/journal.ts';
import { causeWords, moveWords, type Transition } from './cause-words.ts';
import { entryText } from './event-text.ts';
import { standingWords } from './standing-words.ts';
import { agoText } from './time-text.ts';

export interface Explanation {
  readonly instance: string;
  /** Null: the journal does not reach back to it. */
  readonly transition: JournalLine | null;
  /** What led to it, the oldest first. */
  readonly causes: readonly JournalLine[];
  /** How many causes were left out, older than those. */
  readonly omitted: number;
  /** Null: it is not configured any more, or nobody knows. */
  readonly standing: InstanceSnapshot | null;
}

/** More of them are hardly read. */
const causeLimit = 12;

/** Explains each instance that the journal or the status knows, or the one of this name. */
export function explain(
  lines: readonly JournalLine[],
  instances: readonly InstanceSnapshot[],
  wanted: string | null,
): readonly Explanation[] {
  const last = new Map<string, JournalLine>();
  for (const line of lines) {
    if (line.entry.kind === 'transition') last.set(line.entry.instance, line);
  }
  // Those that are no longer configured come last, unless only what has been is known.
  const names = new Set([...instances.map(({ name }) => name), ...last.keys()]);
  return [...names]
    .filter((name) => wanted === null || name === wanted)
    .map((name) => {
      const transition = last.get(name) ?? null;
      const causes = transition === null ? [] : causesOf(transition, lines);
      const standing = instances.find((one) => one.name === name) ?? null;
      const omitted = Math.max(0, causes.length - causeLimit);
      return { instance: name, transition, causes: causes.slice(omitted), omitted, standing };
    });
}

/** All lines that led to this one, by whatever way, the oldest first. */
function causesOf(line: JournalLine, lines: readonly JournalLine[]): readonly JournalLine[] {
  const bySequence = new Map(lines.map((one) => [one.sequence, one]));
  const found = new Set<JournalLine>();
  const pending = [line];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const sequence of next.because) {
      const cause = bySequence.get(sequence);
      if (cause === undefined || found.has(cause)) continue;
      found.add(cause);
      pending.push(cause);
    }
  }
  return [...found].sort((one, other) => one.sequence - other.sequence);
}

export interface ExplanationContext {
  readonly nowMs: number;
  /** A moment as a person reads it. */
  readonly moment: (timeMs: number) => string;
}

export function explanationText(
  { instance, transition, causes, omitted, standing }: Explanation,
  { nowMs, moment }: ExplanationContext,
): string {
  const now = standing === null ? null : standingWords(standing);
  const indented = [
    ...(causes.length === 0 ? [] : ['What led to it:']),
    ...(omitted === 0 ? [] : [`  (${omitted} earlier lines: see baton events)`]),
    ...causes.map((line) => `  ${moment(line.timeMs)}  ${causeLine(line)}`),
    ...(now === null ? [] : [now]),
  ];
  const head =
    transition?.entry.kind !== 'transition'
      ? unknownWords(instance, standing)
      : transitionWords(transition.entry, transition.timeMs, { nowMs, moment });
  return [head, ...indented.map((line) => `  ${line}`)].join('\n');
}

function transitionWords(
  entry: Transition,
  timeMs: number,
  { nowMs, moment }: ExplanationContext,
): string {
  const why = causeWords(entry.cause, (ms) => `at ${moment(timeMs - ms)}`);
  const when = `at ${moment(timeMs)}, ${agoText(nowMs - timeMs)} ago`;
  return `${entry.instance} ${moveWords(entry)} ${when}${why}.`;
}

/** The journal keeps so many lines, and its last transition was before them. */
function unknownWords(instance: string, standing: InstanceSnapshot | null): string {
  if (standing === null) return `${instance}: the journal says nothing of it.`;
  const { state, inStateForMs } = standing;
  return `${instance} has been in ${state} for ${agoText(inStateForMs)}; the journal does not say why.`;
}

function causeLine({ entry }: JournalLine): string {
  if (entry.kind !== 'priority' || entry.changes.length === 0) return entryText(entry);
  const changes = entry.changes.map(({ subject, from, to }) => `${subject} ${to}, before ${from}`);
  return `${entryText(entry)} (${changes.join('; ')})`;
}
