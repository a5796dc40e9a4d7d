/**
 * The Authentication Header (RFC 2402) between an IPv4 header and an advert of
 * version 2, with HMAC-MD5-96 (RFC 2403), as keepalived has it.
 */
import type { Ipv4Address } from '../model/address.ts';
import { readIpv4, writeIpv4 } from './address-octets.ts';
import { ipProtocols } from './ipv4.ts';
import { isSameDigest, keyedDigest } from './keyed-digest.ts';
import { readUint32, readUint8, writeUint16, writeUint32, writeUint8 } from './octets.ts';

/**
 * What a header says (RFC 2402 section 2):
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | Next header   |  Payload len  |          RESERVED             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                 Security Parameters Index (SPI)               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Sequence number field                      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +           Integrity check value (12 octets of MD5)            +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface AuthenticationHeader {
  readonly securityParametersIndex: Ipv4Address;
  readonly sequenceNumber: number;
}

const nextHeaderOffset = 0;
const payloadLengthOffset = 1;
const reservedOffset = 2;
const securityParametersIndexOffset = 4;
const sequenceNumberOffset = 8;
const checkValueOffset = 12;
const checkValueLength = 12;

/** Octets of a header. */
export const authenticationHeaderLength = checkValueOffset + checkValueLength;

/** In words of 4 octets, less 2 (RFC 2402 section 2.2). */
const payloadLength = authenticationHeaderLength / 4 - 2;

// Of the IPv4 header before it: what routers may change, and so is not covered.
const typeOfServiceOffset = 1;
const fragmentOffset = 6;
const timeToLiveOffset = 8;
const checksumOffset = 10;
const destinationOffset = 16;
const firstMulticastOctet = 0xe0;
const lastMulticastOctet = 0xef;

/** The header at the start of `payload`; null where there is none before an advert. */
export function parseAuthenticationHeader(payload: Uint8Array): AuthenticationHeader | null {
  if (payload.length < authenticationHeaderLength) return null;
  const known =
    readUint8(payload, nextHeaderOffset) === ipProtocols.vrrp &&
    readUint8(payload, payloadLengthOffset) === payloadLength;
  if (!known) return null;
  return {
    securityParametersIndex: readIpv4(payload, securityParametersIndexOffset),
    sequenceNumber: readUint32(payload, sequenceNumberOffset),
  };
}

/** Writes the header, its check value at zero; returns how many octets it took, 24. */
export function emitAuthenticationHeader(
  target: Uint8Array,
  offset: number,
  header: AuthenticationHeader,
): number {
  writeUint8(target, offset + nextHeaderOffset, ipProtocols.vrrp);
  writeUint8(target, offset + payloadLengthOffset, payloadLength);
  writeUint16(target, offset + reservedOffset, 0);
  writeIpv4(target, offset + securityParametersIndexOffset, header.securityParametersIndex);
  writeUint32(target, offset + sequenceNumberOffset, header.sequenceNumber);
  target.fill(0, offset + checkValueOffset, offset + authenticationHeaderLength);
  return authenticationHeaderLength;
}

/** A whole packet with the place of its Authentication Header. */
export interface SealedPacket {
  readonly packet: Uint8Array;
  /** Octets of the IPv4 header. */
  readonly headerLength: number;
  /** 8 octets in hexadecimal; a secret. */
  readonly key: string;
}

/** Whether the packet's check value is what the key gives. */
export function isSealIntact(sealed: SealedPacket): boolean {
  const start = sealed.headerLength + checkValueOffset;
  const received = sealed.packet.subarray(start, start + checkValueLength);
  return isSameDigest(received, checkValueOf(sealed));
}

/** Writes the check value into a packet that is complete but for it. */
export function seal(sealed: SealedPacket): void {
  sealed.packet.set(checkValueOf(sealed), sealed.headerLength + checkValueOffset);
}

/**
 * RFC 2402 section 3.3.3, but for one thing: to a group keepalived covers the time
 * to live, which nothing may change on the way there.
 */
function checkValueOf({ packet, headerLength, key }: SealedPacket): Uint8Array {
  const covered = Uint8Array.from(packet);
  const firstOctet = readUint8(covered, destinationOffset);
  const multicast = firstOctet >= firstMulticastOctet && firstOctet <= lastMulticastOctet;
  writeUint8(covered, typeOfServiceOffset, 0);
  writeUint16(covered, fragmentOffset, 0);
  if (!multicast) writeUint8(covered, timeToLiveOffset, 0);
  writeUint16(covered, checksumOffset, 0);
  const start = headerLength + checkValueOffset;
  covered.fill(0, start, start + checkValueLength);
  return keyedDigest([covered], { algorithm: 'md5', key, length: checkValueLength });
}
