import type { IpAddress, Ipv4Address } from './address.ts';

/** Whole priority range of RFC 3768 section 5.3.4: 0 resigns, 255 owns the addresses. */
export type Priority = number;

export const resigningPriority: Priority = 0;
export const ownerPriority: Priority = 255;

/** TTL and hop limit of adverts to a group, and of no others (RFC 9568 section 5.1.1.3). */
export const multicastTimeToLive = 255;

export type VrrpVersion = 2 | 3;

/**
 * Authentication as the wire carries it (RFC 2338 section 5.3.6). `data` is the
 * 8 octets of authentication data in hexadecimal; it is a secret for type 1 and
 * goes into no log, status or event.
 */
export interface AdvertAuthentication {
  readonly type: number;
  readonly data: string;
}

/** An advertisement, decoded and not yet judged. */
export type Advert = Vrrp2Advert | Vrrp3Advert;

/** RFC 3768 section 5.1 */
export interface Vrrp2Advert {
  readonly version: 2;
  readonly virtualRouterId: number;
  readonly priority: Priority;
  readonly advertisementIntervalSeconds: number;
  readonly authentication: AdvertAuthentication;
  readonly addresses: readonly Ipv4Address[];
}

/** RFC 9568 section 5.2; the addresses are of the family of the IP packet that carries it. */
export interface Vrrp3Advert {
  readonly version: 3;
  readonly virtualRouterId: number;
  readonly priority: Priority;
  /** Max Advertise Interval, 1 to 4095: what says 0 is no advert (erratum 8301). */
  readonly advertisementIntervalCentiseconds: number;
  /** What its checksum covers. */
  readonly checksum: ChecksumForm;
  /** One at least: what lists none is no advert (section 5.2.5). */
  readonly addresses: readonly IpAddress[];
}

/**
 * What the checksum of a version 3 advert covers. Over IPv6 always the
 * pseudo-header and the message. Over IPv4 RFC 9568 section 5.2.8 has the message
 * alone, keepalived and FRR the pseudo-header of RFC 5798, and keepalived up to
 * 1.3.6 one with 224.0.0.18 as destination even in unicast.
 */
export type ChecksumForm = 'pseudo-header' | 'message' | 'group-pseudo-header';

/** The Authentication Header that came with an advert (RFC 2402). */
export interface ReceivedAuthenticationHeader {
  readonly securityParametersIndex: Ipv4Address;
  readonly sequenceNumber: number;
  /** Whether its integrity check value is what our key gives. */
  readonly intact: boolean;
}

/** keepalived's trailer behind an advert (`auth_hmac`, since 2.4). */
export interface HmacTrailer {
  readonly keyId: number;
  /** The sender's clock: seconds since 1970, and 65,536ths of one. */
  readonly seconds: number;
  readonly fraction: number;
  readonly counter: number;
}

export interface ReceivedHmacTrailer extends HmacTrailer {
  readonly verdict: 'intact' | 'unknown-key' | 'forged' | 'malformed';
  /** Seconds from the sender's time to our clock's; negative: it comes from the future. */
  readonly age: number;
}
