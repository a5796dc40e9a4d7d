/**
 * A VRRP packet as the network has it, from the IP header on: what is called
 * once for each advert that arrives or leaves. Behind an IPv4 header an
 * Authentication Header may come, behind the message keepalived's trailer.
 */
import { failure, success, type Result } from '../base/result.ts';
import { familyOf, isIpv4, isIpv6, type AddressFamily, type IpAddress } from '../model/address.ts';
import {
  multicastTimeToLive,
  type Advert,
  type HmacTrailer,
  type ReceivedAuthenticationHeader,
} from '../model/advert.ts';
import type { DropReason } from '../model/drop-reason.ts';
import { assert } from '../base/assert.ts';
import {
  authenticationHeaderLength,
  emitAuthenticationHeader,
  isSealIntact,
  parseAuthenticationHeader,
  seal,
  type AuthenticationHeader,
} from './authentication-header.ts';
import {
  emitHmacTrailer,
  hmacTrailerLength,
  parseHmacTrailer,
  signHmacTrailer,
  type HmacKey,
  type VerifiedHmacTrailer,
} from './hmac-trailer.ts';
import { emitIpv4Header, ipProtocols, ipv4HeaderLength, parseIpv4Header } from './ipv4.ts';
import { emitIpv6Header, ipv6HeaderLength, parseIpv6Header } from './ipv6.ts';
import {
  emitVrrp2,
  parseVrrp2,
  peekVirtualRouterId,
  vrrp2Length,
  vrrp2LengthWith,
} from './vrrp2.ts';
import { emitVrrp3, parseVrrp3, vrrp3Length, vrrp3LengthWith } from './vrrp3.ts';

/** An advert with what the IP header says of it: still to be judged, `timeToLive` too. */
export interface ArrivedAdvert {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL, or IPv6's hop limit. */
  readonly timeToLive: number;
  readonly advert: Advert;
  readonly authenticationHeader: ReceivedAuthenticationHeader | null;
  readonly hmac: VerifiedHmacTrailer | null;
}

/** A packet that holds no advert that could be read, with whatever can be told of its sender. */
export interface UnreadablePacket {
  readonly reason: DropReason;
  readonly source: IpAddress | null;
  readonly virtualRouterId: number | null;
}

/** The keys that a virtual router's adverts are authenticated by; secrets. */
export interface AdvertKeys {
  /** 8 octets in hexadecimal; null: none. */
  readonly authenticationHeader: string | null;
  readonly hmac: readonly HmacKey[];
}

/** What a packet says of itself before anybody can tell whether it is genuine. */
export interface AdvertSender extends Pick<ArrivedAdvert, 'source' | 'destination'> {
  readonly virtualRouterId: number;
}

/** The keys of the virtual router that a packet is for. */
export type KeyLookup = (sender: AdvertSender) => AdvertKeys;

export const noKeys: AdvertKeys = { authenticationHeader: null, hmac: [] };

/** An advert to send. */
export interface DepartingAdvert {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** 0 to 65535, for the IPv4 header; IPv6 has none. */
  readonly identification: number;
  /** TTL or hop limit; 255 where nothing is said (RFC 9568 section 5.1.1.3). */
  readonly timeToLive?: number;
  readonly advert: Advert;
  /** `key`: 8 octets in hexadecimal. */
  readonly authenticationHeader?: (AuthenticationHeader & { readonly key: string }) | null;
  /** `key` in hexadecimal. */
  readonly hmac?: (HmacTrailer & { readonly key: string }) | null;
}

/** Where the message lies in a packet, and what the headers before it say. */
interface OpenedPacket {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly timeToLive: number;
  readonly protocol: number;
  /** The packet without the link's padding. */
  readonly packet: Uint8Array;
  readonly headerLength: number;
}

/**
 * Decodes a packet, whatever its octets are. Octets past the length that the IP
 * header tells are the link's padding and are left out; a missing or a
 * superfluous octet within it is a packet-length error.
 */
export function parsePacket(
  octets: Uint8Array,
  keysOf: KeyLookup = () => noKeys,
): Result<ArrivedAdvert, UnreadablePacket> {
  const opened = openPacket(octets);
  if (opened === null) return unreadable('ip-header', null, null);
  const { source, destination, timeToLive, protocol, packet, headerLength } = opened;
  const payload = packet.subarray(headerLength);
  const sealed = protocol === ipProtocols.authenticationHeader && isIpv4(source);
  if (protocol !== ipProtocols.vrrp && !sealed) return unreadable('ip-header', source, null);
  const header = sealed ? parseAuthenticationHeader(payload) : null;
  if (sealed && header === null) return unreadable('authentication-header', source, null);
  const content = header === null ? payload : payload.subarray(authenticationHeaderLength);
  const end = messageEnd(content, familyOf(source));
  const trailer = content.subarray(end);
  const advert = parseMessage(content.subarray(0, end), { source, destination, trailer });
  if (!advert.ok) return unreadable(advert.error, source, peekVirtualRouterId(content));
  const { virtualRouterId } = advert.value;
  const keys = keysOf({ source, destination, virtualRouterId });
  const key = keys.authenticationHeader;
  return success({
    source,
    destination,
    timeToLive,
    advert: advert.value,
    authenticationHeader: header && {
      ...header,
      intact: key !== null && isSealIntact({ packet, headerLength, key }),
    },
    hmac: trailer.length > 0 ? parseHmacTrailer({ octets: content, source }, keys.hmac) : null,
  });
}

