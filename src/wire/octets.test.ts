import { describe, expect, it } from 'vitest';
import { AssertionError } from '../base/assert.ts';
import {
  hexOctetAt,
  readHex,
  readUint16,
  readUint8,
  writeHex,
  writeUint16,
  writeUint8,
} from './octets.ts';

describe('integers', () => {
  it('are in network byte order', () => {
    const target = new Uint8Array(4).fill(0xa5);
    writeUint16(target, 1, 0x1234);
    expect(target).toEqual(Uint8Array.of(0xa5, 0x12, 0x34, 0xa5));
    expect(readUint16(target, 1)).toBe(0x1234);
  });

  it('refuse what does not fit', () => {
    const target = new Uint8Array(2);
    expect(() => {
      writeUint8(target, 0, 256);
    }).toThrow(AssertionError);
    expect(() => {
      writeUint8(target, 0, 1.5);
    }).toThrow(AssertionError);
    expect(() => {
      writeUint16(target, 0, -1);
    }).toThrow(AssertionError);
  });

  it('are never read or written past the end', () => {
    const octets = new Uint8Array(2);
    expect(() => readUint8(octets, 2)).toThrow(AssertionError);
    expect(() => readUint16(octets, 1)).toThrow(AssertionError);
    expect(() => {
      writeUint16(octets, 1, 0);
    }).toThrow(AssertionError);
  });
});

describe('hexadecimal text', () => {
  it('is two lower-case digits an octet', () => {
    expect(readHex(Uint8Array.of(0xff, 0x00, 0x9f, 0xa0), 1, 3)).toBe('009fa0');
  });

  it('is written in either case', () => {
    const target = new Uint8Array(4).fill(0xa5);
    expect(writeHex(target, 1, '0Af9')).toBe(2);
    expect(target).toEqual(Uint8Array.of(0xa5, 0x0a, 0xf9, 0xa5));
  });

  it.each(['0', '0g', '/0', ':0', '@0', '`0'])('is not %j', (text) => {
    expect(() => writeHex(new Uint8Array(2), 0, text)).toThrow(AssertionError);
  });

  it('is read at any position of a text', () => {
    expect(hexOctetAt('x7f', 1)).toBe(0x7f);
    expect(() => hexOctetAt('7', 0)).toThrow(AssertionError);
  });
});
