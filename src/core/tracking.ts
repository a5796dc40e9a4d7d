/** What tracked things do to an instance: a weight on its priority, or Fault. */
import { ownerPriority, type Priority } from '../model/advert.ts';
import type { InstanceConfig, TrackConfig, TrackKind } from '../model/config.ts';
import type { PriorityChange } from '../model/journal.ts';

export type TrackedStatus = 'unknown' | 'up' | 'down';

/** What the trackers say at this moment. */
export interface TrackedThings {
  status(kind: Exclude<TrackKind, 'file'>, name: string): TrackedStatus;
  /** Null: the file has not been read yet. One that is not there counts as 0. */
  fileValue(name: string): number | null;
}

/** One tracked thing as an instance sees it. */
export type Track = StatusTrack | FileTrack;

export interface StatusTrack extends Weight {
  readonly kind: Exclude<TrackKind, 'file'>;
  readonly status: TrackedStatus;
}

export interface FileTrack extends Weight {
  readonly kind: 'file';
  readonly value: number | null;
}

interface Weight {
  /** For people: "script chk_http_port". */
  readonly subject: string;
  readonly weight: number;
  readonly reverse: boolean;
}

/** What something adds to a priority. */
export interface Contribution {
  readonly subject: string;
  readonly weight: number;
}

export interface TrackingResult {
  readonly effectivePriority: Priority;
  /** What puts the instance into Fault. */
  readonly faults: readonly string[];
  /** The things that these are faults of. */
  readonly subjects: readonly string[];
  /** What has to be known before the instance may begin. */
  readonly awaited: readonly string[];
}

const lowestPriority: Priority = 1;
const highestPriority: Priority = 254;

/** As in keepalived a file that takes so much off means Fault. */
const faultyContribution = -254;

/**
 * What an instance tracks, with what its sync group makes all members track. Its own
 * entry for a thing counts before the group's; its own interface is not tracked twice.
 */
export function tracksOf(
  config: InstanceConfig,
  groupTracks: readonly TrackConfig[],
  things: TrackedThings,
): readonly Track[] {
  if (config.tracks.length === 0 && groupTracks.length === 0) return [];
  const added = groupTracks.filter(
    (one) => !config.tracks.some((own) => own.kind === one.kind && own.name === one.name),
  );
  return [...config.tracks, ...added]
    .filter(({ kind, name }) => kind !== 'interface' || name !== config.interface)
    .map(({ kind, name, weight, reverse }) => {
      const common = { subject: `${kind} ${name}`, weight, reverse };
      return kind === 'file'
        ? { ...common, kind, value: things.fileValue(name) }
        : { ...common, kind, status: things.status(kind, name) };
    });
}

/**
 * The same, but what is not known yet is taken to be as it was when an earlier run was Master
 * with it: nobody may lose its priority for the moment that it takes to find out.
 */
export function presumedWell(tracks: readonly Track[]): readonly Track[] {
  return tracks.map((track): Track => {
    if (track.kind === 'file') return { ...track, value: track.value ?? 0 };
    const well = track.reverse ? 'down' : 'up';
    return { ...track, status: track.status === 'unknown' ? well : track.status };
  });
}

const untouched = { faults: [], subjects: [], awaited: [] } as const;

/**
 * Adds the weights up. A positive weight counts while the thing is up, a negative
 * one while it is down, `reverse` turns the sign of what counts; weight 0 means
 * Fault while it is down (with `reverse`: while it is up). A file counts with its
 * value times the weight; with weight 0 any value but 0 means Fault. The sum stays
 * within 1 to 254, and an address owner's 255 never changes.
 */
export function evaluateTracking(base: Priority, tracks: readonly Track[]): TrackingResult {
  if (tracks.length === 0) return { effectivePriority: base, ...untouched };
  const weight = tracks.reduce((sum, track) => sum + contribution(track), 0);
  return {
    effectivePriority:
      base === ownerPriority
        ? base
        : Math.min(highestPriority, Math.max(lowestPriority, base + weight)),
    faults: tracks.flatMap((track) => fault(track) ?? []),
    subjects: tracks.filter((track) => fault(track) !== null).map(({ subject }) => subject),
    awaited: tracks
      .filter((track) => track.weight === 0 && !isKnown(track))
      .map((track) => `waiting for ${track.subject}`),
  };
}

/** What each thing adds to the priority at this moment. */
export function contributionsOf(tracks: readonly Track[]): readonly Contribution[] {
  // Adding 0 makes -0 the 0 that can be written down.
  return tracks.map((track) => ({ subject: track.subject, weight: contribution(track) + 0 }));
}

/** In what the contributions differ; whoever is not in a list adds nothing. */
export function contributionChanges(
  former: readonly Contribution[],
  present: readonly Contribution[],
): readonly PriorityChange[] {
  const weightIn = (list: readonly Contribution[], subject: string): number =>
    list.find((one) => one.subject === subject)?.weight ?? 0;
  const subjects = new Set([...former, ...present].map(({ subject }) => subject));
  return [...subjects]
    .map((subject) => ({
      subject,
      from: weightIn(former, subject),
      to: weightIn(present, subject),
    }))
    .filter(({ from, to }) => from !== to);
}

function contribution(track: Track): number {
  const sign = track.reverse ? -1 : 1;
  if (track.kind === 'file') return (track.value ?? 0) * track.weight * sign;
  const { weight, status } = track;
  const counts = (weight > 0 && status === 'up') || (weight < 0 && status === 'down');
  return counts ? weight * sign : 0;
}

function fault(track: Track): string | null {
  if (track.kind === 'file') return fileFault(track);
  if (track.weight !== 0) return null;
  const faulty = track.reverse ? 'up' : 'down';
  return track.status === faulty ? `${track.subject} ${faulty}` : null;
}

function fileFault(track: FileTrack): string | null {
  const { subject, value, weight, reverse } = track;
  if (value === null) return null;
  const faulty =
    weight === 0 ? (value !== 0) !== reverse : contribution(track) <= faultyContribution;
  return faulty ? `${subject} has value ${String(value)}` : null;
}

function isKnown(track: Track): boolean {
  return track.kind === 'file' ? track.value !== null : track.status !== 'unknown';
}
