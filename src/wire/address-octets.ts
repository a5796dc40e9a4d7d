/** Addresses as octets at an offset and as canonical text; writing one makes no new string. */
import { assert } from '../base/assert.ts';
import {
  ipv6FromGroups,
  isIpv6,
  type AddressFamily,
  type IpAddress,
  type Ipv4Address,
  type Ipv6Address,
  type MacAddress,
} from '../model/address.ts';
import {
  hexDigit,
  hexOctetAt,
  readHex,
  readUint16,
  readUint8,
  writeUint16,
  writeUint8,
} from './octets.ts';

export const ipv4Length = 4;
export const ipv6Length = 16;
export const macLength = 6;

const dot = 0x2e;
const colon = 0x3a;
const zero = 0x30;
const nine = 0x39;

/** The IPv4 address in the 4 octets at `offset`. */
export function readIpv4(source: Uint8Array, offset: number): Ipv4Address {
  const first = readUint8(source, offset);
  const second = readUint8(source, offset + 1);
  const third = readUint8(source, offset + 2);
  const fourth = readUint8(source, offset + 3);
  return `${String(first)}.${String(second)}.${String(third)}.${String(fourth)}` as Ipv4Address;
}

/** Writes the 4 octets of `address`; returns 4. */
export function writeIpv4(target: Uint8Array, offset: number, address: Ipv4Address): number {
  let position = offset;
  let value = 0;
  for (let index = 0; index < address.length; index += 1) {
    const code = address.charCodeAt(index);
    if (code === dot) {
      writeUint8(target, position, value);
      position += 1;
      value = 0;
    } else {
      assert(code >= zero && code <= nine, 'no decimal digit');
      value = value * 10 + (code - zero);
    }
  }
  writeUint8(target, position, value);
  assert(position - offset === ipv4Length - 1, 'an IPv4 address has four parts');
  return ipv4Length;
}

/** The IPv6 address in the 16 octets at `offset`. */
export function readIpv6(source: Uint8Array, offset: number): Ipv6Address {
  const groups: number[] = [];
  for (let place = 0; place < ipv6Length; place += 2) {
    groups.push(readUint16(source, offset + place));
  }
  return ipv6FromGroups(groups);
}

/** Writes the 16 octets of `address`; returns 16. */
export function writeIpv6(target: Uint8Array, offset: number, address: Ipv6Address): number {
  const end = offset + ipv6Length;
  let position = offset;
  let gap: number | null = null;
  let group = 0;
  let digits = 0;
  for (let index = 0; index <= address.length; index += 1) {
    const code = index < address.length ? address.charCodeAt(index) : colon;
    if (code !== colon) {
      group = (group << 4) | hexDigit(code);
      digits += 1;
    } else if (digits > 0) {
      assert(position < end, 'an IPv6 address has eight groups');
      writeUint16(target, position, group);
      position += 2;
      group = 0;
      digits = 0;
    } else if (index < address.length) gap = position;
  }
  assert(gap === null ? position === end : position < end, 'an IPv6 address has eight groups');
  if (gap === null) return ipv6Length;
  const tail = end - (position - gap);
  target.copyWithin(tail, gap, position);
  target.fill(0, gap, tail);
  return ipv6Length;
}

/** Octets of an address of the family. */
export function ipLength(family: AddressFamily): number {
  return family === 'IPv6' ? ipv6Length : ipv4Length;
}

export function readIp(source: Uint8Array, offset: number, family: AddressFamily): IpAddress {
  return family === 'IPv6' ? readIpv6(source, offset) : readIpv4(source, offset);
}

/** Writes the 4 or 16 octets of `address`; returns how many. */
export function writeIp(target: Uint8Array, offset: number, address: IpAddress): number {
  return isIpv6(address) ? writeIpv6(target, offset, address) : writeIpv4(target, offset, address);
}

/** The hardware address in the 6 octets at `offset`. */
export function readMac(source: Uint8Array, offset: number): MacAddress {
  let text = readHex(source, offset, 1);
  for (let index = 1; index < macLength; index += 1) {
    text += `:${readHex(source, offset + index, 1)}`;
  }
  return text as MacAddress;
}

/** Writes the 6 octets of `address`; returns 6. */
export function writeMac(target: Uint8Array, offset: number, address: MacAddress): number {
  assert(address.length === 3 * macLength - 1, 'a hardware address has six parts');
  for (let index = 0; index < macLength; index += 1) {
    writeUint8(target, offset + index, hexOctetAt(address, 3 * index));
  }
  return macLength;
}
