import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../base/assert.ts';
import { failure, success } from '../base/result.ts';
import type { Ipv4Address } from '../model/address.ts';
import type { Vrrp2Advert } from '../model/advert.ts';
import { readIpv4 } from './address-octets.ts';
import { checksumOf, sumOctets } from './checksum.ts';
import { readHex, writeUint16 } from './octets.ts';
import { emitVrrp2, parseVrrp2, peekVirtualRouterId, vrrp2Length } from './vrrp2.ts';

const advert: Vrrp2Advert = {
  version: 2,
  virtualRouterId: 51,
  priority: 150,
  advertisementIntervalSeconds: 1,
  authentication: { type: 1, data: '7333637233740000' },
  addresses: ['192.0.2.10' as Ipv4Address, '192.0.2.11' as Ipv4Address],
};
const octetsOfAdvert = '21339602' + '0101b998' + 'c000020a' + 'c000020b' + '73336372' + '33740000';

const octet = fc.integer({ min: 0, max: 255 });
const anyAddress = fc
  .uint8Array({ minLength: 4, maxLength: 4 })
  .map((octets) => readIpv4(octets, 0));
const anyAdvert: fc.Arbitrary<Vrrp2Advert> = fc.record({
  version: fc.constant(2 as const),
  virtualRouterId: octet,
  priority: octet,
  advertisementIntervalSeconds: octet,
  authentication: fc.record({
    type: octet,
    data: fc
      .uint8Array({ minLength: 8, maxLength: 8 })
      .map((octets) => readHex(octets, 0, octets.length)),
  }),
  addresses: fc.array(anyAddress, { maxLength: 255 }),
});

function emitted(value: Vrrp2Advert): Uint8Array {
  const target = new Uint8Array(vrrp2Length(value)).fill(0xa5);
  expect(emitVrrp2(target, 0, value)).toBe(target.length);
  return target;
}

/** The advert's octets after `change`, with a checksum that is right for them. */
function changed(change: (message: Uint8Array) => Uint8Array): Uint8Array {
  const message = change(emitted(advert));
  writeUint16(message, 6, 0);
  writeUint16(message, 6, checksumOf(sumOctets(message, 0, message.length)));
  return message;
}

function withOctet(offset: number, value: number): Uint8Array {
  return changed((message) => message.with(offset, value));
}

describe('emitting an advertisement', () => {
  it('fills the layout of RFC 3768 section 5.1 at an offset and touches nothing else', () => {
    const target = new Uint8Array(26).fill(0xa5);
    expect(emitVrrp2(target, 1, advert)).toBe(24);
    expect(readHex(target, 0, 26)).toBe(`a5${octetsOfAdvert}a5`);
  });

  it('has room for no address and for 255', () => {
    expect(vrrp2Length({ ...advert, addresses: [] })).toBe(16);
    const full = { ...advert, addresses: Array<Ipv4Address>(255).fill('192.0.2.1' as Ipv4Address) };
    expect(parseVrrp2(emitted(full))).toEqual(success(full));
  });

  it.each<[string, Partial<Vrrp2Advert>]>([
    ['a VRID of 9 bits', { virtualRouterId: 256 }],
    ['a negative priority', { priority: -1 }],
    ['half a second', { advertisementIntervalSeconds: 0.5 }],
    ['too short authentication data', { authentication: { type: 0, data: '00' } }],
    ['too long authentication data', { authentication: { type: 0, data: '0'.repeat(18) } }],
    ['256 addresses', { addresses: Array<Ipv4Address>(256).fill('192.0.2.1' as Ipv4Address) }],
  ])('refuses %s as a bug', (_, change) => {
    const target = new Uint8Array(2_000);
    expect(() => emitVrrp2(target, 0, { ...advert, ...change })).toThrow(AssertionError);
  });
});

describe('parsing an advertisement', () => {
  it('gives back what was emitted', () => {
    fc.assert(
      fc.property(anyAdvert, (value) => {
        expect(parseVrrp2(emitted(value))).toEqual(success(value));
      }),
    );
  });

  it('drops a message without an octet', () => {
    expect(parseVrrp2(new Uint8Array())).toEqual(failure('packet-length'));
  });

  it.each([0, 1, 3, 4, 15])('drops version %i', (version) => {
    expect(parseVrrp2(withOctet(0, (version << 4) | 1))).toEqual(failure('version'));
  });

  it('names the version even where the length would be wrong for version 2', () => {
    const version3 = changed((message) => message.slice(0, 16).with(0, 0x31));
    expect(parseVrrp2(version3)).toEqual(failure('version'));
  });

  it.each([0, 2, 15])('drops type %i', (type) => {
    expect(parseVrrp2(withOctet(0, 0x20 | type))).toEqual(failure('packet-type'));
  });

  it('drops a message that ends within its fixed part', () => {
    expect(parseVrrp2(emitted(advert).subarray(0, 7))).toEqual(failure('packet-length'));
  });

  it.each<[string, (message: Uint8Array) => Uint8Array]>([
    ['a count above the addresses there are', (message) => message.with(3, 3)],
    ['a count below the addresses there are', (message) => message.with(3, 1)],
    ['octets after its end', (message) => Uint8Array.of(...message, 0, 0, 0, 0)],
    ['no authentication data', (message) => message.slice(0, 16)],
    ['one octet missing', (message) => message.slice(0, 23)],
  ])('drops a message with %s', (_, change) => {
    expect(parseVrrp2(changed(change))).toEqual(failure('packet-length'));
  });

  it('drops a wrong checksum', () => {
    const message = emitted(advert);
    message[6] = (message[6] ?? 0) ^ 1;
    expect(parseVrrp2(message)).toEqual(failure('checksum'));
  });

  it('drops a message with any one bit turned', () => {
    fc.assert(
      fc.property(anyAdvert, fc.nat(), (value, anyBit) => {
        const message = emitted(value);
        const bit = anyBit % (8 * message.length);
        message[bit >>> 3] = (message[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
        expect(parseVrrp2(message).ok).toBe(false);
      }),
    );
  });

  it('takes any octets without an exception, and emits what it accepted as it was', () => {
    const anything = fc.uint8Array({ maxLength: 200 });
    const likely = fc
      .tuple(fc.uint8Array({ minLength: 16, maxLength: 64 }), fc.nat(12))
      .map(([octets, count]) => changed(() => octets.with(0, 0x21).with(3, count)));
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(anything, likely), (message) => {
        const parsed = parseVrrp2(message);
        if (!parsed.ok) return;
        accepted += 1;
        expect(emitted(parsed.value)).toEqual(message);
      }),
      { seed: 3768, numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('the VRID of a message', () => {
  it('can be told of any message of two octets', () => {
    expect(peekVirtualRouterId(Uint8Array.of(0x31, 53))).toBe(53);
    expect(peekVirtualRouterId(Uint8Array.of(0x21))).toBeNull();
  });
});
