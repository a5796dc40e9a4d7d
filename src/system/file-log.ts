import { openSync, writeSync } from 'node:fs';
import type { LogLevel } from '../model/effect.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogSink } from '../ports/log.ts';
import { TextLog } from './text-log.ts';

export interface FileLogOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Is told once that the file can't be written, until it can. */
  readonly complain: (text: string) => void;
}

/** Log lines in a file of mode 0600. A disk that is full costs lines, and nothing else. */
export class FileLog implements LogSink {
  private readonly options: FileLogOptions;
  private readonly descriptor: number;
  private readonly text: TextLog;
  private lost = 0;

  /** Throws where the file can't be opened. */
  constructor(options: FileLogOptions) {
    this.options = options;
    this.descriptor = openSync(options.path, 'a', 0o600);
    const print = (line: string): void => {
      this.print(line);
    };
    this.text = new TextLog({ clock: options.clock, print });
  }

  write(level: LogLevel, text: string): void {
    if (this.lost > 0) {
      const lost = this.lost;
      this.text.write('warning', `${lost} lines before this are lost`);
      // That line was not one of those that were asked for.
      this.lost = this.lost > lost ? lost : 0;
    }
    this.text.write(level, text);
  }

  private print(line: string): void {
    try {
      writeSync(this.descriptor, line);
    } catch (error) {
      this.lost += 1;
      if (this.lost > 1) return;
      const { path, complain } = this.options;
      complain(`Log file ${path} can't be written: ${(error as Error).message}`);
    }
  }
}
