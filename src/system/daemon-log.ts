/** The log of `baton run`, wherever the command line sends it. */
import type { LogLevel } from '../model/effect.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatagramSender } from '../ports/datagram.ts';
import type { LogSink } from '../ports/log.ts';
import { FileLog } from './file-log.ts';
import { JournalLog, leadsToJournal } from './journal-log.ts';
import { LogFanOut } from './log-fan-out.ts';
import { Syslog, type SyslogFacility } from './syslog.ts';
import { TextLog } from './text-log.ts';

export interface DaemonLogOptions {
  readonly stderr: boolean;
  /** Null: nothing goes to syslog. */
  readonly syslogFacility: SyslogFacility | null;
  /** Null: nothing goes to a file. */
  readonly file: string | null;
  /** How often `-D` was given; 0 leaves debug lines out. */
  readonly detail: number;
  readonly clock: Clock;
  readonly datagrams: DatagramSender;
}

export class DaemonLog implements LogSink {
  private readonly sink: LogSink;
  private readonly syslog: Syslog | null;

  /** Throws where the file can't be opened. */
  constructor(options: DaemonLogOptions) {
    const { stderr, syslogFacility, file, detail, clock, datagrams } = options;
    this.syslog =
      syslogFacility === null
        ? null
        : new Syslog({ facility: syslogFacility, processId: process.pid, clock, datagrams });
    const lowest = detail > 0 ? 'debug' : 'info';
    const others = [
      ...(stderr ? [stderrLog(clock)] : []),
      ...(this.syslog === null ? [] : [this.syslog]),
    ];
    const complain = (text: string): void => {
      new LogFanOut({ sinks: others, lowest }).write('error', text);
    };
    const files = file === null ? [] : [new FileLog({ path: file, clock, complain })];
    this.sink = new LogFanOut({ sinks: [...others, ...files], lowest });
  }

  /** Names this daemon among others of the host. */
  identify(name: string): void {
    this.syslog?.identify(name);
  }

  write(level: LogLevel, text: string): void {
    this.sink.write(level, text);
  }
}

function stderrLog(clock: Clock): LogSink {
  const print = (text: string): void => {
    process.stderr.write(text);
  };
  const journal = leadsToJournal(process.stderr.fd, process.env['JOURNAL_STREAM']);
  return journal ? new JournalLog({ print }) : new TextLog({ clock, print });
}
