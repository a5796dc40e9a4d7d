/** Judges a decoded advert by the configuration (RFC 3768 section 7.1), cheapest check first. */
import { toSeconds } from '../base/units.ts';
import { vrrpGroupIpv4, type Ipv4Address } from '../model/address.ts';
import { ownerPriority, type AdvertAuthentication } from '../model/advert.ts';
import type { Authentication, InstanceConfig } from '../model/config.ts';
import type { AdvertReceived } from '../model/core-event.ts';
import type { DropReason } from '../model/drop-reason.ts';

const timeToLive = 255;
const authenticationTypes = { none: 0, simple: 1, header: 2 } as const;
const authenticationDataHex = 16;

/** Why the advert must be dropped; null when it is to be acted on. */
export function judgeAdvert(
  event: AdvertReceived,
  config: InstanceConfig,
  localAddress: Ipv4Address | null,
): DropReason | null {
  const { advert } = event;
  if (event.timeToLive !== timeToLive) return 'ip-ttl';
  if (event.destination !== vrrpGroupIpv4) return 'destination';
  if (event.source === localAddress) return 'own-packet';
  const forged = judgeAuthentication(advert.authentication, config.authentication);
  if (forged !== null) return forged;
  if (advert.advertisementIntervalSeconds !== toSeconds(config.advertisementInterval)) {
    return 'advertisement-interval';
  }
  const sameAddresses = sameSet(
    advert.addresses,
    config.virtualAddresses.map((one) => one.address),
  );
  if (!sameAddresses && advert.priority !== ownerPriority) return 'address-list';
  return null;
}

/** The authentication that our own adverts carry (RFC 2338 section 5.3.6). */
export function ownAuthentication(config: Authentication): AdvertAuthentication {
  switch (config.type) {
    case 'none':
      return { type: authenticationTypes.none, data: '0'.repeat(authenticationDataHex) };
    case 'simple':
      return { type: authenticationTypes.simple, data: passwordData(config.password) };
  }
}

function judgeAuthentication(
  received: AdvertAuthentication,
  config: Authentication,
): DropReason | null {
  const own = ownAuthentication(config);
  if (!Object.values<number>(authenticationTypes).includes(received.type)) {
    return 'authentication-type-unknown';
  }
  if (received.type !== own.type) return 'authentication-type-mismatch';
  if (config.type === 'simple' && !sameSecret(received.data, own.data)) {
    return 'authentication-failure';
  }
  return null;
}

/** The password as 8 octets of UTF-8, cut or filled with zeros, in hexadecimal. */
function passwordData(password: string): string {
  let data = '';
  for (const octet of new TextEncoder().encode(password)) {
    data += octet.toString(16).padStart(2, '0');
  }
  return data.slice(0, authenticationDataHex).padEnd(authenticationDataHex, '0');
}

/** Compares in a time that does not tell how many octets were right. */
function sameSecret(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index += 1) {
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  }
  return difference === 0;
}

/** RFC 3768 section 7.1 asks for the same addresses; their order is the sender's own affair. */
function sameSet(left: readonly Ipv4Address[], right: readonly Ipv4Address[]): boolean {
  const expected = new Set(right);
  return (
    left.length === right.length &&
    new Set(left).size === expected.size &&
    left.every((address) => expected.has(address))
  );
}
