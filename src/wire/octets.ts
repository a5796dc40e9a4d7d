/** Big-endian integers and hexadecimal text at an offset; what every codec here is made of. */
import { assert } from '../base/assert.ts';

const octetText: readonly string[] = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).padStart(2, '0'),
);

/** The octet at `offset`, which the caller knows to be there. */
export function readUint8(source: Uint8Array, offset: number): number {
  const value = source[offset];
  assert(value !== undefined, 'read past the end of the octets');
  return value;
}

/** Writes `value`, 0 to 255. */
export function writeUint8(target: Uint8Array, offset: number, value: number): void {
  assert(offset < target.length, 'write past the end of the octets');
  assert(Number.isInteger(value) && value >= 0 && value <= 0xff, 'no value of 8 bits');
  target[offset] = value;
}

/** The 16-bit value at `offset` in network byte order. */
export function readUint16(source: Uint8Array, offset: number): number {
  return (readUint8(source, offset) << 8) | readUint8(source, offset + 1);
}

/** Writes `value`, 0 to 65535, in network byte order. */
export function writeUint16(target: Uint8Array, offset: number, value: number): void {
  assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, 'no value of 16 bits');
  writeUint8(target, offset, value >>> 8);
  writeUint8(target, offset + 1, value & 0xff);
}

/** The 32-bit value at `offset` in network byte order, 0 to 2^32 - 1. */
export function readUint32(source: Uint8Array, offset: number): number {
  return readUint16(source, offset) * 0x1_0000 + readUint16(source, offset + 2);
}

/** Writes `value`, 0 to 2^32 - 1, in network byte order. */
export function writeUint32(target: Uint8Array, offset: number, value: number): void {
  assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, 'no value of 32 bits');
  writeUint16(target, offset, Math.floor(value / 0x1_0000));
  writeUint16(target, offset + 2, value % 0x1_0000);
}

/** The 64-bit value at `offset` in network byte order; exact up to Number.MAX_SAFE_INTEGER. */
export function readUint64(source: Uint8Array, offset: number): number {
  return readUint32(source, offset) * 0x1_0000_0000 + readUint32(source, offset + 4);
}

/** Writes `value`, 0 to Number.MAX_SAFE_INTEGER, as 64 bits in network byte order. */
export function writeUint64(target: Uint8Array, offset: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, 'no value of 53 bits');
  writeUint32(target, offset, Math.floor(value / 0x1_0000_0000));
  writeUint32(target, offset + 4, value % 0x1_0000_0000);
}

/** `length` octets as lower-case hexadecimal digits, two an octet. */
export function readHex(source: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text += octetText[readUint8(source, offset + index)] ?? '';
  }
  return text;
}

/** Writes the octets that `digits` spells, two digits each; returns how many. */
export function writeHex(target: Uint8Array, offset: number, digits: string): number {
  assert(digits.length % 2 === 0, 'an octet has two hexadecimal digits');
  const length = digits.length / 2;
  for (let index = 0; index < length; index += 1) {
    writeUint8(target, offset + index, hexOctetAt(digits, 2 * index));
  }
  return length;
}

/** The octet that the two digits at `position` of `text` spell. */
export function hexOctetAt(text: string, position: number): number {
  return (hexDigit(text.charCodeAt(position)) << 4) | hexDigit(text.charCodeAt(position + 1));
}

/** The value of a digit by the character's code, so that none becomes a string of its own. */
export function hexDigit(code: number): number {
  const digit = code - 0x30;
  if (digit >= 0 && digit <= 9) return digit;
  const letter = (code | 0x20) - 0x61;
  assert(letter >= 0 && letter <= 5, 'no hexadecimal digit');
  return letter + 10;
}
