/** The trailer behind an advert by which keepalived 2.4 authenticates it (`auth_hmac`). */
import { familyOf, type IpAddress } from '../model/address.ts';
import type { HmacTrailer, ReceivedHmacTrailer } from '../model/advert.ts';
import { writeIp } from './address-octets.ts';
import { isSameDigest, keyedDigest } from './keyed-digest.ts';
import {
  readUint16,
  readUint32,
  readUint8,
  writeUint16,
  writeUint32,
  writeUint8,
} from './octets.ts';

/*
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   Type (1)    |    Key ID     |           Reserved            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                     Seconds since 1970                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |    65,536ths of a second      |            Counter            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +              First 16 octets of HMAC-SHA256                   +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
const typeOffset = 0;
const keyIdOffset = 1;
const reservedOffset = 2;
const secondsOffset = 4;
const fractionOffset = 8;
const counterOffset = 10;
const digestOffset = 12;
const digestLength = 16;

/** Octets of a trailer. */
export const hmacTrailerLength = digestOffset + digestLength;

const hmacSha256 = 1;

/** Family (4 or 6), version, VRID, a zero octet, and 16 octets for the source address. */
const pseudoHeaderLength = 20;
const pseudoAddressOffset = 4;

// Of the message: its first octets, alike in both versions.
const virtualRouterIdOffset = 1;
const checksumOffset = 6;
const checksumLength = 2;

/** A key of a virtual router; `key` in hexadecimal, a secret. */
export interface HmacKey {
  readonly id: number;
  readonly key: string;
}

/** What is authenticated: message and trailer as they lie in the packet, and who sent them. */
export interface AuthenticatedMessage {
  /** From the VRRP message's first octet to the trailer's last. */
  readonly octets: Uint8Array;
  readonly source: IpAddress;
}

/** A trailer with what the keys say of it; how old it is, only who has a clock can tell. */
export type VerifiedHmacTrailer = Omit<ReceivedHmacTrailer, 'age'>;

/** The trailer at the end of a message, which is long enough to have one, judged by the keys. */
export function parseHmacTrailer(
  message: AuthenticatedMessage,
  keys: readonly HmacKey[],
): VerifiedHmacTrailer {
  const { octets } = message;
  const trailer = octets.subarray(octets.length - hmacTrailerLength);
  const keyId = readUint8(trailer, keyIdOffset);
  const known =
    readUint8(trailer, typeOffset) === hmacSha256 && readUint16(trailer, reservedOffset) === 0;
  const key = keys.find((one) => one.id === keyId);
  return {
    keyId,
    seconds: readUint32(trailer, secondsOffset),
    fraction: readUint16(trailer, fractionOffset),
    counter: readUint16(trailer, counterOffset),
    verdict: known ? verdictOf(message, key) : 'malformed',
  };
}

/** Writes the trailer with its digest at zero; returns how many octets it took, 28. */
export function emitHmacTrailer(target: Uint8Array, offset: number, trailer: HmacTrailer): number {
  writeUint8(target, offset + typeOffset, hmacSha256);
  writeUint8(target, offset + keyIdOffset, trailer.keyId);
  writeUint16(target, offset + reservedOffset, 0);
  writeUint32(target, offset + secondsOffset, trailer.seconds);
  writeUint16(target, offset + fractionOffset, trailer.fraction);
  writeUint16(target, offset + counterOffset, trailer.counter);
  target.fill(0, offset + digestOffset, offset + hmacTrailerLength);
  return hmacTrailerLength;
}

/** Writes the digest of a message and its trailer; the checksum may be put in before or after. */
export function signHmacTrailer(message: AuthenticatedMessage, key: string): void {
  const { octets } = message;
  octets.set(digestOf(message, key), octets.length - digestLength);
}

function verdictOf(
  message: AuthenticatedMessage,
  key: HmacKey | undefined,
): ReceivedHmacTrailer['verdict'] {
  if (key === undefined) return 'unknown-key';
  const received = message.octets.subarray(message.octets.length - digestLength);
  return isSameDigest(received, digestOf(message, key.key)) ? 'intact' : 'forged';
}

/** Over the pseudo-header and all octets, checksum and digest taken as zero. */
function digestOf({ octets, source }: AuthenticatedMessage, key: string): Uint8Array {
  const covered = Uint8Array.from(octets);
  covered.fill(0, checksumOffset, checksumOffset + checksumLength);
  covered.fill(0, octets.length - digestLength);
  const pseudoHeader = new Uint8Array(pseudoHeaderLength);
  writeUint8(pseudoHeader, 0, familyOf(source) === 'IPv6' ? 6 : 4);
  writeUint8(pseudoHeader, 1, readUint8(octets, 0) >>> 4);
  writeUint8(pseudoHeader, 2, readUint8(octets, virtualRouterIdOffset));
  writeIp(pseudoHeader, pseudoAddressOffset, source);
  const pieces = [pseudoHeader, covered];
  return keyedDigest(pieces, { algorithm: 'sha256', key, length: digestLength });
}
