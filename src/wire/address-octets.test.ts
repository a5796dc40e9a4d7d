import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../base/assert.ts';
import { parseIpv4, type Ipv4Address, type MacAddress } from '../model/address.ts';
import { readIpv4, readMac, writeIpv4, writeMac } from './address-octets.ts';

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
