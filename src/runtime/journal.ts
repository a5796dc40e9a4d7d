/**
 * The last lines of the story that `baton events` tells, and who listens to the
 * next one. Its lines are numbered from 1 and the numbers are never used again,
 * so a reader that comes back can ask for what it has missed.
 */
import { assert } from '../base/assert.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalLine } from '../ports/journal.ts';

export type JournalListener = (line: JournalLine) => void;

/** The core counts its entries by itself; see WriteJournal. */
export interface JournalLink {
  readonly number: number;
  readonly because: readonly number[];
}

export interface JournalLimits {
  /** Lines that are kept; the oldest make room. */
  readonly lines: number;
  readonly listeners: number;
}

const defaultLimits: JournalLimits = { lines: 4_096, listeners: 256 };

export class Journal {
  private readonly clock: Clock;
  private readonly limits: JournalLimits;
  /** A ring: line n is at n modulo its length once it is full. */
  private readonly ring: JournalLine[] = [];
  /** At the same place what the core calls the line. */
  private readonly coreNumbers: (number | null)[] = [];
  /** The numbers of the lines that are kept, by what the core calls them. */
  private readonly sequences = new Map<number, number>();
  private readonly listeners = new Set<JournalListener>();
  private lastSequence = 0;

  constructor(clock: Clock, limits: JournalLimits = defaultLimits) {
    this.clock = clock;
    this.limits = limits;
  }

  /** `link`: how the core calls the entry, and those that led to it. */
  append(entry: JournalEntry, link: JournalLink | null = null): void {
    this.lastSequence += 1;
    const sequence = this.lastSequence;
    const place = (sequence - 1) % this.limits.lines;
    const former = this.coreNumbers[place] ?? null;
    if (former !== null) this.sequences.delete(former);
    const because = (link?.because ?? []).flatMap((number) => this.sequences.get(number) ?? []);
    const line = { sequence, timeMs: this.clock.wallClockMs(), entry, because };
    if (link !== null) this.sequences.set(link.number, sequence);
    this.coreNumbers[place] = link?.number ?? null;
    this.ring[place] = line;
    for (const listener of this.listeners) listener(line);
  }

  /** The lines that are kept, oldest first; with `after` those of a greater sequence number. */
  lines(options: { readonly after?: number } = {}): readonly JournalLine[] {
    const oldest = this.lastSequence % this.limits.lines;
    const inOrder =
      this.ring.length < this.limits.lines
        ? this.ring
        : [...this.ring.slice(oldest), ...this.ring.slice(0, oldest)];
    return inOrder.filter((line) => line.sequence > (options.after ?? 0));
  }

  /** Calls the listener with each new line until the function that it returns is called. */
  subscribe(listener: JournalListener): () => void {
    // Those who serve listeners limit their clients; more than that is a leak.
    assert(this.listeners.size < this.limits.listeners, 'too many listen to the journal');
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }
}
