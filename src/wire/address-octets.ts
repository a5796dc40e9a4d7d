/** Addresses as octets at an offset and as canonical text; writing one makes no new string. */
import { assert } from '../base/assert.ts';
import type { Ipv4Address, MacAddress } from '../model/address.ts';
import { hexOctetAt, readHex, readUint8, writeUint8 } from './octets.ts';

export const ipv4Length = 4;
export const macLength = 6;

const dot = 0x2e;
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
