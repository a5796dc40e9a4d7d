/**
 * VRRP version 2 advertisements: RFC 3768 section 5, with the authentication
 * data of RFC 2338 section 5.3.6 that it keeps the room for.
 */
import { assert } from '../base/assert.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { Ipv4Address } from '../model/address.ts';
import type { Vrrp2Advert } from '../model/advert.ts';
import type { DropReason } from '../model/drop-reason.ts';
import { ipv4Length, readIpv4, writeIpv4 } from './address-octets.ts';
import { checksumOf, isIntact, sumOctets } from './checksum.ts';
import { readHex, readUint8, writeHex, writeUint16, writeUint8 } from './octets.ts';

/*
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version| Type  | Virtual Rtr ID|   Priority    | Count IP Addrs|
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   Auth Type   |   Adver Int   |           Checksum            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                         IP Address (1)                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                            .                                  |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                         IP Address (n)                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                   Authentication Data (1)                     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                   Authentication Data (2)                     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
const versionAndTypeOffset = 0;
const virtualRouterIdOffset = 1;
const priorityOffset = 2;
const countOffset = 3;
const authenticationTypeOffset = 4;
const advertisementIntervalOffset = 5;
const checksumOffset = 6;
const addressesOffset = 8;

const authenticationLength = 8;
const version = 2;
const advertisementType = 1;
const maximumCount = 0xff;

/**
 * The advertisement that a whole VRRP message holds, or why there is none, in
 * the order of RFC 3768 section 7.1 but for one thing: the first octet says what
 * the message is, and only version 2 and type 1 have the lengths known here. So
 * a later version is told as that and not as a wrong length.
 *
 * What depends on the configuration (VRID, authentication, interval, addresses)
 * is not judged here.
 */
export function parseVrrp2(message: Uint8Array): Result<Vrrp2Advert, DropReason> {
  if (message.length === 0) return failure('packet-length');
  const versionAndType = readUint8(message, versionAndTypeOffset);
  if (versionAndType >>> 4 !== version) return failure('version');
  if ((versionAndType & 0x0f) !== advertisementType) return failure('packet-type');
  if (message.length < addressesOffset) return failure('packet-length');
  const count = readUint8(message, countOffset);
  if (message.length !== vrrp2LengthWith(count)) return failure('packet-length');
  if (!isIntact(sumOctets(message, 0, message.length))) return failure('checksum');
  return success(readAdvert(message, count));
}

/**
 * The VRID of a message, whether it can be parsed or not; null where it ends
 * before. Versions 2 and 3 have it at the same place.
 */
export function peekVirtualRouterId(message: Uint8Array): number | null {
  return message[virtualRouterIdOffset] ?? null;
}

/** Octets that the advertisement takes. */
export function vrrp2Length(advert: Vrrp2Advert): number {
  return vrrp2LengthWith(advert.addresses.length);
}

/** Writes the message, checksum included; returns how many octets it took. */
export function emitVrrp2(target: Uint8Array, offset: number, advert: Vrrp2Advert): number {
  const { addresses, authentication } = advert;
  assert(addresses.length <= maximumCount, 'an advert carries at most 255 addresses');
  assert(
    authentication.data.length === 2 * authenticationLength,
    'the authentication data has 16 hexadecimal digits',
  );
  writeUint8(target, offset + versionAndTypeOffset, (version << 4) | advertisementType);
  writeUint8(target, offset + virtualRouterIdOffset, advert.virtualRouterId);
  writeUint8(target, offset + priorityOffset, advert.priority);
  writeUint8(target, offset + countOffset, addresses.length);
  writeUint8(target, offset + authenticationTypeOffset, authentication.type);
  writeUint8(target, offset + advertisementIntervalOffset, advert.advertisementIntervalSeconds);
  writeUint16(target, offset + checksumOffset, 0);
  let end = offset + addressesOffset;
  for (const address of addresses) end += writeIpv4(target, end, address);
  end += writeHex(target, end, authentication.data);
  // RFC 3768 section 5.3.8: over the whole message, without a pseudo-header.
  writeUint16(target, offset + checksumOffset, checksumOf(sumOctets(target, offset, end)));
  return end - offset;
}

/** Octets of a message that lists `count` addresses. */
export function vrrp2LengthWith(count: number): number {
  return addressesOffset + count * ipv4Length + authenticationLength;
}

function readAdvert(message: Uint8Array, count: number): Vrrp2Advert {
  const addresses: Ipv4Address[] = [];
  const addressesEnd = addressesOffset + count * ipv4Length;
  for (let offset = addressesOffset; offset < addressesEnd; offset += ipv4Length) {
    addresses.push(readIpv4(message, offset));
  }
  return {
    version,
    virtualRouterId: readUint8(message, virtualRouterIdOffset),
    priority: readUint8(message, priorityOffset),
    advertisementIntervalSeconds: readUint8(message, advertisementIntervalOffset),
    authentication: {
      type: readUint8(message, authenticationTypeOffset),
      data: readHex(message, addressesEnd, authenticationLength),
    },
    addresses,
  };
}
