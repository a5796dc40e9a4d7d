import type { JournalEntry } from '../model/journal.ts';

/** A journal entry with the wall clock's time (milliseconds since 1970 UTC) and its number. */
export interface JournalLine {
  readonly sequence: number;
  readonly timeMs: number;
  readonly entry: JournalEntry;
}
