/** Neighbour advertisements (RFC 4861 section 4.4): the one that moves an IPv6 address. */
import type { Ipv6Address, MacAddress } from '../model/address.ts';
import { ipv6Length, macLength, readIpv6, readMac, writeIpv6, writeMac } from './address-octets.ts';
import { checksumOf, isIntact, sumOctets } from './checksum.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from './ethernet.ts';
import { ipProtocols } from './ipv4.ts';
import { emitIpv6Header, ipv6HeaderLength, parseIpv6Header } from './ipv6.ts';
import { readUint8, writeUint16, writeUint8 } from './octets.ts';

/**
 * The message with the one option that belongs to it here, in an IPv6 packet:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Type (136)   |   Code (0)    |          Checksum             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |R|S|O|                     Reserved                            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                  Target address (16 octets)                   +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | Option (2)    |  Length (1)   |                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+   Target link-layer address   +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface NeighbourAdvertisement {
  readonly source: Ipv6Address;
  readonly destination: Ipv6Address;
  readonly router: boolean;
  readonly solicited: boolean;
  readonly override: boolean;
  readonly target: Ipv6Address;
  readonly hardware: MacAddress;
}

const typeOffset = 0;
const codeOffset = 1;
const checksumOffset = 2;
const flagsOffset = 4;
const targetOffset = 8;
const optionOffset = targetOffset + ipv6Length;
const hardwareOffset = optionOffset + 2;
const messageLength = hardwareOffset + macLength;

const neighbourAdvertisement = 136;
const routerFlag = 0x80;
const solicitedFlag = 0x40;
const overrideFlag = 0x20;
const targetLinkLayerAddress = 2;
const optionLength = 1;
const octetsOfLength = 8;
/** A receiver drops anything less (RFC 4861 section 7.1.2). */
const hopLimit = 255;

/** All nodes of the link, and where that goes on Ethernet (RFC 2464 section 7). */
const allNodes = 'ff02::1' as Ipv6Address;
const allNodesMac = '33:33:00:00:00:01' as MacAddress;

/** Octets of the IPv6 packet. */
export const neighbourAdvertisementLength = ipv6HeaderLength + messageLength;

/** Octets of a frame with nothing but the packet in it. */
export const unsolicitedAdvertisementLength = ethernetHeaderLength + neighbourAdvertisementLength;

/**
 * The message in an IPv6 packet; null where it is none that says a link-layer address. Other
 * options don't matter (RFC 4861 section 4.6).
 */
export function parseNeighbourAdvertisement(packet: Uint8Array): NeighbourAdvertisement | null {
  const header = parseIpv6Header(packet);
  if (!header.ok) return null;
  const { source, destination, nextHeader, payloadLength } = header.value;
  if (nextHeader !== ipProtocols.icmpv6 || header.value.hopLimit !== hopLimit) return null;
  if (payloadLength < optionOffset) return null;
  const message = packet.subarray(ipv6HeaderLength, ipv6HeaderLength + payloadLength);
  const known =
    readUint8(message, typeOffset) === neighbourAdvertisement &&
    readUint8(message, codeOffset) === 0 &&
    isIntact(sumOf(packet, 0, payloadLength));
  const hardware = known ? linkLayerAddressIn(message) : null;
  if (hardware === null) return null;
  const flags = readUint8(message, flagsOffset);
  return {
    source,
    destination,
    router: (flags & routerFlag) !== 0,
    solicited: (flags & solicitedFlag) !== 0,
    override: (flags & overrideFlag) !== 0,
    target: readIpv6(message, targetOffset),
    hardware,
  };
}

/** The first option of its kind; null where there is none, or an option is cut off. */
function linkLayerAddressIn(message: Uint8Array): MacAddress | null {
  let offset = optionOffset;
  while (offset + 2 <= message.length) {
    const length = readUint8(message, offset + 1) * octetsOfLength;
    // RFC 4861 section 4.6: a length of 0 makes the packet void.
    if (length === 0 || offset + length > message.length) return null;
    const isAddress = readUint8(message, offset) === targetLinkLayerAddress;
    if (isAddress && length === optionLength * octetsOfLength) return readMac(message, offset + 2);
    offset += length;
  }
  return null;
}

/** Writes the IPv6 packet; returns how many octets it took, 72. */
export function emitNeighbourAdvertisement(
  target: Uint8Array,
  offset: number,
  advertisement: NeighbourAdvertisement,
): number {
  const { source, destination, router, solicited, override } = advertisement;
  const start =
    offset +
    emitIpv6Header(target, offset, {
      payloadLength: messageLength,
      nextHeader: ipProtocols.icmpv6,
      hopLimit,
      source,
      destination,
      trafficClass: 0,
    });
  target.fill(0, start, start + messageLength);
  writeUint8(target, start + typeOffset, neighbourAdvertisement);
  const flags =
    (router ? routerFlag : 0) | (solicited ? solicitedFlag : 0) | (override ? overrideFlag : 0);
  writeUint8(target, start + flagsOffset, flags);
  writeIpv6(target, start + targetOffset, advertisement.target);
  writeUint8(target, start + optionOffset, targetLinkLayerAddress);
  writeUint8(target, start + optionOffset + 1, optionLength);
  writeMac(target, start + hardwareOffset, advertisement.hardware);
  writeUint16(target, start + checksumOffset, checksumOf(sumOf(target, offset, messageLength)));
  return neighbourAdvertisementLength;
}

/**
 * Writes the frame that tells all nodes of the link that `address` is now at
 * `hardware` (RFC 9568 section 6.4.2): router and override set, solicited not.
 * Returns how many octets it took, 86.
 */
export function emitUnsolicitedAdvertisement(
  target: Uint8Array,
  offset: number,
  { address, hardware }: { readonly address: Ipv6Address; readonly hardware: MacAddress },
): number {
  const headerLength = emitEthernetHeader(target, offset, {
    destination: allNodesMac,
    source: hardware,
    etherType: etherTypes.ipv6,
  });
  const packetLength = emitNeighbourAdvertisement(target, offset + headerLength, {
    source: address,
    destination: allNodes,
    router: true,
    solicited: false,
    override: true,
    target: address,
    hardware,
  });
  return headerLength + packetLength;
}

/** The checksum's running sum over pseudo-header and message (RFC 4443 section 2.3). */
function sumOf(packet: Uint8Array, offset: number, length: number): number {
  const addressesStart = offset + ipv6HeaderLength - 2 * ipv6Length;
  const end = offset + ipv6HeaderLength + length;
  return sumOctets(packet, addressesStart, end, length + ipProtocols.icmpv6);
}
