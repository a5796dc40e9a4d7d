import type { LogLevel } from '../model/effect.ts';

export interface LogSink {
  write(level: LogLevel, text: string): void;
}
