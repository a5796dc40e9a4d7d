/**
 * What the observer sends to each router's own MAC address, and what it takes for an answer.
 *
 * A probe is for the virtual address but leaves with one router's MAC as its Ethernet
 * destination: so each router gets to answer for itself, and two that do are seen as two.
 * ARP (or neighbour solicitation), ICMP echo, UDP and TCP to ports where nobody listens: all of
 * them are answered by the kernel alone, the last two with "port unreachable" and a reset.
 */
import type { AddressFamily, MacAddress } from '../../src/model/address.ts';
import { writeIp, writeIpv4, writeIpv6, writeMac } from '../../src/wire/address-octets.ts';
import { arpLength, arpOperations, emitArp } from '../../src/wire/arp.ts';
import { checksumOf, sumOctets } from '../../src/wire/checksum.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from '../../src/wire/ethernet.ts';
import { emitIpv4Header, ipProtocols, ipv4HeaderLength } from '../../src/wire/ipv4.ts';
import { emitIpv6Header, ipv6HeaderLength } from '../../src/wire/ipv6.ts';
import { writeUint16, writeUint8 } from '../../src/wire/octets.ts';
import { client, virtualAddresses } from './stations.ts';

/** What a router answers, or says by itself. */
export const sightings = ['neighbour', 'echo', 'udp', 'tcp', 'announcement', 'advert'] as const;
export type Sighting = (typeof sightings)[number];
/** Those that are answers to a probe, and come first. */
export const answerKinds = 4;

const protocols = { icmp: 1, tcp: 6, udp: 17 } as const;
const port = { source: 40_000, destination: 9 } as const;
const hopLimit = 255;

/** One probe of each kind, to this router. */
export function probeFrames(family: AddressFamily, router: MacAddress): readonly Uint8Array[] {
  const packet = family === 'IPv4' ? packet4 : packet6;
  const icmp = family === 'IPv4' ? protocols.icmp : ipProtocols.icmpv6;
  return [
    family === 'IPv4' ? arpFrame(router) : packet6(router, ipProtocols.icmpv6, solicitation()),
    packet(router, icmp, echo(family === 'IPv4' ? 8 : 128)),
    packet(router, protocols.udp, datagram()),
    packet(router, protocols.tcp, segment()),
  ];
}

function arpFrame(router: MacAddress): Uint8Array {
  const frame = new Uint8Array(ethernetHeaderLength + arpLength);
  emitEthernetHeader(frame, 0, headerTo(router, etherTypes.arp));
  emitArp(frame, ethernetHeaderLength, {
    operation: arpOperations.request,
    senderHardware: client.mac,
    senderProtocol: client.ipv4,
    targetHardware: '00:00:00:00:00:00' as MacAddress,
    targetProtocol: virtualAddresses.IPv4,
  });
  return frame;
}

/** RFC 4861 section 4.3, with our own link-layer address as its option. */
function solicitation(): Message {
  const octets = new Uint8Array(32);
  writeUint8(octets, 0, 135);
  writeIpv6(octets, 8, virtualAddresses.IPv6);
  writeUint8(octets, 24, 1);
  writeUint8(octets, 25, 1);
  writeMac(octets, 26, client.mac);
  return { octets, checksumAt: 2 };
}

interface Message {
  readonly octets: Uint8Array;
  readonly checksumAt: number;
}

function echo(type: number): Message {
  const octets = new Uint8Array(16);
  writeUint8(octets, 0, type);
  writeUint16(octets, 4, 0x0bad);
  return { octets, checksumAt: 2 };
}

function datagram(): Message {
  const octets = new Uint8Array(16);
  writeUint16(octets, 0, port.source);
  writeUint16(octets, 2, port.destination);
  writeUint16(octets, 4, octets.length);
  return { octets, checksumAt: 6 };
}

/** A SYN. */
function segment(): Message {
  const octets = new Uint8Array(20);
  writeUint16(octets, 0, port.source);
  writeUint16(octets, 2, port.destination);
  writeUint16(octets, 6, 1);
  writeUint8(octets, 12, 0x50);
  writeUint8(octets, 13, 0x02);
  writeUint16(octets, 14, 1_024);
  return { octets, checksumAt: 16 };
}

