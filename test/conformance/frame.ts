/** A whole Ethernet frame through all the codecs that it needs, there and back. */
import type { Result } from '../../src/base/result.ts';
import { arpLength, emitArp, isGratuitous, parseArp, type ArpPacket } from '../../src/wire/arp.ts';
import { checksumOf, sumOctets } from '../../src/wire/checksum.ts';
import { writeUint16 } from '../../src/wire/octets.ts';
import {
  emitEthernetHeader,
  ethernetHeaderLength,
  etherTypes,
  parseEthernetHeader,
  type EthernetHeader,
} from '../../src/wire/ethernet.ts';
import { ipProtocols, parseIpv4Header } from '../../src/wire/ipv4.ts';
import { emitIpv6Header, parseIpv6Header, type Ipv6Header } from '../../src/wire/ipv6.ts';
import {
  emitNeighbourAdvertisement,
  neighbourAdvertisementLength,
  parseNeighbourAdvertisement,
  type NeighbourAdvertisement,
} from '../../src/wire/neighbour-advertisement.ts';
import {
  emitPacket,
  departureLength,
  noKeys,
  parsePacket,
  type ArrivedAdvert,
  type UnreadablePacket,
} from '../../src/wire/vrrp-packet.ts';

export type Frame =
  | {
      readonly type: 'vrrp';
      readonly ethernet: EthernetHeader;
      readonly identification: number;
      /** The octet with the flags of the IPv4 header: FRR forbids fragments. */
      readonly fragmentOctet: number;
      readonly ipv6: Ipv6Header | null;
      readonly parsed: Result<ArrivedAdvert, UnreadablePacket>;
    }
  | { readonly type: 'gratuitous-arp'; readonly ethernet: EthernetHeader; readonly arp: ArpPacket }
  | {
      readonly type: 'neighbour-advertisement';
      readonly ethernet: EthernetHeader;
      readonly neighbour: NeighbourAdvertisement;
    }
  | { readonly type: 'other' };

/** The key of the frames behind an Authentication Header: "s3cr3t". */
export const sealKey = '7333637233740000';

/** What the codecs make of a frame; 'other' is what none of them is for. */
export function decodeFrame(octets: Uint8Array): Frame {
  const ethernet = parseEthernetHeader(octets);
  const payload = octets.subarray(ethernetHeaderLength);
  if (ethernet?.etherType === etherTypes.arp) {
    const arp = parseArp(payload);
    if (arp !== null && isGratuitous(arp)) return { type: 'gratuitous-arp', ethernet, arp };
  }
  if (ethernet?.etherType === etherTypes.ipv4) {
    const header = parseIpv4Header(payload);
    if (header.ok && vrrpProtocols.has(header.value.protocol)) {
      const { identification } = header.value;
      const fragmentOctet = payload[6] ?? 0;
      const ip = { identification, fragmentOctet, ipv6: null };
      return { type: 'vrrp', ethernet, ...ip, parsed: parse(payload) };
    }
  }
  if (ethernet?.etherType === etherTypes.ipv6) {
    const header = parseIpv6Header(payload);
    if (header.ok && vrrpProtocols.has(header.value.nextHeader)) {
      const ipv6 = header.value;
      const ip = { identification: 0, fragmentOctet: 0, ipv6 };
      return { type: 'vrrp', ethernet, ...ip, parsed: parse(payload) };
    }
    const neighbour = parseNeighbourAdvertisement(payload);
    if (neighbour !== null) return { type: 'neighbour-advertisement', ethernet, neighbour };
  }
  return { type: 'other' };
}

/** The octets of a decoded frame; null where there is nothing to emit. */
export function encodeFrame(frame: Frame): Uint8Array | null {
  if (frame.type === 'gratuitous-arp') {
    const octets = new Uint8Array(ethernetHeaderLength + arpLength).fill(0xa5);
    emitArp(octets, emitEthernetHeader(octets, 0, frame.ethernet), frame.arp);
    return octets;
  }
  if (frame.type === 'neighbour-advertisement') {
    const octets = new Uint8Array(ethernetHeaderLength + neighbourAdvertisementLength).fill(0xa5);
    const headerLength = emitEthernetHeader(octets, 0, frame.ethernet);
    emitNeighbourAdvertisement(octets, headerLength, frame.neighbour);
    return octets;
  }
  if (frame.type === 'vrrp' && frame.parsed.ok) {
    const { authenticationHeader: header, hmac, ...arrived } = frame.parsed.value;
    if (hmac !== null) return null;
    const { identification, fragmentOctet, ipv6 } = frame;
    const authenticationHeader = header && { ...header, key: sealKey };
    const departing = { ...arrived, identification, authenticationHeader };
    const octets = new Uint8Array(ethernetHeaderLength + departureLength(departing)).fill(0xa5);
    const packet = octets.subarray(emitEthernetHeader(octets, 0, frame.ethernet));
    emitPacket(packet, departing);
    // What routers set as they like is as the sender had it.
    if (ipv6 !== null) emitIpv6Header(packet, 0, ipv6);
    else setFragmentOctet(packet, fragmentOctet);
    return octets;
  }
  return null;
}

const vrrpProtocols: ReadonlySet<number> = new Set([
  ipProtocols.vrrp,
  ipProtocols.authenticationHeader,
]);

function parse(packet: Uint8Array): Result<ArrivedAdvert, UnreadablePacket> {
  return parsePacket(packet, () => ({ ...noKeys, authenticationHeader: sealKey }));
}

function setFragmentOctet(packet: Uint8Array, octet: number): void {
  packet[6] = octet;
  packet.fill(0, 10, 12);
  writeUint16(packet, 10, checksumOf(sumOctets(packet, 0, 20)));
}
