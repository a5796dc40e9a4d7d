import type { LogLevel } from '../model/effect.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogSink } from '../ports/log.ts';
import { consoleTime, printableLines } from './log-text.ts';

/** Log lines for stderr or a file: the local time, a colon, the text. */
export class TextLog implements LogSink {
  private readonly clock: Clock;
  private readonly print: (text: string) => void;

  constructor(options: { readonly clock: Clock; readonly print: (text: string) => void }) {
    this.clock = options.clock;
    this.print = options.print;
  }

  write(_level: LogLevel, text: string): void {
    const time = consoleTime(this.clock.wallClockMs());
    for (const line of printableLines(text)) this.print(`${time}: ${line}\n`);
  }
}
