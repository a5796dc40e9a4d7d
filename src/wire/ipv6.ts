/** The IPv6 header (RFC 8200) as VRRP needs it: whole packets without extension headers. */
import { assert } from '../base/assert.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { Ipv6Address } from '../model/address.ts';
import { readIpv6, writeIpv6 } from './address-octets.ts';
import { internetworkControl } from './ipv4.ts';
import { readUint16, readUint8, writeUint16, writeUint8 } from './octets.ts';

/**
 * What a header says (RFC 8200 section 3); `payloadLength` in octets.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version| Traffic class |              Flow label               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |        Payload length         |  Next header  |   Hop limit   |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                   Source address (16 octets)                  +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                Destination address (16 octets)                +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface Ipv6Header {
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly payloadLength: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: Ipv6Address;
  readonly destination: Ipv6Address;
}

/** What a header that we send says; the flow label is 0. */
export type Ipv6Departure = Omit<Ipv6Header, 'trafficClass' | 'flowLabel'> & {
  /** Internetwork control where nothing is said, as in IPv4. */
  readonly trafficClass?: number;
  readonly flowLabel?: number;
};

const version = 6;
const firstWordOffset = 0;
const flowLabelOffset = 2;
const payloadLengthOffset = 4;
const nextHeaderOffset = 6;
const hopLimitOffset = 7;
const sourceOffset = 8;
const destinationOffset = 24;

/** Octets of a header. */
export const ipv6HeaderLength = 40;

const maximumPayloadLength = 0xffff;

/** The header at the start of `packet`. Refused are another version and a payload cut off. */
export function parseIpv6Header(packet: Uint8Array): Result<Ipv6Header, 'ip-header'> {
  if (packet.length < ipv6HeaderLength) return failure('ip-header');
  const firstWord = readUint16(packet, firstWordOffset);
  if (firstWord >>> 12 !== version) return failure('ip-header');
  const payloadLength = readUint16(packet, payloadLengthOffset);
  if (ipv6HeaderLength + payloadLength > packet.length) return failure('ip-header');
  return success({
    trafficClass: (firstWord >>> 4) & 0xff,
    flowLabel: ((firstWord & 0x0f) << 16) | readUint16(packet, flowLabelOffset),
    payloadLength,
    nextHeader: readUint8(packet, nextHeaderOffset),
    hopLimit: readUint8(packet, hopLimitOffset),
    source: readIpv6(packet, sourceOffset),
    destination: readIpv6(packet, destinationOffset),
  });
}

/** Writes a header; returns how many octets it took, 40. */
export function emitIpv6Header(target: Uint8Array, offset: number, header: Ipv6Departure): number {
  const { payloadLength, trafficClass = internetworkControl, flowLabel = 0 } = header;
  assert(payloadLength <= maximumPayloadLength, 'a packet has at most 65535 octets behind it');
  writeUint16(target, offset, (version << 12) | (trafficClass << 4) | (flowLabel >>> 16));
  writeUint16(target, offset + flowLabelOffset, flowLabel & 0xffff);
  writeUint16(target, offset + payloadLengthOffset, payloadLength);
  writeUint8(target, offset + nextHeaderOffset, header.nextHeader);
  writeUint8(target, offset + hopLimitOffset, header.hopLimit);
  writeIpv6(target, offset + sourceOffset, header.source);
  writeIpv6(target, offset + destinationOffset, header.destination);
  return ipv6HeaderLength;
}
