import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../base/assert.ts';
import { failure, success } from '../base/result.ts';
import type { Ipv4Address } from '../model/address.ts';
import { checksumOf, sumOctets } from './checksum.ts';
import { emitIpv4Header, ipProtocols, ipv4HeaderLength, parseIpv4Header } from './ipv4.ts';
import { readHex, writeUint16 } from './octets.ts';

const departure = {
  identification: 1,
  timeToLive: 255,
  protocol: ipProtocols.vrrp,
  source: '192.0.2.1' as Ipv4Address,
  destination: '224.0.0.18' as Ipv4Address,
  payloadLength: 24,
};
const refused = failure('ip-header');

/** A packet with a header as we send it, changed by `change`, its checksum right all the same. */
function packetWith(change: (header: Uint8Array) => void, headerLength = 20): Uint8Array {
  const packet = new Uint8Array(44).fill(0xa5);
  emitIpv4Header(packet, 0, departure);
  change(packet);
  writeUint16(packet, 10, 0);
  writeUint16(packet, 10, checksumOf(sumOctets(packet, 0, headerLength)));
  return packet;
}

const unchanged = () => undefined;

describe('the IPv4 header', () => {
  it('is emitted at an offset as keepalived sends it', () => {
    const target = new Uint8Array(22).fill(0xa5);
    expect(emitIpv4Header(target, 1, departure)).toBe(ipv4HeaderLength);
    expect(readHex(target, 0, 22)).toBe('a545c0002c00010000ff70188dc0000201e0000012a5');
  });

  it('is parsed', () => {
    expect(parseIpv4Header(packetWith(unchanged))).toEqual(
      success({
        headerLength: 20,
        totalLength: 44,
        identification: 1,
        timeToLive: 255,
        protocol: 112,
        source: '192.0.2.1',
        destination: '224.0.0.18',
      }),
    );
  });

  it('may have options, of which the checksum knows', () => {
    const packet = packetWith((header) => (header[0] = 0x46), 24);
    expect(parseIpv4Header(packet)).toMatchObject({ value: { headerLength: 24 } });
    packet[22] = 0;
    expect(parseIpv4Header(packet)).toEqual(refused);
  });

  it('may forbid fragments', () => {
    expect(parseIpv4Header(packetWith((header) => (header[6] = 0x40)))).toMatchObject({ ok: true });
  });

  it.each<[string, (header: Uint8Array) => void]>([
    ['another version', (header) => (header[0] = 0x65)],
    ['a header shorter than its fixed part', (header) => (header[0] = 0x44)],
    ['more octets than there are', (header) => (header[3] = 45)],
    ['fewer octets than its header', (header) => (header[3] = 19)],
    ['more fragments to come', (header) => (header[6] = 0x20)],
    ['a high fragment offset', (header) => (header[6] = 0x10)],
    ['a low fragment offset', (header) => (header[7] = 0x01)],
  ])('is refused with %s', (_, change) => {
    expect(parseIpv4Header(packetWith(change))).toEqual(refused);
  });

  it('is refused where it is cut off', () => {
    expect(parseIpv4Header(packetWith(unchanged).subarray(0, 19))).toEqual(refused);
    expect(parseIpv4Header(packetWith(unchanged).subarray(0, 43))).toEqual(refused);
  });

  it('is refused with any one bit turned', () => {
    for (let bit = 0; bit < 8 * ipv4HeaderLength; bit += 1) {
      const packet = packetWith(unchanged);
      packet[bit >>> 3] = (packet[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseIpv4Header(packet), `bit ${String(bit)}`).toEqual(refused);
    }
  });

  it('is parsed from any octets without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        const header = parseIpv4Header(octets);
        if (header.ok) expect(header.value.totalLength).toBeLessThanOrEqual(octets.length);
      }),
    );
  });

  it('is not emitted for a payload that fits no datagram', () => {
    const target = new Uint8Array(20);
    expect(() => emitIpv4Header(target, 0, { ...departure, payloadLength: 65_516 })).toThrow(
      AssertionError,
    );
  });
});