/** Octets that the advert's packet takes, without what authenticates it. */
export function packetLength(advert: Advert): number {
  const headerLength = familyOfAdvert(advert) === 'IPv6' ? ipv6HeaderLength : ipv4HeaderLength;
  return headerLength + messageLength(advert);
}

/** Octets that the whole packet takes. */
export function departureLength({
  advert,
  authenticationHeader,
  hmac,
}: Omit<DepartingAdvert, 'source' | 'destination' | 'identification'>): number {
  return (
    packetLength(advert) +
    (authenticationHeader ? authenticationHeaderLength : 0) +
    (hmac ? hmacTrailerLength : 0)
  );
}

/** Writes the packet at the start of `buffer`; returns how many octets it took. */
export function emitPacket(buffer: Uint8Array, departing: DepartingAdvert): number {
  const { source, destination, advert } = departing;
  const authenticationHeader = departing.authenticationHeader ?? null;
  const hmac = departing.hmac ?? null;
  const headerLength = emitIpHeader(buffer, departing);
  const start =
    headerLength +
    (authenticationHeader === null
      ? 0
      : emitAuthenticationHeader(buffer, headerLength, authenticationHeader));
  const trailerStart = start + messageLength(advert);
  const end =
    hmac === null ? trailerStart : trailerStart + emitHmacTrailer(buffer, trailerStart, hmac);
  const carrier = { source, destination, trailer: buffer.subarray(trailerStart, end) };
  emitMessage(buffer, start, { advert, carrier });
  if (hmac !== null) {
    // The digest takes the checksum as zero, and over IPv6 the checksum covers the digest.
    signHmacTrailer({ octets: buffer.subarray(start, end), source }, hmac.key);
    emitMessage(buffer, start, { advert, carrier });
  }
  if (authenticationHeader !== null) {
    const { key } = authenticationHeader;
    seal({ packet: buffer.subarray(0, end), headerLength, key });
  }
  return end;
}

function openPacket(octets: Uint8Array): OpenedPacket | null {
  if ((octets[0] ?? 0) >>> 4 === 6) {
    const header = parseIpv6Header(octets);
    if (!header.ok) return null;
    const { source, destination, hopLimit, nextHeader, payloadLength } = header.value;
    const packet = octets.subarray(0, ipv6HeaderLength + payloadLength);
    const where = { packet, headerLength: ipv6HeaderLength };
    return { source, destination, timeToLive: hopLimit, protocol: nextHeader, ...where };
  }
  const header = parseIpv4Header(octets);
  if (!header.ok) return null;
  const { source, destination, timeToLive, protocol, headerLength, totalLength } = header.value;
  const packet = octets.subarray(0, totalLength);
  return { source, destination, timeToLive, protocol, packet, headerLength };
}

/** Where the message ends: before a trailer, if what lies there has the length of one. */
function messageEnd(content: Uint8Array, family: AddressFamily): number {
  const count = content[3] ?? 0;
  const version = (content[0] ?? 0) >>> 4;
  const expected = version === 2 ? vrrp2LengthWith(count) : vrrp3LengthWith(count, family);
  return content.length === expected + hmacTrailerLength ? expected : content.length;
}

function parseMessage(
  message: Uint8Array,
  carrier: Parameters<typeof parseVrrp3>[1],
): Result<Advert, DropReason> {
  // Version 2 knows no IPv6 (RFC 3768), and what is neither is told as version 2 would tell it.
  const version = (message[0] ?? 0) >>> 4;
  if (version === 3) return parseVrrp3(message, carrier);
  return isIpv6(carrier.source) && message.length > 0 ? failure('version') : parseVrrp2(message);
}

function emitIpHeader(buffer: Uint8Array, departing: DepartingAdvert): number {
  const { source, destination, identification, advert } = departing;
  const timeToLive = departing.timeToLive ?? multicastTimeToLive;
  const sealed = Boolean(departing.authenticationHeader);
  const payloadLength =
    messageLength(advert) +
    (sealed ? authenticationHeaderLength : 0) +
    (departing.hmac ? hmacTrailerLength : 0);
  const protocol = sealed ? ipProtocols.authenticationHeader : ipProtocols.vrrp;
  if (isIpv6(source)) {
    assert(isIpv6(destination) && !sealed, 'over IPv6 both addresses are its own, without AH');
    return emitIpv6Header(buffer, 0, {
      source,
      destination,
      payloadLength,
      nextHeader: protocol,
      hopLimit: timeToLive,
    });
  }
  assert(isIpv4(destination) && isIpv4(source), 'both addresses are of one family');
  return emitIpv4Header(buffer, 0, {
    source,
    destination,
    identification,
    timeToLive,
    protocol,
    payloadLength,
  });
}

function emitMessage(
  buffer: Uint8Array,
  start: number,
  { advert, carrier }: { advert: Advert; carrier: Parameters<typeof parseVrrp3>[1] },
): void {
  if (advert.version === 2) emitVrrp2(buffer, start, advert);
  else emitVrrp3(buffer, start, { advert, carrier });
}

function messageLength(advert: Advert): number {
  return advert.version === 2 ? vrrp2Length(advert) : vrrp3Length(advert);
}

function familyOfAdvert({ addresses }: Advert): AddressFamily {
  const [first] = addresses;
  return first === undefined ? 'IPv4' : familyOf(first);
}

function unreadable(
  reason: DropReason,
  source: IpAddress | null,
  virtualRouterId: number | null,
): { readonly ok: false; readonly error: UnreadablePacket } {
  return failure({ reason, source, virtualRouterId });
}
