import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure, success } from '../base/result.ts';
import { vrrpGroupIpv4, type Ipv4Address } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import { emitIpv4Header } from './ipv4.ts';
import { readHex } from './octets.ts';
import { emitPacket, packetLength, parsePacket } from './vrrp-packet.ts';

const source = '192.0.2.1' as Ipv4Address;
const advert: Advert = {
  version: 2,
  virtualRouterId: 51,
  priority: 150,
  advertisementIntervalSeconds: 1,
  authentication: { type: 0, data: '0000000000000000' },
  addresses: ['192.0.2.10' as Ipv4Address, '192.0.2.11' as Ipv4Address],
};
const departing = { source, destination: vrrpGroupIpv4, identification: 1, advert };

function emitted(): Uint8Array {
  const buffer = new Uint8Array(packetLength(advert)).fill(0xa5);
  emitPacket(buffer, departing);
  return buffer;
}

/** A packet whose IP header is right and whose payload is `message`. */
function carrying(message: Uint8Array, protocol = 112): Uint8Array {
  const packet = new Uint8Array(20 + message.length);
  emitIpv4Header(packet, 0, {
    source,
    destination: vrrpGroupIpv4,
    identification: 1,
    timeToLive: 255,
    protocol,
    payloadLength: message.length,
  });
  packet.set(message, 20);
  return packet;
}

describe('a VRRP packet', () => {
  it('is emitted at the start of a buffer of any size', () => {
    const buffer = new Uint8Array(64).fill(0xa5);
    expect(emitPacket(buffer, departing)).toBe(44);
    expect(readHex(buffer, 0, 45)).toBe(
      '45c0002c00010000ff70188dc0000201e0000012' +
        '213396020001c4b2c000020ac000020b0000000000000000' +
        'a5',
    );
  });

  it('is parsed with what the IP header says of it', () => {
    const received = { source, destination: vrrpGroupIpv4, timeToLive: 255, advert };
    expect(parsePacket(emitted())).toEqual(
      success({ ...received, authenticationHeader: null, hmac: null }),
    );
  });

  it("leaves the link's padding out", () => {
    expect(parsePacket(Uint8Array.of(...emitted(), 0, 0)).ok).toBe(true);
  });

  it('tells nothing of the sender where the IP header is broken', () => {
    expect(parsePacket(emitted().with(12, 1))).toEqual(
      failure({ reason: 'ip-header', source: null, virtualRouterId: null }),
    );
  });

  it('is no packet of another protocol', () => {
    expect(parsePacket(carrying(emitted().slice(20), 50))).toEqual(
      failure({ reason: 'ip-header', source, virtualRouterId: null }),
    );
  });

  it('tells sender and VRID where the message is broken', () => {
    expect(parsePacket(emitted().with(27, 0))).toEqual(
      failure({ reason: 'checksum', source, virtualRouterId: 51 }),
    );
    expect(parsePacket(carrying(Uint8Array.of(0x41, 51)))).toEqual(
      failure({ reason: 'version', source, virtualRouterId: 51 }),
    );
    expect(parsePacket(carrying(Uint8Array.of(0x21)))).toEqual(
      failure({ reason: 'packet-length', source, virtualRouterId: null }),
    );
  });

  it('is parsed from any octets without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (packet) => {
        expect(parsePacket(packet)).toHaveProperty('ok');
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (message) => {
        const parsed = parsePacket(carrying(message));
        if (!parsed.ok) expect(parsed.error.source).toBe(source);
      }),
    );
  });
});
