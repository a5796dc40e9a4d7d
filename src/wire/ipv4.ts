/** The IPv4 header (RFC 791) as VRRP needs it: whole datagrams, sent without options. */
import { assert } from '../base/assert.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { Ipv4Address } from '../model/address.ts';
import { readIpv4, writeIpv4 } from './address-octets.ts';
import { checksumOf, isIntact, sumOctets } from './checksum.ts';
import { readUint16, readUint8, writeUint16, writeUint8 } from './octets.ts';

/**
 * What a received header says (RFC 791 section 3.1). The payload is what lies
 * from `headerLength` up to `totalLength`, both in octets.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version|  IHL  |Type of service|         Total length          |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |         Identification        |Flags|     Fragment offset     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | Time to live  |   Protocol    |        Header checksum        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                        Source address                         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                      Destination address                      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |            Options            |            Padding            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface Ipv4Header {
  readonly headerLength: number;
  readonly totalLength: number;
  readonly identification: number;
  readonly timeToLive: number;
  readonly protocol: number;
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
}

/** What a header that we send says; the rest of it is always the same. */
export interface Ipv4Departure {
  readonly identification: number;
  readonly timeToLive: number;
  readonly protocol: number;
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly payloadLength: number;
}

/** Assigned protocol numbers, and next headers of IPv6. */
export const ipProtocols = { authenticationHeader: 51, udp: 17, icmpv6: 58, vrrp: 112 } as const;

const version = 4;
const versionOffset = 0;
const typeOfServiceOffset = 1;
const totalLengthOffset = 2;
const identificationOffset = 4;
const fragmentOffset = 6;
const timeToLiveOffset = 8;
const protocolOffset = 9;
const checksumOffset = 10;
const sourceOffset = 12;
const destinationOffset = 16;

/** Octets of a header without options, as we send it. */
export const ipv4HeaderLength = 20;

const wordLength = 4;
const maximumTotalLength = 0xffff;
/** More Fragments and the fragment offset: a whole datagram has neither. */
const fragmentMask = 0x3fff;
/** Internetwork control (CS6): no RFC asks for it, every VRRP router sends it. */
export const internetworkControl = 0xc0;

/**
 * The header at the start of `packet`. Refused are a version other than 4,
 * lengths that don't fit the packet or each other, a wrong checksum, and fragments.
 */
export function parseIpv4Header(packet: Uint8Array): Result<Ipv4Header, 'ip-header'> {
  if (packet.length < ipv4HeaderLength) return failure('ip-header');
  const first = readUint8(packet, versionOffset);
  if (first >>> 4 !== version) return failure('ip-header');
  const headerLength = (first & 0x0f) * wordLength;
  const totalLength = readUint16(packet, totalLengthOffset);
  const fits =
    headerLength >= ipv4HeaderLength && headerLength <= totalLength && totalLength <= packet.length;
  if (!fits) return failure('ip-header');
  if (!isIntact(sumOctets(packet, 0, headerLength))) return failure('ip-header');
  if ((readUint16(packet, fragmentOffset) & fragmentMask) !== 0) return failure('ip-header');
  return success({
    headerLength,
    totalLength,
    identification: readUint16(packet, identificationOffset),
    timeToLive: readUint8(packet, timeToLiveOffset),
    protocol: readUint8(packet, protocolOffset),
    source: readIpv4(packet, sourceOffset),
    destination: readIpv4(packet, destinationOffset),
  });
}

/** Writes a header without options; returns how many octets it took, 20. */
export function emitIpv4Header(target: Uint8Array, offset: number, header: Ipv4Departure): number {
  const totalLength = ipv4HeaderLength + header.payloadLength;
  assert(totalLength <= maximumTotalLength, 'the payload fits no IPv4 datagram');
  writeUint8(target, offset + versionOffset, (version << 4) | (ipv4HeaderLength / wordLength));
  writeUint8(target, offset + typeOfServiceOffset, internetworkControl);
  writeUint16(target, offset + totalLengthOffset, totalLength);
  writeUint16(target, offset + identificationOffset, header.identification);
  writeUint16(target, offset + fragmentOffset, 0);
  writeUint8(target, offset + timeToLiveOffset, header.timeToLive);
  writeUint8(target, offset + protocolOffset, header.protocol);
  writeUint16(target, offset + checksumOffset, 0);
  writeIpv4(target, offset + sourceOffset, header.source);
  writeIpv4(target, offset + destinationOffset, header.destination);
  const sum = sumOctets(target, offset, offset + ipv4HeaderLength);
  writeUint16(target, offset + checksumOffset, checksumOf(sum));
  return ipv4HeaderLength;
}
