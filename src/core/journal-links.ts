/**
 * Which lines of the journal led to which. Every line is about something (a subject: "script
 * check", "instance VI_1"), and the last line about a thing is why it is as it is. So who
 * is moved by a thing names its subject, and the line that is written of that move is linked
 * to what was last written of the thing.
 */
import type { JournalEntry } from '../model/journal.ts';

/** For people too: "script check". */
export type Subject = string;

/** What is put to the instance; what moves it, and what moves its priority, are two subjects. */
export const instanceSubject = (name: string): Subject => `instance ${name}`;
export const prioritySubject = (name: string): Subject => `priority of ${name}`;
/** The same for which TrackConfig has a kind and a name. */
export const interfaceSubject = (name: string): Subject => `interface ${name}`;
export const addressSubject = (interfaceName: string): Subject => `addresses of ${interfaceName}`;
export const handOverSubject = (name: string): Subject => `hand-over of ${name}`;
export const conflictSubject = (name: string): Subject => `conflict of ${name}`;
export const configSubject: Subject = 'configuration';
export const commandSubject: Subject = 'command';

export class JournalLinks {
  private readonly latest = new Map<Subject, number>();
  private lastNumber = 0;

  /** Numbers an entry, which from now on is the last one about its subject. */
  add(entry: JournalEntry): number {
    this.lastNumber += 1;
    const subject = subjectOf(entry);
    if (subject !== null) this.latest.set(subject, this.lastNumber);
    return this.lastNumber;
  }

  /** The last entries about these, the oldest first; with `since`, only those after that one's. */
  of(subjects: readonly Subject[], since: Subject | null = null): readonly number[] {
    const after = since === null ? 0 : (this.latest.get(since) ?? 0);
    const ids = subjects.map((subject) => this.latest.get(subject) ?? 0);
    return [...new Set(ids.filter((id) => id > after))].sort((one, other) => one - other);
  }
}

function subjectOf(entry: JournalEntry): Subject | null {
  switch (entry.kind) {
    case 'transition':
      return instanceSubject(entry.instance);
    case 'priority':
      return prioritySubject(entry.instance);
    case 'script':
      return `script ${entry.script}`;
    case 'service':
      return `service ${entry.service}`;
    case 'file':
      return `file ${entry.file}`;
    case 'process':
      return `process ${entry.process}`;
    case 'link':
      return interfaceSubject(entry.interface);
    case 'duplicate':
      return addressSubject(entry.interface);
    case 'hand-over':
      return handOverSubject(entry.instance);
    case 'conflict':
      return conflictSubject(entry.instance);
    case 'config':
      return configSubject;
    case 'command':
      return commandSubject;
    case 'group':
    case 'side-peer':
    case 'differences':
    case 'address-restored':
    case 'restored':
      return null;
  }
}
