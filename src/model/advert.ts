import type { Ipv4Address } from './address.ts';

/** Whole priority range of RFC 3768 section 5.3.4: 0 resigns, 255 owns the addresses. */
export type Priority = number;

export const resigningPriority: Priority = 0;
export const ownerPriority: Priority = 255;

/**
 * Authentication as the wire carries it (RFC 2338 section 5.3.6). `data` is the
 * 8 octets of authentication data in hexadecimal; it is a secret for type 1 and
 * goes into no log, status or event.
 */
export interface AdvertAuthentication {
  readonly type: number;
  readonly data: string;
}

/** A VRRP version 2 advertisement (RFC 3768 section 5.1), decoded and not yet judged. */
export interface Advert {
  readonly version: 2;
  readonly virtualRouterId: number;
  readonly priority: Priority;
  readonly advertisementIntervalSeconds: number;
  readonly authentication: AdvertAuthentication;
  readonly addresses: readonly Ipv4Address[];
}
