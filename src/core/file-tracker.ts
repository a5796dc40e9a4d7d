/** One `track_file`: the value that was last read in it. */
import type { FileSnapshot } from '../model/snapshot.ts';
import type { Outbox } from './outbox.ts';

export class FileTracker {
  private readonly name: string;
  /** Null: not read yet. A file that is not there, or begins with no number, counts as 0. */
  private known: number | null = null;
  private read: number | null = null;

  constructor(name: string) {
    this.name = name;
  }

  get value(): number | null {
    return this.known;
  }

  /** Another Baton on this host has read it a moment ago. */
  resume(value: number | null): void {
    this.known = value;
  }

  fileRead(value: number | null, outbox: Outbox): void {
    const counted = value ?? 0;
    this.read = value;
    if (counted === this.known) return;
    this.known = counted;
    outbox.log('info', `Track file ${this.name} has value ${String(counted)}`);
    outbox.journal({ kind: 'file', file: this.name, value: counted });
  }

  snapshot(): FileSnapshot {
    return { name: this.name, value: this.read };
  }
}
