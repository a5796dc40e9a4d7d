import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ipv4FromNumber,
  ipv4ToNumber,
  isMulticast,
  parseIp,
  parseIpv4,
  vrrpGroupIpv4,
} from './address.ts';

describe('an IPv4 address', () => {
  it.each(['0.0.0.0', '192.0.2.1', '255.255.255.255', '10.200.30.4'])('is %s', (text) => {
    expect(parseIpv4(text)).toBe(text);
  });

  it.each([
    '',
    '192.0.2',
    '192.0.2.1.1',
    '192.0.2.256',
    '192.0.2.01',
    '192.0.2.-1',
    ' 192.0.2.1',
    '192.0.2.1\n',
    '192.0.2.1/24',
    '١٩٢.0.2.1',
    '::1',
  ])('is not %j', (text) => {
    expect(parseIpv4(text)).toBeNull();
  });

  it('is a number in network byte order, and back', () => {
    expect(ipv4ToNumber(vrrpGroupIpv4)).toBe(0xe000_0012);
    const anyNumber = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(anyNumber, (value) => {
        const address = ipv4FromNumber(value);
        expect(parseIpv4(address)).toBe(address);
        expect(ipv4ToNumber(address)).toBe(value);
      }),
    );
  });
});

it.each([
  ['224.0.0.0', true],
  ['239.255.255.255', true],
  ['223.255.255.255', false],
  ['240.0.0.0', false],
  ['22.4.0.0', false],
  ['ff02::12', true],
  ['ff00::', true],
  ['fe80::1', false],
  // A group of four digits whose first two are zeros.
  ['ff::1', false],
])('%s is the address of a group: %s', (text, expected) => {
  const address = parseIp(text);
  expect(address !== null && isMulticast(address)).toBe(expected);
});
