import type { Effect, LogLevel } from '../model/effect.ts';
import type { JournalEntry } from '../model/journal.ts';
import { JournalLinks, type Subject } from './journal-links.ts';

/** Collects the effects of one event, in order, and numbers those that are answered. */
export class Outbox {
  private effects: Effect[] = [];
  private lastId = 0;
  private readonly links = new JournalLinks();
  private moved = false;

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

  /** `subjects` are what led to it; only what was written of them after `since` counts. */
  journal(entry: JournalEntry, subjects: readonly Subject[] = [], since?: Subject): void {
    this.moved ||= entry.kind === 'transition' || entry.kind === 'priority';
    const because = this.links.of(subjects, since);
    this.push({ type: 'write-journal', number: this.links.add(entry), entry, because });
  }

  /** Whether a state or a priority has changed since this was asked last. */
  takeMoved(): boolean {
    const { moved } = this;
    this.moved = false;
    return moved;
  }

  drain(): readonly Effect[] {
    const drained = this.effects;
    this.effects = [];
    return drained;
  }
}
