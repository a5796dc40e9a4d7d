/** Log lines for the journal: it has the time, and the priority from `<N>` (sd-daemon(3)). */
import { fstatSync } from 'node:fs';
import type { LogLevel } from '../model/effect.ts';
import type { LogSink } from '../ports/log.ts';
import { printableLines } from './log-text.ts';
import { severities } from './syslog.ts';

export class JournalLog implements LogSink {
  private readonly print: (text: string) => void;

  constructor(options: { readonly print: (text: string) => void }) {
    this.print = options.print;
  }

  write(level: LogLevel, text: string): void {
    for (const line of printableLines(text)) this.print(`<${severities[level]}>${line}\n`);
  }
}

/** Whether what is written there goes to the journal: `stream` is $JOURNAL_STREAM (systemd.exec(5)). */
export function leadsToJournal(descriptor: number, stream: string | undefined): boolean {
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false; // The descriptor is closed.
  }
}
