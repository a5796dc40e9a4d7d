/**
 * Addresses as canonical text: equal addresses are equal strings, and a trace
 * of events can be read. The wire codecs turn them into octets.
 */
declare const form: unique symbol;

export type AddressFamily = 'IPv4' | 'IPv6';

/** Dotted quad without leading zeros: "192.0.2.5". */
export type Ipv4Address = string & { readonly [form]: 'ipv4' };

/** As RFC 5952 writes it: "2001:db8::5". */
export type Ipv6Address = string & { readonly [form]: 'ipv6' };

export type IpAddress = Ipv4Address | Ipv6Address;

/** Six lower-case hexadecimal octets: "00:00:5e:00:01:33". */
export type MacAddress = string & { readonly [form]: 'mac' };

/** The name of a network interface, at most 15 octets: "eth0". */
export type InterfaceName = string & { readonly [form]: 'interface' };

/** The IPv4 multicast group of VRRP (RFC 3768 section 5.2.2). */
export const vrrpGroupIpv4 = '224.0.0.18' as Ipv4Address;

/** The IPv6 multicast group of VRRP (RFC 9568 section 5.1.2.2). */
export const vrrpGroupIpv6 = 'ff02::12' as Ipv6Address;

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

const ipv6Groups = 8;

/** The address that `text` spells (RFC 4291 section 2.2), in canonical form, or null. */
function parseIpv6(text: string): Ipv6Address | null {
  const groups = groupsOf(text);
  return groups === null ? null : ipv6FromGroups(groups);
}

/** The eight 16-bit groups of an address, first one first. */
export function ipv6ToGroups(address: Ipv6Address): readonly number[] {
  return groupsOf(address) ?? [];
}

/** The address of eight 16-bit groups, as RFC 5952 section 4 writes it. */
export function ipv6FromGroups(groups: readonly number[]): Ipv6Address {
  const { start, length } = longestZeroRun(groups);
  const hex = (list: readonly number[]): string =>
    list.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups) as Ipv6Address;
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}` as Ipv6Address;
}

export function parseIp(text: string): IpAddress | null {
  return parseIpv4(text) ?? parseIpv6(text);
}

export function isIpv6(address: IpAddress): address is Ipv6Address {
  return address.includes(':');
}

export function isIpv4(address: IpAddress): address is Ipv4Address {
  return !isIpv6(address);
}

export function familyOf(address: IpAddress): AddressFamily {
  return isIpv6(address) ? 'IPv6' : 'IPv4';
}

/** Whether the address is of fe80::/10 (RFC 4291 section 2.5.6). */
export function isLinkLocal(address: IpAddress): boolean {
  return /^fe[89ab][0-9a-f]:/.test(address);
}

/** Whether the address is of 224.0.0.0/4 or ff00::/8 (RFC 4291 section 2.7); ff::1 is not. */
export function isMulticast(address: IpAddress): boolean {
  return isIpv6(address) ? /^ff[0-9a-f]{2}:/.test(address) : /^2(?:2[4-9]|3\d)\./.test(address);
}

/** Unsigned, in network byte order (RFC 9568 section 6.4.3); below 0: `left` is the lower one. */
export function compareAddresses(left: IpAddress, right: IpAddress): number {
  if (isIpv4(left) && isIpv4(right)) return ipv4ToNumber(left) - ipv4ToNumber(right);
  if (isIpv4(left)) return -1;
  if (isIpv4(right)) return 1;
  const others = ipv6ToGroups(right);
  for (const [index, group] of ipv6ToGroups(left).entries()) {
    const difference = group - (others[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function groupsOf(text: string): readonly number[] | null {
  const [head = '', tail, ...more] = withoutDottedQuad(text).split('::');
  if (more.length > 0) return null;
  const first = groupList(head);
  const last = tail === undefined ? [] : groupList(tail);
  if (first === null || last === null) return null;
  const missing = ipv6Groups - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...first, ...Array<number>(missing).fill(0), ...last];
}

/** The groups that a text without "::" lists; null where one of them is none. */
function groupList(text: string): readonly number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return null;
  return parts.map((part) => parseInt(part, 16));
}

/** The last 32 bits may be written as an IPv4 address: "::ffff:192.0.2.1". */
function withoutDottedQuad(text: string): string {
  const place = text.lastIndexOf(':') + 1;
  const quad = place === 0 ? null : parseIpv4(text.slice(place));
  if (quad === null) return text;
  const value = ipv4ToNumber(quad);
  return `${text.slice(0, place)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

/** The first of the longest runs of zero groups. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: index - length + 1, length };
  }
  return longest;
}
