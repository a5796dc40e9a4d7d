import type { Result } from '../base/result.ts';
import type { Duration, Instant } from '../base/units.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import type { RecordingEnd, RecordingHeader } from '../model/recording.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { JournalLine } from '../ports/journal.ts';

/** A recording that is played again. */
export interface OpenedReplay {
  readonly header: RecordingHeader;
  /** The lines after the header, each played as it is asked for. */
  readonly steps: AsyncIterable<ReplayedLine>;
  /** The state after what has been played. */
  readonly snapshot: () => Snapshot;
}

export type ReplayedLine =
  | (ReplayedInputLine & { readonly type: 'input'; readonly line: number })
  | { readonly type: 'end'; readonly line: number; readonly end: RecordingEnd }
  /** The last line, without its end: whoever wrote it was ended. */
  | { readonly type: 'cut-off'; readonly line: number }
  | { readonly type: 'unreadable'; readonly line: number; readonly error: string };

/** What of it goes into the journal, as `baton events` tells it; the core counts the lines. */
export function storyOf({
  effects,
  timeMs,
}: Pick<ReplayedInputLine, 'effects' | 'timeMs'>): readonly JournalLine[] {
  return effects.flatMap((effect) =>
    effect.type === 'write-journal'
      ? [{ sequence: effect.number, timeMs, entry: effect.entry, because: effect.because }]
      : [],
  );
}

interface ReplayedInputLine {
  readonly at: Instant;
  readonly elapsed: Duration;
  readonly timeMs: number;
  readonly event: CoreEvent;
  readonly effects: readonly Effect[];
  readonly difference: {
    readonly recorded: readonly string[];
    readonly recordedFailure: string | null;
    readonly failure: string | null;
  } | null;
  readonly threw: string | null;
}

/** Opens a recording; fails with a sentence. */
export type OpenReplay = (path: string) => Promise<Result<OpenedReplay, string>>;
