/** ARP for IPv4 over Ethernet (RFC 826), and the gratuitous ARP that moves a virtual address. */
import type { Ipv4Address, MacAddress } from '../model/address.ts';
import { ipv4Length, macLength, readIpv4, readMac, writeIpv4, writeMac } from './address-octets.ts';
import { broadcastMac, emitEthernetHeader, ethernetHeaderLength, etherTypes } from './ethernet.ts';
import { readUint16, readUint8, writeUint16, writeUint8 } from './octets.ts';

/**
 * The packet, for hardware addresses of 6 octets and protocol addresses of 4:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |      Hardware type (1)        |     Protocol type (0x0800)    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |Hw. length (6) |Pr. length (4) |           Operation           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Sender hardware address                    |
 *     +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                               |    Sender protocol address    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                               |    Target hardware address    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *     |                                                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                    Target protocol address                    |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface ArpPacket {
  readonly operation: number;
  readonly senderHardware: MacAddress;
  readonly senderProtocol: Ipv4Address;
  readonly targetHardware: MacAddress;
  readonly targetProtocol: Ipv4Address;
}

export const arpOperations = { request: 1, reply: 2 } as const;

const ethernetHardware = 1;

const hardwareTypeOffset = 0;
const protocolTypeOffset = 2;
const hardwareLengthOffset = 4;
const protocolLengthOffset = 5;
const operationOffset = 6;
const senderHardwareOffset = 8;
const senderProtocolOffset = senderHardwareOffset + macLength;
const targetHardwareOffset = senderProtocolOffset + ipv4Length;
const targetProtocolOffset = targetHardwareOffset + macLength;

/** Octets of a packet. */
export const arpLength = targetProtocolOffset + ipv4Length;

/** Octets of a frame with nothing but the packet in it. */
export const gratuitousArpLength = ethernetHeaderLength + arpLength;

/**
 * The packet in a frame's payload; null where it is none of IPv4 over Ethernet.
 * Octets that follow it are Ethernet's padding and don't matter.
 */
export function parseArp(payload: Uint8Array): ArpPacket | null {
  if (payload.length < arpLength) return null;
  const known =
    readUint16(payload, hardwareTypeOffset) === ethernetHardware &&
    readUint16(payload, protocolTypeOffset) === etherTypes.ipv4 &&
    readUint8(payload, hardwareLengthOffset) === macLength &&
    readUint8(payload, protocolLengthOffset) === ipv4Length;
  if (!known) return null;
  return {
    operation: readUint16(payload, operationOffset),
    senderHardware: readMac(payload, senderHardwareOffset),
    senderProtocol: readIpv4(payload, senderProtocolOffset),
    targetHardware: readMac(payload, targetHardwareOffset),
    targetProtocol: readIpv4(payload, targetProtocolOffset),
  };
}

/** Writes the packet; returns how many octets it took, 28. */
export function emitArp(target: Uint8Array, offset: number, packet: ArpPacket): number {
  writeUint16(target, offset + hardwareTypeOffset, ethernetHardware);
  writeUint16(target, offset + protocolTypeOffset, etherTypes.ipv4);
  writeUint8(target, offset + hardwareLengthOffset, macLength);
  writeUint8(target, offset + protocolLengthOffset, ipv4Length);
  writeUint16(target, offset + operationOffset, packet.operation);
  writeMac(target, offset + senderHardwareOffset, packet.senderHardware);
  writeIpv4(target, offset + senderProtocolOffset, packet.senderProtocol);
  writeMac(target, offset + targetHardwareOffset, packet.targetHardware);
  writeIpv4(target, offset + targetProtocolOffset, packet.targetProtocol);
  return arpLength;
}

/** Whether the sender speaks of its own address: a request or a reply (RFC 5227 section 3). */
export function isGratuitous(packet: ArpPacket): boolean {
  return packet.senderProtocol === packet.targetProtocol;
}

/**
 * Writes the broadcast frame that tells the link that `address` is now at
 * `hardware` (RFC 3768 section 6.4.2); returns how many octets it took, 42. It is a
 * request, and its target hardware address is the broadcast address: so
 * keepalived and FRR send it, and no host looks at that field in a request.
 */
export function emitGratuitousArp(
  target: Uint8Array,
  offset: number,
  claim: { readonly address: Ipv4Address; readonly hardware: MacAddress },
): number {
  const headerLength = emitEthernetHeader(target, offset, {
    destination: broadcastMac,
    source: claim.hardware,
    etherType: etherTypes.arp,
  });
  const packetLength = emitArp(target, offset + headerLength, {
    operation: arpOperations.request,
    senderHardware: claim.hardware,
    senderProtocol: claim.address,
    targetHardware: broadcastMac,
    targetProtocol: claim.address,
  });
  return headerLength + packetLength;
}

/**
 * Writes the broadcast frame that asks who has `address` and claims nothing: an ARP Probe
 * (RFC 5227 section 2.1.1); returns how many octets it took, 42.
 */
export function emitArpProbe(
  target: Uint8Array,
  offset: number,
  { address, hardware }: { readonly address: Ipv4Address; readonly hardware: MacAddress },
): number {
  const headerLength = emitEthernetHeader(target, offset, {
    destination: broadcastMac,
    source: hardware,
    etherType: etherTypes.arp,
  });
  const packetLength = emitArp(target, offset + headerLength, {
    operation: arpOperations.request,
    senderHardware: hardware,
    senderProtocol: '0.0.0.0' as Ipv4Address,
    targetHardware: '00:00:00:00:00:00' as MacAddress,
    targetProtocol: address,
  });
  return headerLength + packetLength;
}
