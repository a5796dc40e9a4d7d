import type { JournalEntry } from '../model/journal.ts';

/** A journal entry with the wall clock's time (milliseconds since 1970 UTC) and its number. */
export interface JournalLine {
  readonly sequence: number;
  readonly timeMs: number;
  readonly entry: JournalEntry;
  /** The numbers of the lines that led to it, the oldest first, as far as they are kept. */
  readonly because: readonly number[];
}
