import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant } from '../base/units.ts';
import type { LogLevel } from '../model/effect.ts';
import type { KernelError } from '../ports/network.ts';
import { LogFanOut } from './log-fan-out.ts';
import { consoleTime, printableLines, syslogTime } from './log-text.ts';
import { ServiceNotification } from './service-notification.ts';
import { Syslog, type SyslogFacility } from './syslog.ts';
import { TextLog } from './text-log.ts';

const moment = new Date(2026, 10, 2, 21, 7, 49).getTime();
const clock = { now: () => instant(1_234_567), wallClockMs: () => moment };

class Datagrams {
  readonly sent: (readonly [path: string, text: string])[] = [];
  error: KernelError | null = null;

  send(path: string, octets: Uint8Array): KernelError | null {
    if (this.error === null) this.sent.push([path, Buffer.from(octets).toString()]);
    return this.error;
  }
}

function syslog(facility: SyslogFacility = 'daemon'): { log: Syslog; datagrams: Datagrams } {
  const datagrams = new Datagrams();
  return { datagrams, log: new Syslog({ facility, processId: 77, clock, datagrams }) };
}

describe('the time of a log line', () => {
  it('has a space before a day of one digit, as RFC 3164 and asctime(3) have it', () => {
    expect(syslogTime(moment)).toBe('Nov  2 21:07:49');
    expect(consoleTime(moment)).toBe('Mon Nov  2 21:07:49 2026');
    expect(consoleTime(moment + 20 * 86_400_000)).toBe('Sun Nov 22 21:07:49 2026');
  });
});

describe('the text of a log line', () => {
  it('is a line each, and none where it is empty', () => {
    expect(printableLines('one\n\n  \ntwo\n')).toEqual(['one', 'two']);
  });

  it('has its control characters written out', () => {
    expect(printableLines('a\tb\x1b[31m\r\u0085')).toEqual(['a b\\x1b[31m\\x0d\\x85']);
  });

  it('holds none for any text', () => {
    const character = fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCodePoint(code));
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) => {
        for (const line of printableLines(text)) expect(line).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('the log on stderr', () => {
  it('begins each line with the time, as keepalived -l does', () => {
    const printed: string[] = [];
    const log = new TextLog({ clock, print: (text) => printed.push(text) });
    log.write('notice', '(VI_1) Entering MASTER STATE\nand more');
    expect(printed).toEqual([
      'Mon Nov  2 21:07:49 2026: (VI_1) Entering MASTER STATE\n',
      'Mon Nov  2 21:07:49 2026: and more\n',
    ]);
  });
});

describe('several logs', () => {
  it.each<[LogLevel, readonly LogLevel[]]>([
    ['debug', ['error', 'warning', 'notice', 'info', 'debug']],
    ['info', ['error', 'warning', 'notice', 'info']],
    ['error', ['error']],
  ])('down to %s get %j', (lowest, expected) => {
    const [one, other]: [LogLevel[], LogLevel[]] = [[], []];
    const sinks = [one, other].map((levels) => ({
      write: (level: LogLevel) => {
        levels.push(level);
      },
    }));
    const log = new LogFanOut({ sinks, lowest });
    for (const level of ['error', 'warning', 'notice', 'info', 'debug'] as const) {
      log.write(level, 'text');
    }
    expect([one, other]).toEqual([expected, expected]);
  });
});

describe('syslog', () => {
  it('gets priority, time, tag and process', () => {
    const { log, datagrams } = syslog();
    log.write('notice', '(VI_1) Entering MASTER STATE');
    expect(datagrams.sent).toEqual([
      ['/dev/log', '<29>Nov  2 21:07:49 Baton[77]: (VI_1) Entering MASTER STATE'],
    ]);
  });

  it.each<[SyslogFacility, LogLevel, number]>([
    ['user', 'debug', 15],
    ['daemon', 'error', 27],
    ['local0', 'info', 134],
    ['local7', 'warning', 188],
  ])('has facility %s and level %s as priority %i', (facility, level, priority) => {
    const { log, datagrams } = syslog(facility);
    log.write(level, 'x');
    expect(datagrams.sent[0]?.[1]).toMatch(new RegExp(`^<${priority}>`));
  });

  it('gets at most 1024 octets', () => {
    const { log, datagrams } = syslog();
    log.write('info', 'x'.repeat(5_000));
    expect(datagrams.sent[0]?.[1]).toHaveLength(1_024);
  });

  it('is told how many lines it has missed', () => {
    const { log, datagrams } = syslog();
    datagrams.error = { code: 'ENOENT', call: 'send' };
    log.write('info', 'one\ntwo');
    datagrams.error = null;
    log.write('info', 'three');
    log.write('info', 'four');
    expect(datagrams.sent.map(([, text]) => text.slice(text.indexOf(']') + 3))).toEqual([
      '2 lines before this are lost',
      'three',
      'four',
    ]);
  });
});

describe('the service manager', () => {
  function told(socketPath: string | undefined): Datagrams['sent'] {
    const datagrams = new Datagrams();
    const manager = new ServiceNotification({ socketPath, processId: 77, clock, datagrams });
    manager.ready();
    manager.reloading();
    manager.status('Master of VI_1\nREADY=0');
    manager.stopping();
    return datagrams.sent;
  }

  it('is told what it asks for (sd_notify(3))', () => {
    expect(told('@notify')).toEqual([
      ['@notify', 'READY=1\nMAINPID=77'],
      ['@notify', 'RELOADING=1\nMONOTONIC_USEC=1234567'],
      ['@notify', 'STATUS=Master of VI_1 READY=0'],
      ['@notify', 'STOPPING=1'],
    ]);
  });

  it.each([undefined, ''])('is told nothing where NOTIFY_SOCKET is %j', (socketPath) => {
    expect(told(socketPath)).toEqual([]);
  });
});
