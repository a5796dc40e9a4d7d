/**
 * A recording: the core's inputs as lines of JSON, from its first to its last.
 *
 * The first line is the header; with what it holds a core can be made that is like the
 * recorded one. Each line after it is one input and what the core answered, not in full:
 * the types of the effects, and a digest of them. The last line says why nothing follows.
 *
 * Secrets are not in it; see StandIns.
 */
import type { Instant } from '../base/units.ts';
import type { Config } from './config.ts';
import type { CoreEvent } from './core-event.ts';
import type { Effect } from './effect.ts';

/** Raised with every change by which a recording would be replayed otherwise than it was made. */
export const recordingFormat = 1;

export interface RecordingHeader {
  /** The format; named so that the first line of the file says what the file is. */
  readonly recording: typeof recordingFormat;
  /** Baton's version: another one may decide otherwise. */
  readonly baton: string;
  /** When it was begun: milliseconds since 1970 UTC, and the core's own clock. */
  readonly wallClockMs: number;
  readonly at: Instant;
  /** What the core was made with. */
  readonly config: Config;
}

export interface RecordedInput {
  readonly at: Instant;
  readonly event: CoreEvent;
  /** The types of the effects, in order. Left out, with the digest, where there was none. */
  readonly effects?: readonly Effect['type'][];
  readonly digest?: string;
  /** The core failed at this input: a bug. */
  readonly threw?: string;
}

export type RecordingEndReason =
  | 'stopped' // Baton has stopped
  | 'size' // the file has reached its limit
  | 'queue' // the disk was slower than the inputs came
  | 'disk'; // the file could not be written any more

export interface RecordingEnd {
  readonly end: RecordingEndReason;
  /** How many inputs stand before it. */
  readonly inputs: number;
}
