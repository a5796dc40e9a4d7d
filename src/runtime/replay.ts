/**
 * Has a core like the recorded one handle the inputs of a recording, and compares what it
 * answers. Total: whatever the lines say, the outcome is a step or a sentence.
 */
import { failure, success, type Result } from '../base/result.ts';
import { between, toMilliseconds, type Duration, type Instant } from '../base/units.ts';
import { Core } from '../core/core.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import type { RecordedInput, RecordingEnd, RecordingHeader } from '../model/recording.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { digestOf, parseHeader, parseInput } from './recording-lines.ts';

/** One input once more. */
export interface ReplayedInput {
  readonly type: 'input';
  readonly at: Instant;
  /** Since the recording was begun. */
  readonly elapsed: Duration;
  /** Wall clock, milliseconds since 1970 UTC, as it was when the recording was begun. */
  readonly timeMs: number;
  readonly event: CoreEvent;
  readonly effects: readonly Effect[];
  /** What the core answered when it was recorded, where that was not the same. */
  readonly difference: ReplayDifference | null;
  /** The core failed here, then as now: a bug. */
  readonly threw: string | null;
}

export interface ReplayDifference {
  /** The types of the effects that were recorded. */
  readonly recorded: readonly string[];
  /** It failed at that time, or now; null: it did not. */
  readonly recordedFailure: string | null;
  readonly failure: string | null;
}

export type ReplayStep = ReplayedInput | { readonly type: 'end'; readonly end: RecordingEnd };

export class Replay {
  readonly header: RecordingHeader;
  private readonly core: Core;
  private ended = false;
  private lastAt: Instant;

  private constructor(header: RecordingHeader, core: Core) {
    this.header = header;
    this.core = core;
    this.lastAt = header.at;
  }

  /** Reads the first line. */
  static begin(firstLine: string): Result<Replay, string> {
    const header = parseHeader(firstLine);
    if (!header.ok) return header;
    try {
      return success(new Replay(header.value, new Core(header.value.config)));
    } catch (error) {
      return failure(`its configuration is damaged: ${(error as Error).message}`);
    }
  }

  /** Takes the next line; fails with a sentence where it can't be replayed. */
  take(line: string): Result<ReplayStep, string> {
    if (this.ended) return failure('it stands behind the end of the recording');
    const parsed = parseInput(line);
    if (!parsed.ok) return parsed;
    const { value } = parsed;
    if ('end' in value) {
      this.ended = true;
      return success({ type: 'end', end: value });
    }
    return success(this.input(value));
  }

  /** The core's state after what has been played. */
  snapshot(): Snapshot {
    return this.core.snapshot(this.lastAt);
  }

  private input(input: RecordedInput): ReplayedInput {
    const { at, event } = input;
    this.lastAt = at;
    const answer = this.answer(input);
    const effects = answer.ok ? answer.value : [];
    const threw = answer.ok ? null : answer.error;
    const elapsed = between(this.header.at, at);
    const same =
      threw === (input.threw ?? null) &&
      (effects.length === 0 ? undefined : digestOf(effects)) === input.digest;
    return {
      type: 'input',
      at,
      elapsed,
      timeMs: this.header.wallClockMs + toMilliseconds(elapsed),
      event,
      effects,
      difference: same
        ? null
        : {
            recorded: input.effects ?? [],
            recordedFailure: input.threw ?? null,
            failure: threw,
          },
      threw,
    };
  }

  /** An event that is not what its type says makes the core fail; so does a bug. */
  private answer({ at, event }: RecordedInput): Result<readonly Effect[], string> {
    try {
      return success(this.core.handle({ at, event }));
    } catch (error) {
      return failure(error instanceof Error ? error.message : String(error));
    }
  }
}
