/** Neighbour solicitations (RFC 4861 section 4.3): who has an IPv6 address. */
import type { Ipv6Address, MacAddress } from '../model/address.ts';
import { ipv6Length, macLength, writeIpv6, writeMac } from './address-octets.ts';
import { checksumOf, sumOctets } from './checksum.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from './ethernet.ts';
import { ipProtocols } from './ipv4.ts';
import { emitIpv6Header, ipv6HeaderLength } from './ipv6.ts';
import { writeUint16, writeUint8 } from './octets.ts';

/**
 * The message with its one option:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Type (135)   |   Code (0)    |          Checksum             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                           Reserved                            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                                                               |
 *     +                  Target address (16 octets)                   +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | Option (1)    |  Length (1)   |                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+   Source link-layer address   +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface NeighbourSolicitation {
  /** Who asks: the answer goes there alone. */
  readonly source: Ipv6Address;
  readonly hardware: MacAddress;
  readonly target: Ipv6Address;
}

const checksumOffset = 2;
const targetOffset = 8;
const optionOffset = targetOffset + ipv6Length;
const messageLength = optionOffset + 2 + macLength;

const neighbourSolicitation = 135;
const sourceLinkLayerAddress = 1;
const optionLength = 1;
/** A receiver drops anything less (RFC 4861 section 7.1.1). */
const hopLimit = 255;

/** Octets of a frame with nothing but the packet in it. */
export const neighbourSolicitationLength = ethernetHeaderLength + ipv6HeaderLength + messageLength;

/** Writes the frame to the solicited-node group of the target; returns how many octets it took. */
export function emitNeighbourSolicitation(
  target: Uint8Array,
  offset: number,
  { source, hardware, target: wanted }: NeighbourSolicitation,
): number {
  const low = new Uint8Array(ipv6Length);
  writeIpv6(low, 0, wanted);
  const last = [...low.subarray(ipv6Length - 3)].map((one) => one.toString(16).padStart(2, '0'));
  const [first = '', second = '', third = ''] = last;
  // RFC 4291 section 2.7.1, and where that goes on Ethernet (RFC 2464 section 7).
  const groupMac = `33:33:ff:${first}:${second}:${third}` as MacAddress;
  const start =
    offset +
    emitEthernetHeader(target, offset, {
      destination: groupMac,
      source: hardware,
      etherType: etherTypes.ipv6,
    });
  const message =
    start +
    emitIpv6Header(target, start, {
      payloadLength: messageLength,
      nextHeader: ipProtocols.icmpv6,
      hopLimit,
      source,
      destination: `ff02::1:ff${first}:${second}${third}` as Ipv6Address,
      trafficClass: 0,
    });
  target.fill(0, message, message + messageLength);
  writeUint8(target, message, neighbourSolicitation);
  writeIpv6(target, message + targetOffset, wanted);
  writeUint8(target, message + optionOffset, sourceLinkLayerAddress);
  writeUint8(target, message + optionOffset + 1, optionLength);
  writeMac(target, message + optionOffset + 2, hardware);
  const addresses = message - 2 * ipv6Length;
  const before = messageLength + ipProtocols.icmpv6;
  const sum = sumOctets(target, addresses, message + messageLength, before);
  writeUint16(target, message + checksumOffset, checksumOf(sum));
  return neighbourSolicitationLength;
}
