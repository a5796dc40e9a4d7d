import { describe, expect, it } from 'vitest';
import { logDestination, parseFacility } from './log-destination.ts';
import { parseRunArguments } from './run-options.ts';

function destinationOf(words: string): string {
  const parsed = parseRunArguments(words.split(' '));
  if (!parsed.ok || parsed.value.type !== 'run') return 'refused';
  const { stderr, syslogFacility, file } = parsed.value.options.log;
  return [stderr ? 'stderr' : null, syslogFacility && `syslog ${syslogFacility}`, file]
    .filter((destination) => destination !== null)
    .join(' + ');
}

describe('the log goes', () => {
  it.each([
    ['', 'stderr'],
    ['-n', 'stderr'],
    ['-l', 'stderr'],
    ['-nlD', 'stderr'],
    ['-l -D -D', 'stderr'],
    ['-D', 'syslog daemon'],
    ['--dont-fork -D', 'syslog daemon'],
    ['-D -D', 'syslog daemon'],
    ['-S 3', 'syslog local3'],
    ['-D -S 3', 'syslog local3'],
    ['-S user', 'syslog user'],
    ['-l -S local0', 'stderr + syslog local0'],
    ['-l -D -S local0', 'stderr + syslog local0'],
    ['-G', 'stderr'],
    ['-D -G', 'stderr'],
    ['-S 3 -G', 'stderr'],
    ['-l -G', 'stderr'],
    ['-g', '/var/log/baton.log'],
    ['-g/tmp/b.log', '/tmp/b.log'],
    ['--log-file=/tmp/b.log -G', '/tmp/b.log'],
    ['--log-file=/tmp/b.log -D', 'syslog daemon + /tmp/b.log'],
    ['--log-file=/tmp/b.log -D -G', '/tmp/b.log'],
    ['--log-file=/tmp/b.log -l', 'stderr + /tmp/b.log'],
    ['-S 8', 'refused'],
  ])('for %j to %s', (words, expected) => {
    expect(destinationOf(words)).toBe(expected);
  });

  it('somewhere, whatever is asked for', () => {
    for (let bits = 0; bits < 32; bits += 1) {
      const destination = logDestination({
        console: (bits & 1) !== 0,
        detail: (bits & 2) === 0 ? 0 : 1,
        facility: (bits & 4) === 0 ? null : 'local7',
        noSyslog: (bits & 8) !== 0,
        file: (bits & 16) === 0 ? null : '/var/log/baton.log',
      });
      expect(Object.values(destination).some((place) => place !== null && place !== false)).toBe(
        true,
      );
    }
  });
});

describe('parseFacility', () => {
  it('knows the numbers and names that keepalived takes', () => {
    expect(['0', '7', 'local5', 'user', 'daemon', '8', 'kern', ''].map(parseFacility)).toEqual([
      'local0',
      'local7',
      'local5',
      'user',
      'daemon',
      null,
      null,
      null,
    ]);
  });
});
