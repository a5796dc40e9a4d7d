/**
 * Writes netlink messages (netlink(7)): a header, a body of the family's own, then
 * attributes, each of its length and type, 2 octets each, its value, and zeros up to
 * a multiple of 4 octets. An attribute of attributes bears a flag with its type.
 */
import { assert } from '../base/assert.ts';
import { attributeHeaderLength, headerLength, littleEndian, messageFlag } from './rtnetlink.ts';

const nestedFlag = 0x8000; // NLA_F_NESTED
const attributeLimit = 0xffff;

export interface WrittenHeader {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
}

/** Grows with what is written into it. */
export class NetlinkWriter {
  #octets = new Uint8Array(1024);
  #view = new DataView(this.#octets.buffer);
  #end = 0;
  #lastStart = 0;

  /** Asks for an answer to the last message, too, if all goes well. */
  acknowledgeLast(): void {
    const flags = this.#view.getUint16(this.#lastStart + 6, littleEndian);
    this.#view.setUint16(this.#lastStart + 6, flags | messageFlag.acknowledge, littleEndian);
  }

  /** All messages so far, one behind the other. */
  finish(): Uint8Array {
    return this.#octets.slice(0, this.#end);
  }

  message(header: WrittenHeader, familyHeader: Uint8Array, attributes: () => void): void {
    const start = this.#take(headerLength);
    this.#lastStart = start;
    this.#view.setUint16(start + 4, header.type, littleEndian);
    this.#view.setUint16(start + 6, header.flags, littleEndian);
    this.#view.setUint32(start + 8, header.sequence, littleEndian);
    this.#append(familyHeader);
    attributes();
    this.#view.setUint32(start, this.#end - start, littleEndian);
  }

  attribute(type: number, value: Uint8Array): void {
    this.#attribute(type, () => {
      this.#append(value);
    });
  }

  nested(type: number, attributes: () => void): void {
    this.#attribute(type | nestedFlag, attributes);
  }

  /** With the NUL that the kernel wants behind it. */
  text(type: number, text: string): void {
    this.attribute(type, new TextEncoder().encode(`${text}\0`));
  }

  /** In the order of the host, as rtnetlink has it. */
  number32(type: number, value: number): void {
    const octets = new Uint8Array(4);
    new DataView(octets.buffer).setUint32(0, value, littleEndian);
    this.attribute(type, octets);
  }

  /** In network order, as nfnetlink has it. */
  networkNumber32(type: number, value: number): void {
    const octets = new Uint8Array(4);
    new DataView(octets.buffer).setInt32(0, value);
    this.attribute(type, octets);
  }

  /** In network order; a whole number. */
  networkNumber64(type: number, value: number): void {
    const octets = new Uint8Array(8);
    new DataView(octets.buffer).setBigUint64(0, BigInt(value));
    this.attribute(type, octets);
  }

  #attribute(type: number, value: () => void): void {
    const start = this.#take(attributeHeaderLength);
    this.#view.setUint16(start + 2, type, littleEndian);
    value();
    const length = this.#end - start;
    assert(length <= attributeLimit, `an attribute of ${length} octets`);
    this.#view.setUint16(start, length, littleEndian);
    this.#take((4 - (length % 4)) % 4);
  }

  #append(value: Uint8Array): void {
    const at = this.#take(value.length);
    this.#octets.set(value, at);
  }

  /** Room for so many octets, zeroed; returns where it begins. */
  #take(length: number): number {
    const at = this.#end;
    this.#end += length;
    if (this.#end > this.#octets.length) {
      const grown = new Uint8Array(Math.max(this.#end, this.#octets.length * 2));
      grown.set(this.#octets.subarray(0, at));
      this.#octets = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
