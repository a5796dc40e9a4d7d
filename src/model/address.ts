/**
 * Addresses as canonical text: equal addresses are equal strings, and a trace
 * of events can be read. The wire codecs turn them into octets.
 */
declare const form: unique symbol;

/** Dotted quad without leading zeros: "192.0.2.5". */
export type Ipv4Address = string & { readonly [form]: 'ipv4' };

/** Six lower-case hexadecimal octets: "00:00:5e:00:01:33". */
export type MacAddress = string & { readonly [form]: 'mac' };

/** The name of a network interface, at most 15 octets: "eth0". */
export type InterfaceName = string & { readonly [form]: 'interface' };

/** The IPv4 multicast group of VRRP (RFC 3768 section 5.2.2). */
export const vrrpGroupIpv4 = '224.0.0.18' as Ipv4Address;

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const dottedQuad = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** The address that `text` spells in its one canonical form, or null. */
export function parseIpv4(text: string): Ipv4Address | null {
  return dottedQuad.test(text) ? (text as Ipv4Address) : null;
}

/** The 32-bit value of an address, to compare as RFC 3768 section 6.4.3 does. */
export function ipv4ToNumber(address: Ipv4Address): number {
  let value = 0;
  for (const part of address.split('.')) value = value * 256 + Number(part);
  return value;
}

export function ipv4FromNumber(value: number): Ipv4Address {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join(
    '.',
  ) as Ipv4Address;
}
