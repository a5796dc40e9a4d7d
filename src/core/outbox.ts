import type { Effect, LogLevel } from '../model/effect.ts';
import type { JournalEntry } from '../model/journal.ts';

/** Collects the effects of one event, in order, and numbers those that are answered. */
export class Outbox {
  private effects: Effect[] = [];
  private lastId = 0;

  push(effect: Effect): void {
    this.effects.push(effect);
  }

  /** An id that no other effect of this core has. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  log(level: LogLevel, text: string): void {
    this.push({ type: 'write-log', level, text });
  }

  journal(entry: JournalEntry): void {
    this.push({ type: 'write-journal', entry });
  }

  drain(): readonly Effect[] {
    const drained = this.effects;
    this.effects = [];
    return drained;
  }
}
