/**
 * What an advert has in common with those of the other routers of its virtual router, if they are
 * configured alike, in the form in which packet filters compare: octets at an offset from the
 * beginning of the message. Left out are the priority and the checksum.
 */
import { familyOf, type AddressFamily } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import { ipLength } from './address-octets.ts';
import { emitVrrp2, vrrp2Length } from './vrrp2.ts';
import { emitVrrp3, vrrp3Length } from './vrrp3.ts';
import { vrrpGroupIpv4, vrrpGroupIpv6 } from '../model/address.ts';

export interface OctetRange {
  /** From the beginning of the VRRP message on. */
  readonly offset: number;
  /** At most 16: what a register of nftables holds. */
  readonly octets: Uint8Array;
}

const priorityOffset = 2;
const checksumOffset = 6;
const addressesOffset = 8;
const longestRange = 16;
const passwordType = 1;
const passwordLength = 8;

/**
 * Version, VRID, the number of addresses, authentication type and interval; the first addresses,
 * up to 16 octets of them; in version 2 the password.
 */
export function likenessOf(advert: Advert): readonly OctetRange[] {
  const message = messageOf(advert);
  const range = (offset: number, end: number): OctetRange => {
    return { offset, octets: message.slice(offset, end) };
  };
  const addressesEnd = addressesOffset + octetsOfAddresses(advert);
  const ranges = [
    range(0, priorityOffset),
    range(priorityOffset + 1, checksumOffset),
    range(addressesOffset, Math.min(addressesEnd, addressesOffset + longestRange)),
  ];
  // Where there is no password nobody looks at what stands in its place (RFC 3768 section 5.3.10).
  if (advert.version === 2 && advert.authentication.type === passwordType) {
    ranges.push(range(addressesEnd, addressesEnd + passwordLength));
  }
  return ranges.filter(({ octets }) => octets.length > 0);
}

function octetsOfAddresses({ addresses }: Advert): number {
  const [first] = addresses;
  return first === undefined ? 0 : addresses.length * ipLength(familyOf(first));
}

/** The ends of its way count for nothing but the checksum. */
const ends: Readonly<Record<AddressFamily, Parameters<typeof emitVrrp3>[2]['carrier']>> = {
  IPv4: { source: vrrpGroupIpv4, destination: vrrpGroupIpv4, trailer: new Uint8Array() },
  IPv6: { source: vrrpGroupIpv6, destination: vrrpGroupIpv6, trailer: new Uint8Array() },
};

function messageOf(advert: Advert): Uint8Array {
  if (advert.version === 2) {
    const message = new Uint8Array(vrrp2Length(advert));
    emitVrrp2(message, 0, advert);
    return message;
  }
  const message = new Uint8Array(vrrp3Length(advert));
  const [first] = advert.addresses;
  const carrier = ends[first === undefined ? 'IPv4' : familyOf(first)];
  emitVrrp3(message, 0, { advert, carrier });
  return message;
}
