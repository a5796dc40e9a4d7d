/**
 * A VRRP packet as the network has it, from the IP header on: what is called
 * once for each advert that arrives or leaves.
 */
import { failure, success, type Result } from '../base/result.ts';
import type { Ipv4Address } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import type { DropReason } from '../model/drop-reason.ts';
import { emitIpv4Header, ipProtocols, ipv4HeaderLength, parseIpv4Header } from './ipv4.ts';
import { emitVrrp2, parseVrrp2, peekVirtualRouterId, vrrp2Length } from './vrrp2.ts';

/** An advert with what the IP header says of it: still to be judged, `timeToLive` too. */
export interface ArrivedAdvert {
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly timeToLive: number;
  readonly advert: Advert;
}

/** A packet that holds no advert that could be read, with whatever can be told of its sender. */
export interface UnreadablePacket {
  readonly reason: DropReason;
  readonly source: Ipv4Address | null;
  readonly virtualRouterId: number | null;
}

/** An advert to send. `identification` (0 to 65535) is the IP header's. */
export interface DepartingAdvert {
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly identification: number;
  readonly advert: Advert;
}

/**
 * Decodes a packet, whatever its octets are. Octets past the IP header's total
 * length are the link's padding and are left out; a missing or a superfluous
 * octet within it is a packet-length error.
 */
export function parsePacket(packet: Uint8Array): Result<ArrivedAdvert, UnreadablePacket> {
  const header = parseIpv4Header(packet);
  if (!header.ok) return unreadable(header.error, null, null);
  const { headerLength, totalLength, protocol, source, destination, timeToLive } = header.value;
  if (protocol !== ipProtocols.vrrp) return unreadable('ip-header', source, null);
  const message = packet.subarray(headerLength, totalLength);
  const advert = parseVrrp2(message);
  if (!advert.ok) return unreadable(advert.error, source, peekVirtualRouterId(message));
  return success({ source, destination, timeToLive, advert: advert.value });
}

/** Octets that the advert's packet takes. */
export function packetLength(advert: Advert): number {
  return ipv4HeaderLength + vrrp2Length(advert);
}

/** Writes the packet at the start of `buffer`; returns how many octets it took. */
export function emitPacket(buffer: Uint8Array, departing: DepartingAdvert): number {
  const { source, destination, identification, advert } = departing;
  const headerLength = emitIpv4Header(buffer, 0, {
    source,
    destination,
    identification,
    protocol: ipProtocols.vrrp,
    payloadLength: vrrp2Length(advert),
  });
  return headerLength + emitVrrp2(buffer, headerLength, advert);
}

function unreadable(
  reason: DropReason,
  source: Ipv4Address | null,
  virtualRouterId: number | null,
): { readonly ok: false; readonly error: UnreadablePacket } {
  return failure({ reason, source, virtualRouterId });
}
