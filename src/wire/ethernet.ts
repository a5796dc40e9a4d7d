/** Ethernet II frames (RFC 894), without VLAN tags. */
import type { MacAddress } from '../model/address.ts';
import { macLength, readMac, writeMac } from './address-octets.ts';
import { readUint16, writeUint16 } from './octets.ts';

/**
 * The header before each frame's payload:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                      Destination address                      |
 *     +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                               |                               |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *     |                        Source address                         |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |             Type              |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface EthernetHeader {
  readonly destination: MacAddress;
  readonly source: MacAddress;
  readonly etherType: number;
}

export const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;
export const broadcastMac = 'ff:ff:ff:ff:ff:ff' as MacAddress;

const destinationOffset = 0;
const sourceOffset = destinationOffset + macLength;
const etherTypeOffset = sourceOffset + macLength;

/** Octets before the payload. */
export const ethernetHeaderLength = etherTypeOffset + 2;

/** The header of a frame; null where the frame is shorter than one. */
export function parseEthernetHeader(frame: Uint8Array): EthernetHeader | null {
  if (frame.length < ethernetHeaderLength) return null;
  return {
    destination: readMac(frame, destinationOffset),
    source: readMac(frame, sourceOffset),
    etherType: readUint16(frame, etherTypeOffset),
  };
}

/** Writes the header; returns how many octets it took, 14. */
export function emitEthernetHeader(
  target: Uint8Array,
  offset: number,
  header: EthernetHeader,
): number {
  writeMac(target, offset + destinationOffset, header.destination);
  writeMac(target, offset + sourceOffset, header.source);
  writeUint16(target, offset + etherTypeOffset, header.etherType);
  return ethernetHeaderLength;
}
