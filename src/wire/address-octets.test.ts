import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../base/assert.ts';
import {
  parseIp,
  parseIpv4,
  type Ipv4Address,
  type Ipv6Address,
  type MacAddress,
} from '../model/address.ts';
import { readIpv4, readIpv6, readMac, writeIpv4, writeIpv6, writeMac } from './address-octets.ts';
import { readHex } from './octets.ts';

describe('an IPv4 address', () => {
  it('is four octets, most significant first', () => {
    const target = new Uint8Array(6).fill(0xa5);
    expect(writeIpv4(target, 1, '192.0.2.10' as Ipv4Address)).toBe(4);
    expect(target).toEqual(Uint8Array.of(0xa5, 192, 0, 2, 10, 0xa5));
  });

  it('reads as its canonical text, and writes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (octets) => {
        const address = readIpv4(octets, 0);
        expect(parseIpv4(address)).toBe(address);
        const target = new Uint8Array(4).fill(0xa5);
        writeIpv4(target, 0, address);
        expect(target).toEqual(octets);
      }),
    );
  });

  it.each(['', '192.0.2', '192.0.2.1.1', '192.0.2.256', '192.0.2.x'])('is not %j', (text) => {
    expect(() => writeIpv4(new Uint8Array(8), 0, text as Ipv4Address)).toThrow(AssertionError);
  });
});

describe('an IPv6 address', () => {
  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::', 'fe800000000000000000000000000000'],
    ['2001:db8::a:0:0:12', '20010db800000000000a000000000012'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('%s is sixteen octets', (text, digits) => {
    const target = new Uint8Array(18).fill(0xa5);
    expect(writeIpv6(target, 1, text as Ipv6Address)).toBe(16);
    expect(readHex(target, 0, 18)).toBe(`a5${digits}a5`);
  });

  it('reads as its canonical text, and writes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 0xff), { minLength: 16, maxLength: 16 }),
        (list) => {
          const octets = Uint8Array.from(list);
          const address = readIpv6(octets, 0);
          expect(parseIp(address)).toBe(address);
          const target = new Uint8Array(16).fill(0xa5);
          writeIpv6(target, 0, address);
          expect(target).toEqual(octets);
        },
      ),
    );
  });

  it.each(['', '1:2:3', '1:2:3:4:5:6:7:8:9', '1::g', 'fe80::12345'])('is not %j', (text) => {
    expect(() => writeIpv6(new Uint8Array(18), 0, text as Ipv6Address)).toThrow(AssertionError);
  });
});

describe('a hardware address', () => {
  it('is six octets', () => {
    const target = new Uint8Array(8).fill(0xa5);
    expect(writeMac(target, 1, '00:00:5e:00:01:33' as MacAddress)).toBe(6);
    expect(target).toEqual(Uint8Array.of(0xa5, 0, 0, 0x5e, 0, 1, 0x33, 0xa5));
    expect(readMac(target, 1)).toBe('00:00:5e:00:01:33');
  });

  it('reads and writes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (octets) => {
        const target = new Uint8Array(6).fill(0xa5);
        writeMac(target, 0, readMac(octets, 0));
        expect(target).toEqual(octets);
      }),
    );
  });

  it.each(['', '00:00:5e:00:01', '00:00:5e:00:01:33:44', '00:00:5e:00:01:3g'])(
    'is not %j',
    (text) => {
      expect(() => writeMac(new Uint8Array(8), 0, text as MacAddress)).toThrow(AssertionError);
    },
  );
});
