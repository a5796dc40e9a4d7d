import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boolean,
  choice,
  command,
  decimal,
  integer,
  interfaceName,
  ip,
  isIpv6,
  mailAddress,
  path,
  readArgument,
  strict,
  text,
  textUpTo,
  type ArgumentType,
} from './argument-type.ts';

const good: readonly (readonly [ArgumentType, string, number | boolean | string])[] = [
  [integer(1, 255), '1', 1],
  [integer(1, 255), '255', 255],
  [integer(-20, 19), '-20', -20],
  [decimal(0.01, 255), '0.01', 0.01],
  [decimal(0.01, 255), '.5', 0.5],
  [boolean, 'on', true],
  [boolean, 'yes', true],
  [boolean, 'true', true],
  [boolean, 'off', false],
  [boolean, 'no', false],
  [boolean, 'false', false],
  [choice('MASTER', 'BACKUP'), 'BACKUP', 'BACKUP'],
  [textUpTo(3), 'abc', 'abc'],
  [interfaceName, 'bond0.4094@vrrp', 'bond0.4094@vrrp'],
  [ip, '192.0.2.1', '192.0.2.1'],
  [ip, '2001:db8::1', '2001:db8::1'],
  [mailAddress, 'root', 'root'],
  [mailAddress, 'first.last+tag@example.org', 'first.last+tag@example.org'],
  [command, '/bin/true', '/bin/true'],
  [path, '/run/nginx.pid', '/run/nginx.pid'],
];

const bad: readonly (readonly [ArgumentType, string, string])[] = [
  [integer(1, 255), '0', 'value-out-of-range'],
  [integer(1, 255), '256', 'value-out-of-range'],
  [integer(), '-1', 'value-out-of-range'],
  [integer(), '1'.repeat(400), 'value-out-of-range'],
  [integer(1, 255), '1.5', 'invalid-value'],
  [integer(1, 255), '0x10', 'invalid-value'],
  [integer(1, 255), '', 'invalid-value'],
  [integer(1, 255), '１', 'invalid-value'],
  [decimal(), '1e3', 'invalid-value'],
  [decimal(), '.', 'invalid-value'],
  [boolean, 'ON', 'invalid-value'],
  [boolean, '1', 'invalid-value'],
  [choice('MASTER', 'BACKUP'), 'master', 'invalid-value'],
  [textUpTo(3), 'abcd', 'invalid-value'],
  [interfaceName, 'sixteen-octets-x', 'invalid-value'],
  [interfaceName, 'éééééééé', 'invalid-value'],
  [interfaceName, 'a/b', 'invalid-value'],
  [interfaceName, '..', 'invalid-value'],
  [interfaceName, '', 'invalid-value'],
  [ip, 'localhost', 'invalid-value'],
  [mailAddress, 'a@b@c', 'invalid-value'],
  [mailAddress, '(a@b)', 'invalid-value'],
  [mailAddress, 'é@example.org', 'invalid-value'],
  [command, ' ', 'invalid-value'],
  [command, 'a\0b', 'invalid-value'],
  [path, 'run/nginx.pid', 'invalid-value'],
];

describe('an argument', () => {
  it.each(good)('of %o is %j', (type, word, value) => {
    expect(readArgument(word, type)).toEqual({ ok: true, value });
  });

  it.each(bad)('of %o is not %j', (type, word, code) => {
    expect(readArgument(word, type)).toMatchObject({ ok: false, error: { code } });
  });

  it('can be any text where any text will do', () => {
    fc.assert(fc.property(fc.string(), (word) => readArgument(word, text).ok));
  });
});

describe('a number with letters behind it', () => {
  it('is taken for the number, except where keepalived is strict', () => {
    const fallbackOf = (word: string, type: ArgumentType) => {
      const value = readArgument(word, type);
      return value.ok ? undefined : value.error.fallback;
    };
    expect(fallbackOf('100ms', integer(1, 255))).toBe(100);
    expect(fallbackOf('2s', decimal())).toBe(2);
    expect(fallbackOf('300x', integer(1, 255))).toBeNull();
    expect(fallbackOf('x', integer(1, 255))).toBeNull();
    expect(fallbackOf('100ms', strict(integer(1, 255)))).toBeNull();
  });
});

describe('an IPv6 address', () => {
  it.each(['::', '::1', '2001:db8::', '1:2:3:4:5:6:7:8', 'fe80::a:b', '::ffff:192.0.2.1'])(
    'is %s',
    (word) => {
      expect(isIpv6(word)).toBe(true);
    },
  );

  it.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '::12345',
    '::g',
    '::1.2.3',
  ])('is not %j', (word) => {
    expect(isIpv6(word)).toBe(false);
  });
});
