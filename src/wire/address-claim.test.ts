import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ipv4Address, Ipv6Address, MacAddress } from '../model/address.ts';
import { parseClaim } from './address-claim.ts';
import { emitArpProbe, emitGratuitousArp, gratuitousArpLength } from './arp.ts';
import { checksumOf, isIntact, sumOctets } from './checksum.ts';
import { ethernetHeaderLength } from './ethernet.ts';
import {
  emitUnsolicitedAdvertisement,
  unsolicitedAdvertisementLength,
} from './neighbour-advertisement.ts';
import {
  emitNeighbourSolicitation,
  neighbourSolicitationLength,
} from './neighbour-solicitation.ts';
import { readHex } from './octets.ts';

const hardware = '02:00:00:00:00:0b' as MacAddress;
const address = '192.0.2.10' as Ipv4Address;
const target = '2001:db8::5' as Ipv6Address;

function arp(emit: typeof emitGratuitousArp): Uint8Array {
  const frame = new Uint8Array(gratuitousArpLength).fill(0xa5);
  expect(emit(frame, 0, { address, hardware })).toBe(gratuitousArpLength);
  return frame.subarray(ethernetHeaderLength);
}

/** An advertisement with these octets in place of its one option, its checksum made right. */
function advertisement(...options: readonly number[]): Uint8Array {
  const frame = new Uint8Array(unsolicitedAdvertisementLength);
  emitUnsolicitedAdvertisement(frame, 0, { address: target, hardware });
  const fixed = frame.subarray(ethernetHeaderLength, ethernetHeaderLength + 64);
  const packet = Uint8Array.of(...fixed, ...options);
  const length = 24 + options.length;
  packet[5] = length;
  packet.fill(0, 42, 44);
  const checksum = checksumOf(sumOctets(packet, 8, packet.length, length + 58));
  packet[42] = checksum >>> 8;
  packet[43] = checksum & 0xff;
  return packet;
}

const linkLayerAddress = [2, 1, 2, 0, 0, 0, 0, 0x0b];
const nonce = [14, 1, 1, 2, 3, 4, 5, 6];

describe('a claim of an address', () => {
  it('is in every ARP: its sender says what it has', () => {
    const claim = { ok: true, value: { address, macAddress: hardware } };
    expect(parseClaim('IPv4', arp(emitGratuitousArp))).toEqual(claim);
    expect(parseClaim('IPv4', arp(emitArpProbe))).toEqual({
      ok: true,
      value: { address: '0.0.0.0', macAddress: hardware },
    });
  });

  it('is in an advertisement, whatever options it has', () => {
    const claim = { ok: true, value: { address: target, macAddress: hardware } };
    for (const options of [
      linkLayerAddress,
      [...nonce, ...linkLayerAddress],
      [...linkLayerAddress, ...nonce],
      [14, 2, ...Array<number>(14).fill(7), ...linkLayerAddress],
    ]) {
      expect(parseClaim('IPv6', advertisement(...options))).toEqual(claim);
    }
  });

  it('is refused by name where it can not be read', () => {
    const malformed = { ok: false, error: 'arp-malformed' };
    expect(parseClaim('IPv4', arp(emitGratuitousArp).subarray(1))).toEqual(malformed);
    expect(parseClaim('IPv4', new Uint8Array(0))).toEqual(malformed);
    for (const octets of [
      new Uint8Array(0),
      advertisement(),
      advertisement(...nonce),
      // An option of no length would be gone through for ever.
      advertisement(14, 0, 0, 0, 0, 0, 0, 0, ...linkLayerAddress),
      advertisement(14, 9, 0, 0, 0, 0, 0, 0),
      // A hardware address of another length is none of Ethernet.
      advertisement(2, 2, ...Array<number>(14).fill(7)),
      advertisement(...linkLayerAddress).fill(0xff, 50, 51),
    ]) {
      expect(parseClaim('IPv6', octets)).toEqual({ ok: false, error: 'neighbour-malformed' });
    }
  });

  it('is looked for in any octets without an exception', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.uint8Array({ maxLength: 40 }),
        (any, end) => {
          expect(parseClaim('IPv4', any)).toHaveProperty('ok');
          expect(parseClaim('IPv6', any)).toHaveProperty('ok');
          expect(parseClaim('IPv6', advertisement(...end))).toHaveProperty('ok');
        },
      ),
    );
  });
});

describe('a question who has an address', () => {
  it('is in IPv4 a probe, which claims nothing (RFC 5227 section 2.1.1)', () => {
    const packet = arp(emitArpProbe);
    expect(readHex(packet, 0, packet.length)).toBe(
      '0001080006040001' + '02000000000b00000000' + '000000000000c000020a',
    );
  });

  it('is in IPv6 a solicitation to the group of the address', () => {
    const frame = new Uint8Array(neighbourSolicitationLength + 2).fill(0xa5);
    const source = 'fe80::1' as Ipv6Address;
    expect(emitNeighbourSolicitation(frame, 1, { source, hardware, target })).toBe(86);
    const packet = frame.subarray(15, 87);
    expect(isIntact(sumOctets(packet, 8, 72, 32 + 58))).toBe(true);
    packet.fill(0, 42, 44);
    expect(readHex(frame, 0, frame.length)).toBe(
      'a5' +
        '3333ff00000502000000000b86dd' +
        '6000000000203aff' +
        'fe800000000000000000000000000001' +
        'ff0200000000000000000001ff000005' +
        '8700000000000000' +
        '20010db8000000000000000000000005' +
        '010102000000000b' +
        'a5',
    );
  });
});
