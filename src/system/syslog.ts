/**
 * The local syslog daemon. A line is `<priority>time tag[process]: text`
 * (RFC 3164 section 4.1, without the host name, as syslog(3) writes it locally).
 * The tag is "Baton", where keepalived's is "Keepalived_vrrp": the texts of the
 * transitions, which tools look for, are keepalived's.
 */
import type { LogLevel } from '../model/effect.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatagramSender } from '../ports/datagram.ts';
import type { LogSink } from '../ports/log.ts';
import { printableLines, syslogTime } from './log-text.ts';

/** RFC 3164 section 4.1.1, table 1. */
const facilities = {
  user: 1,
  daemon: 3,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;

export type SyslogFacility = keyof typeof facilities;

/** RFC 3164 section 4.1.1, table 2. */
export const severities: Readonly<Record<LogLevel, number>> = {
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

const defaultSyslogPath = '/dev/log';
const daemonTag = 'Baton';

/** A whole packet's limit, in octets (RFC 3164 section 4.1). */
const packetLimit = 1_024;

export interface SyslogOptions {
  readonly facility: SyslogFacility;
  readonly processId: number;
  readonly clock: Clock;
  readonly datagrams: DatagramSender;
  readonly path?: string;
}

export class Syslog implements LogSink {
  private readonly options: SyslogOptions;
  private tag = daemonTag;
  /** Lines that the daemon did not take; it is told of them once it takes some again. */
  private lost = 0;

  constructor(options: SyslogOptions) {
    this.options = options;
  }

  /** From now on the tag tells this daemon from others of the host. */
  identify(name: string): void {
    this.tag = `${daemonTag}_${name.replaceAll(/[^\w.-]/g, '_')}`;
  }

  write(level: LogLevel, text: string): void {
    for (const line of printableLines(text)) {
      if (this.lost > 0 && this.send('warning', `${this.lost} lines before this are lost`)) {
        this.lost = 0;
      }
      if (!this.send(level, line)) this.lost += 1;
    }
  }

  private send(level: LogLevel, line: string): boolean {
    const { facility, processId, clock, datagrams, path = defaultSyslogPath } = this.options;
    const priority = facilities[facility] * 8 + severities[level];
    const time = syslogTime(clock.wallClockMs());
    const packet = Buffer.from(`<${priority}>${time} ${this.tag}[${processId}]: ${line}`);
    return datagrams.send(path, packet.subarray(0, packetLimit)) === null;
  }
}
