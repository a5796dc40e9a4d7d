/** A whole Ethernet frame through all the codecs that it needs, there and back. */
import type { Result } from '../../src/base/result.ts';
import { arpLength, emitArp, isGratuitous, parseArp, type ArpPacket } from '../../src/wire/arp.ts';
import {
  emitEthernetHeader,
  ethernetHeaderLength,
  etherTypes,
  parseEthernetHeader,
  type EthernetHeader,
} from '../../src/wire/ethernet.ts';
import { ipProtocols, parseIpv4Header } from '../../src/wire/ipv4.ts';
import {
  emitPacket,
  packetLength,
  parsePacket,
  type ArrivedAdvert,
  type UnreadablePacket,
} from '../../src/wire/vrrp-packet.ts';

export type Frame =
  | {
      readonly type: 'vrrp';
      readonly ethernet: EthernetHeader;
      readonly identification: number;
      readonly parsed: Result<ArrivedAdvert, UnreadablePacket>;
    }
  | { readonly type: 'gratuitous-arp'; readonly ethernet: EthernetHeader; readonly arp: ArpPacket }
  | { readonly type: 'other' };

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
    if (header.ok && header.value.protocol === ipProtocols.vrrp) {
      const { identification } = header.value;
      return { type: 'vrrp', ethernet, identification, parsed: parsePacket(payload) };
    }
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
  if (frame.type === 'vrrp' && frame.parsed.ok) {
    const { source, destination, advert } = frame.parsed.value;
    const octets = new Uint8Array(ethernetHeaderLength + packetLength(advert)).fill(0xa5);
    const headerLength = emitEthernetHeader(octets, 0, frame.ethernet);
    const { identification } = frame;
    emitPacket(octets.subarray(headerLength), { source, destination, identification, advert });
    return octets;
  }
  return null;
}
