import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf, isIntact, sumOctets } from './checksum.ts';

/** The worked example of RFC 1071 section 3: its words add up to ddf2. */
const example = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);

describe('the Internet checksum', () => {
  it('is the complement of the sum in the example of RFC 1071', () => {
    expect(checksumOf(sumOctets(example, 0, 8))).toBe(0xffff - 0xddf2);
  });

  it('fills an odd last octet with a zero octet', () => {
    expect(checksumOf(sumOctets(Uint8Array.of(0x12, 0x34, 0x56), 0, 3))).toBe(
      checksumOf(sumOctets(Uint8Array.of(0x12, 0x34, 0x56, 0x00), 0, 4)),
    );
  });

  it('reads no octet past the end that it was given', () => {
    expect(sumOctets(Uint8Array.of(0x12, 0x34, 0x56, 0x78), 0, 3)).toBe(0x1234 + 0x5600);
  });

  it('is all ones over nothing', () => {
    expect(checksumOf(sumOctets(new Uint8Array(), 0, 0))).toBe(0xffff);
  });

  it('folds more carries than 16 bits hold', () => {
    const ones = new Uint8Array(0x4_0000).fill(0xff);
    expect(checksumOf(sumOctets(ones, 0, ones.length))).toBe(0);
  });

  it('can be taken in pieces of even length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(100), (octets, half) => {
        const middle = Math.min(2 * half, octets.length - (octets.length % 2));
        const pieces = sumOctets(octets, middle, octets.length, sumOctets(octets, 0, middle));
        expect(pieces).toBe(sumOctets(octets, 0, octets.length));
      }),
    );
  });

  it('verifies what it was written into, and nothing with a bit turned', () => {
    const message = fc.uint8Array({ minLength: 3, maxLength: 100 });
    fc.assert(
      fc.property(message, fc.nat(), (octets, anyBit) => {
        octets.fill(0, 0, 2);
        const checksum = checksumOf(sumOctets(octets, 0, octets.length));
        octets[0] = checksum >>> 8;
        octets[1] = checksum & 0xff;
        expect(isIntact(sumOctets(octets, 0, octets.length))).toBe(true);
        const bit = anyBit % (8 * octets.length);
        octets[bit >>> 3] = (octets[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
        expect(isIntact(sumOctets(octets, 0, octets.length))).toBe(false);
      }),
    );
  });
});
