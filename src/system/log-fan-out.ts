import type { LogLevel } from '../model/effect.ts';
import type { LogSink } from '../ports/log.ts';

const severities: Readonly<Record<LogLevel, number>> = {
  error: 0,
  warning: 1,
  notice: 2,
  info: 3,
  debug: 4,
};

/** Writes to several sinks what is at least as severe as `lowest`. */
export class LogFanOut implements LogSink {
  private readonly sinks: readonly LogSink[];
  private readonly lowest: LogLevel;

  constructor(options: { readonly sinks: readonly LogSink[]; readonly lowest: LogLevel }) {
    this.sinks = options.sinks;
    this.lowest = options.lowest;
  }

  write(level: LogLevel, text: string): void {
    if (severities[level] > severities[this.lowest]) return;
    for (const sink of this.sinks) sink.write(level, text);
  }
}
