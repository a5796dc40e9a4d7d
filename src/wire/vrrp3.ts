/** VRRP version 3 advertisements for IPv4 and IPv6: RFC 9568 section 5.2. */
import { assert } from '../base/assert.ts';
import { failure, success, type Result } from '../base/result.ts';
import {
  familyOf,
  isIpv6,
  vrrpGroupIpv4,
  type AddressFamily,
  type IpAddress,
} from '../model/address.ts';
import type { ChecksumForm, Vrrp3Advert } from '../model/advert.ts';
import type { DropReason } from '../model/drop-reason.ts';
import { ipLength, ipv6Length, readIp, writeIp } from './address-octets.ts';
import { checksumOf, isIntact, sumOctets } from './checksum.ts';
import { ipProtocols } from './ipv4.ts';
import { readUint16, readUint8, writeUint16, writeUint8 } from './octets.ts';

/*
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Version| Type  | Virtual Rtr ID|   Priority    | Count IP Addrs|
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Reserve| Max Advertise Interval|           Checksum            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                    IPvX Addresses (1 to n)                    +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
const versionAndTypeOffset = 0;
const virtualRouterIdOffset = 1;
const priorityOffset = 2;
const countOffset = 3;
const intervalOffset = 4;
const checksumOffset = 6;
const addressesOffset = 8;

const version = 3;
const advertisementType = 1;
const maximumCount = 0xff;
const maximumInterval = 0x0fff;

/** The addresses of the IP header that carries a message, and what lies behind the message. */
export interface Vrrp3Carrier {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Octets between the message and the packet's end that the checksum covers in IPv6. */
  readonly trailer: Uint8Array;
}

/**
 * The advertisement that a whole VRRP message holds, or why there is none, in the
 * order of RFC 9568 section 7.1. The reserved bits don't matter (section 5.2.6).
 *
 * Which of the checksum's forms are acceptable is not judged here: the form that
 * matched is told.
 */
export function parseVrrp3(
  message: Uint8Array,
  carrier: Vrrp3Carrier,
): Result<Vrrp3Advert, DropReason> {
  if (message.length === 0) return failure('packet-length');
  const versionAndType = readUint8(message, versionAndTypeOffset);
  if (versionAndType >>> 4 !== version) return failure('version');
  if ((versionAndType & 0x0f) !== advertisementType) return failure('packet-type');
  if (message.length < addressesOffset) return failure('packet-length');
  const family = familyOf(carrier.source);
  const count = readUint8(message, countOffset);
  if (message.length !== vrrp3LengthWith(count, family)) return failure('packet-length');
  const checksum = matchingForm(message, carrier);
  if (checksum === null) return failure('checksum');
  if (count === 0) return failure('address-count');
  const interval = readUint16(message, intervalOffset) & maximumInterval;
  if (interval === 0) return failure('interval-zero');
  return success({
    version,
    virtualRouterId: readUint8(message, virtualRouterIdOffset),
    priority: readUint8(message, priorityOffset),
    advertisementIntervalCentiseconds: interval,
    checksum,
    addresses: readAddresses(message, family),
  });
}

/** Octets that the advertisement takes. */
export function vrrp3Length({ addresses }: Vrrp3Advert): number {
  const [first] = addresses;
  assert(first !== undefined, 'an advert lists an address (RFC 9568 section 5.2.5)');
  return vrrp3LengthWith(addresses.length, familyOf(first));
}

/** Octets of a message that lists `count` addresses. */
export function vrrp3LengthWith(count: number, family: AddressFamily): number {
  return addressesOffset + count * ipLength(family);
}

/** Writes the message, checksum included; returns how many octets it took. */
export function emitVrrp3(
  target: Uint8Array,
  offset: number,
  { advert, carrier }: { readonly advert: Vrrp3Advert; readonly carrier: Vrrp3Carrier },
): number {
  const { addresses, advertisementIntervalCentiseconds: interval } = advert;
  assert(addresses.length <= maximumCount, 'an advert carries at most 255 addresses');
  assert(interval <= maximumInterval, 'an interval has 12 bits');
  writeUint8(target, offset + versionAndTypeOffset, (version << 4) | advertisementType);
  writeUint8(target, offset + virtualRouterIdOffset, advert.virtualRouterId);
  writeUint8(target, offset + priorityOffset, advert.priority);
  writeUint8(target, offset + countOffset, addresses.length);
  writeUint16(target, offset + intervalOffset, interval);
  writeUint16(target, offset + checksumOffset, 0);
  let end = offset + addressesOffset;
  for (const address of addresses) end += writeIp(target, end, address);
  const sum = sumOf(target.subarray(offset, end), carrier, advert.checksum);
  writeUint16(target, offset + checksumOffset, checksumOf(sum));
  return end - offset;
}

/** The first form that the checksum is right in; over IPv6 there is but one. */
function matchingForm(message: Uint8Array, carrier: Vrrp3Carrier): ChecksumForm | null {
  if (isIntact(sumOf(message, carrier, 'pseudo-header'))) return 'pseudo-header';
  if (isIpv6(carrier.source)) return null;
  if (isIntact(sumOf(message, carrier, 'message'))) return 'message';
  const unicast = carrier.destination !== vrrpGroupIpv4;
  const asToGroup = unicast && isIntact(sumOf(message, carrier, 'group-pseudo-header'));
  return asToGroup ? 'group-pseudo-header' : null;
}

/** The checksum's running sum: of what `form` says (RFC 9568 section 5.2.8). */
function sumOf(message: Uint8Array, carrier: Vrrp3Carrier, form: ChecksumForm): number {
  const { source, destination, trailer } = carrier;
  const sum = sumOctets(message, 0, message.length);
  if (isIpv6(source)) {
    // Linux sums up all that follows the IPv6 header, keepalived's trailer too.
    const whole = sumOctets(trailer, 0, trailer.length, sum);
    return whole + sumOfPseudoHeader(source, destination, message.length + trailer.length);
  }
  if (form === 'message') return sum;
  const summed = form === 'group-pseudo-header' ? vrrpGroupIpv4 : destination;
  return sum + sumOfPseudoHeader(source, summed, message.length);
}

const addressOctets = new Uint8Array(ipv6Length);

/** Both addresses, the length, and the protocol; how wide those two are does not change the sum. */
function sumOfPseudoHeader(source: IpAddress, destination: IpAddress, length: number): number {
  let sum = length + ipProtocols.vrrp;
  for (const address of [source, destination]) {
    sum = sumOctets(addressOctets, 0, writeIp(addressOctets, 0, address), sum);
  }
  return sum;
}

function readAddresses(message: Uint8Array, family: AddressFamily): IpAddress[] {
  const addresses: IpAddress[] = [];
  for (let offset = addressesOffset; offset < message.length; offset += ipLength(family)) {
    addresses.push(readIp(message, offset, family));
  }
  return addresses;
}
