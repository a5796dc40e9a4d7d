import { describe, expect, it } from 'vitest';
import type { Ipv4Address } from '../model/address.ts';
import type { Vrrp2Advert } from '../model/advert.ts';
import { parseAuthenticationHeader } from './authentication-header.ts';
import { checksumOf, sumOctets } from './checksum.ts';
import { writeUint16 } from './octets.ts';
import { departureLength, emitPacket, parsePacket } from './vrrp-packet.ts';

const key = '7333637233740000';
const advert: Vrrp2Advert = {
  version: 2,
  virtualRouterId: 52,
  priority: 150,
  advertisementIntervalSeconds: 1,
  authentication: { type: 2, data: '0'.repeat(16) },
  addresses: ['192.0.2.10' as Ipv4Address],
};

function sealedTo(destination: string): Uint8Array {
  const source = '192.0.2.1' as Ipv4Address;
  const authenticationHeader = { securityParametersIndex: source, sequenceNumber: 9, key };
  const departing = {
    source,
    destination: destination as Ipv4Address,
    identification: 1,
    advert,
    authenticationHeader,
  };
  const packet = new Uint8Array(departureLength(departing)).fill(0xa5);
  emitPacket(packet, departing);
  return packet;
}

/** The packet with one octet of its IPv4 header changed, and a right header checksum. */
function withHeaderOctet(packet: Uint8Array, offset: number, value: number): Uint8Array {
  const changed = packet.with(offset, value);
  changed.fill(0, 10, 12);
  writeUint16(changed, 10, checksumOf(sumOctets(changed, 0, 20)));
  return changed;
}

function isIntact(packet: Uint8Array): boolean | null {
  const parsed = parsePacket(packet, () => ({ authenticationHeader: key, hmac: [] }));
  return parsed.ok ? (parsed.value.authenticationHeader?.intact ?? null) : null;
}

describe('the Authentication Header', () => {
  it('covers the time to live to a group, and not to one host', () => {
    expect(isIntact(sealedTo('224.0.0.18'))).toBe(true);
    expect(isIntact(withHeaderOctet(sealedTo('224.0.0.18'), 8, 254))).toBe(false);
    expect(isIntact(withHeaderOctet(sealedTo('192.0.2.2'), 8, 254))).toBe(true);
  });

  it('covers neither type of service nor flags, but the identification', () => {
    const packet = sealedTo('224.0.0.18');
    expect(isIntact(withHeaderOctet(packet, 1, 0))).toBe(true);
    expect(isIntact(withHeaderOctet(packet, 6, 0x40))).toBe(true);
    expect(isIntact(withHeaderOctet(packet, 5, 2))).toBe(false);
  });

  it('is not intact where there is no key', () => {
    expect(parsePacket(sealedTo('224.0.0.18'))).toMatchObject({
      value: { authenticationHeader: { sequenceNumber: 9, intact: false } },
    });
  });

  it.each([
    ['another next header', 20, 6],
    ['another length', 21, 5],
  ])('with %s is none of an advert', (_, offset, value) => {
    expect(parsePacket(sealedTo('224.0.0.18').with(offset, value))).toMatchObject({
      error: { reason: 'authentication-header', source: '192.0.2.1' },
    });
  });

  it('is not there in fewer than 24 octets', () => {
    expect(parseAuthenticationHeader(sealedTo('224.0.0.18').subarray(20, 43))).toBeNull();
  });
});