function packet4(router: MacAddress, protocol: number, message: Message): Uint8Array {
  const { octets } = message;
  const frame = new Uint8Array(ethernetHeaderLength + ipv4HeaderLength + octets.length);
  emitEthernetHeader(frame, 0, headerTo(router, etherTypes.ipv4));
  const { source, destination } = { source: client.ipv4, destination: virtualAddresses.IPv4 };
  emitIpv4Header(frame, ethernetHeaderLength, {
    ...{ identification: 1, timeToLive: 64, protocol, source, destination },
    payloadLength: octets.length,
  });
  const pseudo = new Uint8Array(12);
  writeIpv4(pseudo, 0, source);
  writeIpv4(pseudo, 4, destination);
  writeUint8(pseudo, 9, protocol);
  writeUint16(pseudo, 10, octets.length);
  // ICMP alone is summed without the addresses (RFC 792).
  const before = protocol === protocols.icmp ? 0 : sumOctets(pseudo, 0, pseudo.length);
  frame.set(sealed(message, before), ethernetHeaderLength + ipv4HeaderLength);
  return frame;
}

function packet6(router: MacAddress, nextHeader: number, message: Message): Uint8Array {
  const { octets } = message;
  const frame = new Uint8Array(ethernetHeaderLength + ipv6HeaderLength + octets.length);
  emitEthernetHeader(frame, 0, headerTo(router, etherTypes.ipv6));
  const { source, destination } = { source: client.ipv6, destination: virtualAddresses.IPv6 };
  emitIpv6Header(frame, ethernetHeaderLength, {
    ...{ payloadLength: octets.length, nextHeader, hopLimit, source, destination },
  });
  const pseudo = new Uint8Array(40);
  writeIpv6(pseudo, 0, source);
  writeIpv6(pseudo, 16, destination);
  writeUint16(pseudo, 34, octets.length);
  writeUint8(pseudo, 39, nextHeader);
  const before = sumOctets(pseudo, 0, pseudo.length);
  frame.set(sealed(message, before), ethernetHeaderLength + ipv6HeaderLength);
  return frame;
}

function sealed({ octets, checksumAt }: Message, before: number): Uint8Array {
  writeUint16(octets, checksumAt, checksumOf(sumOctets(octets, 0, octets.length, before)));
  return octets;
}

function headerTo(destination: MacAddress, etherType: number) {
  return { destination, source: client.mac, etherType };
}

/** Tells what a frame from a router is; null where it is nothing of the virtual address. */
export function sightingReader(family: AddressFamily): (frame: Uint8Array) => Sighting | null {
  const length = family === 'IPv4' ? 4 : 16;
  const wanted = new Uint8Array(length);
  writeIp(wanted, 0, virtualAddresses[family]);
  const standsAt = (frame: Uint8Array, offset: number): boolean =>
    wanted.every((octet, index) => frame[offset + index] === octet);
  return family === 'IPv4'
    ? (frame) => sighting4(frame, standsAt)
    : (frame) => sighting6(frame, standsAt);
}

type Comparison = (frame: Uint8Array, offset: number) => boolean;

function sighting4(frame: Uint8Array, standsAt: Comparison): Sighting | null {
  if (etherTypeOf(frame) === etherTypes.arp) {
    if (!standsAt(frame, 28)) return null;
    // A gratuitous one names its sender as its target, and goes to everybody.
    if (frame[0] === 0xff) return standsAt(frame, 38) ? 'announcement' : null;
    return frame[21] === arpOperations.reply ? 'neighbour' : null;
  }
  if (etherTypeOf(frame) !== etherTypes.ipv4) return null;
  const protocol = frame[23] ?? 0;
  if (protocol === ipProtocols.vrrp) return 'advert';
  if (!standsAt(frame, 26)) return null;
  if (protocol === protocols.tcp) return 'tcp';
  if (protocol !== protocols.icmp) return null;
  return frame[34] === 0 ? 'echo' : frame[34] === 3 ? 'udp' : null;
}

function sighting6(frame: Uint8Array, standsAt: Comparison): Sighting | null {
  if (etherTypeOf(frame) !== etherTypes.ipv6) return null;
  const protocol = frame[20] ?? 0;
  if (protocol === ipProtocols.vrrp) return 'advert';
  const type = frame[54];
  if (protocol === ipProtocols.icmpv6 && type === 136) {
    if (!standsAt(frame, 62)) return null;
    return (frame[0] ?? 0) === 0x33 ? 'announcement' : 'neighbour';
  }
  if (!standsAt(frame, 22)) return null;
  if (protocol === protocols.tcp) return 'tcp';
  if (protocol !== ipProtocols.icmpv6) return null;
  return type === 129 ? 'echo' : type === 1 ? 'udp' : null;
}

function etherTypeOf(frame: Uint8Array): number {
  return ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
}
