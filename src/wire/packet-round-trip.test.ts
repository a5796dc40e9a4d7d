/** What holds for every packet there can be, in both families, with and without keys. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { success } from '../base/result.ts';
import type { IpAddress } from '../model/address.ts';
import type { Advert, ChecksumForm } from '../model/advert.ts';
import { readIpv4, readIpv6, readMac } from './address-octets.ts';
import { emitArp, parseArp } from './arp.ts';
import {
  emitNeighbourAdvertisement,
  parseNeighbourAdvertisement,
} from './neighbour-advertisement.ts';
import { readHex } from './octets.ts';
import {
  departureLength,
  emitPacket,
  parsePacket,
  type AdvertKeys,
  type DepartingAdvert,
} from './vrrp-packet.ts';

const octet = fc.integer({ min: 0, max: 255 });
const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const digits = (length: number) => octets(length).map((value) => readHex(value, 0, length));
const anyIpv4 = octets(4).map((value) => readIpv4(value, 0));
const anyIpv6 = octets(16).map((value) => readIpv6(value, 0));
const anyMac = octets(6).map((value) => readMac(value, 0));

const sealKey = '7333637233740000';
const keys: AdvertKeys = {
  authenticationHeader: sealKey,
  hmac: [{ id: 7, key: '0f'.repeat(32) }],
};

const anyTrailer = fc.record({
  keyId: fc.constant(7),
  seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
  fraction: fc.integer({ min: 0, max: 0xffff }),
  counter: fc.integer({ min: 0, max: 0xffff }),
  key: fc.constant('0f'.repeat(32)),
});

const anySeal = fc.record({
  securityParametersIndex: anyIpv4,
  sequenceNumber: fc.integer({ min: 0, max: 0xffff_ffff }),
  key: fc.constant(sealKey),
});

const anyVersion2: fc.Arbitrary<Advert> = fc.record({
  version: fc.constant(2 as const),
  virtualRouterId: octet,
  priority: octet,
  advertisementIntervalSeconds: octet,
  authentication: fc.record({ type: octet, data: digits(8) }),
  addresses: fc.array(anyIpv4, { maxLength: 40 }),
});

function anyVersion3(
  address: fc.Arbitrary<IpAddress>,
  forms: readonly ChecksumForm[],
): fc.Arbitrary<Advert> {
  return fc.record({
    version: fc.constant(3 as const),
    virtualRouterId: octet,
    priority: octet,
    advertisementIntervalCentiseconds: fc.integer({ min: 1, max: 4095 }),
    checksum: fc.constantFrom(...forms),
    addresses: fc.array(address, { minLength: 1, maxLength: 40 }),
  });
}

function departing(
  address: fc.Arbitrary<IpAddress>,
  advert: fc.Arbitrary<Advert>,
  seal: fc.Arbitrary<NonNullable<DepartingAdvert['authenticationHeader']> | null>,
): fc.Arbitrary<DepartingAdvert> {
  return fc.record({
    source: address,
    destination: address,
    identification: fc.integer({ min: 0, max: 0xffff }),
    timeToLive: octet,
    advert,
    authenticationHeader: seal,
    hmac: fc.option(anyTrailer, { nil: null }),
  });
}

const anyDeparture = fc.oneof(
  departing(anyIpv4, anyVersion2, fc.option(anySeal)),
  departing(anyIpv4, anyVersion3(anyIpv4, ['pseudo-header', 'message']), fc.constant(null)),
  departing(anyIpv6, anyVersion3(anyIpv6, ['pseudo-header']), fc.constant(null)),
);

function emitted(departure: DepartingAdvert): Uint8Array {
  const packet = new Uint8Array(departureLength(departure)).fill(0xa5);
  expect(emitPacket(packet, departure)).toBe(packet.length);
  return packet;
}

describe('every packet', () => {
  it('that is sent is parsed as what it was made from', () => {
    fc.assert(
      fc.property(anyDeparture, (departure) => {
        const { source, destination, timeToLive, advert, authenticationHeader, hmac } = departure;
        const seal = authenticationHeader && {
          securityParametersIndex: authenticationHeader.securityParametersIndex,
          sequenceNumber: authenticationHeader.sequenceNumber,
          intact: true,
        };
        const trailer = hmac && {
          keyId: hmac.keyId,
          seconds: hmac.seconds,
          fraction: hmac.fraction,
          counter: hmac.counter,
          verdict: 'intact',
        };
        expect(parsePacket(emitted(departure), () => keys)).toEqual(
          success({
            source,
            destination,
            timeToLive,
            advert,
            authenticationHeader: seal,
            hmac: trailer,
          }),
        );
      }),
    );
  });

  it('with any octet changed is parsed without an exception', () => {
    fc.assert(
      fc.property(anyDeparture, fc.nat(), octet, (departure, place, difference) => {
        const packet = emitted(departure);
        const offset = place % packet.length;
        packet[offset] = (packet[offset] ?? 0) ^ difference;
        expect(parsePacket(packet, () => keys)).toHaveProperty('ok');
        expect(parsePacket(packet)).toHaveProperty('ok');
      }),
    );
  });

  it('that is cut off anywhere is refused', () => {
    fc.assert(
      fc.property(anyDeparture, fc.nat(), (departure, place) => {
        const packet = emitted(departure);
        const parsed = parsePacket(packet.subarray(0, place % packet.length), () => keys);
        expect(parsed.ok).toBe(false);
      }),
    );
  });

  it('of any octets is parsed without an exception', () => {
    const headed = fc
      .tuple(fc.constantFrom(0x45, 0x46, 0x60), fc.uint8Array({ maxLength: 120 }))
      .map(([first, rest]) => Uint8Array.of(first, ...rest));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 120 }), headed), (packet) => {
        expect(parsePacket(packet, () => keys)).toHaveProperty('ok');
        parseArp(packet);
        parseNeighbourAdvertisement(packet);
      }),
    );
  });
});

describe('what moves an address', () => {
  it('is parsed as what it was made from: ARP', () => {
    const anyArp = fc.record({
      operation: fc.integer({ min: 0, max: 0xffff }),
      senderHardware: anyMac,
      senderProtocol: anyIpv4,
      targetHardware: anyMac,
      targetProtocol: anyIpv4,
    });
    fc.assert(
      fc.property(anyArp, (arp) => {
        const packet = new Uint8Array(28).fill(0xa5);
        emitArp(packet, 0, arp);
        expect(parseArp(packet)).toEqual(arp);
      }),
    );
  });

  it('is parsed as what it was made from: a neighbour advertisement', () => {
    const anyNeighbour = fc.record({
      source: anyIpv6,
      destination: anyIpv6,
      router: fc.boolean(),
      solicited: fc.boolean(),
      override: fc.boolean(),
      target: anyIpv6,
      hardware: anyMac,
    });
    fc.assert(
      fc.property(anyNeighbour, fc.nat(8 * 32 - 1), (neighbour, bit) => {
        const packet = new Uint8Array(72).fill(0xa5);
        emitNeighbourAdvertisement(packet, 0, neighbour);
        expect(parseNeighbourAdvertisement(packet)).toEqual(neighbour);
        const place = 40 + (bit >>> 3);
        packet[place] = (packet[place] ?? 0) ^ (1 << (bit & 7));
        expect(parseNeighbourAdvertisement(packet)).toBeNull();
      }),
    );
  });
});
