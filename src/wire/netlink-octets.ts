/**
 * Netlink messages put together from values: an attribute is its length and type, 2
 * octets each, then its value, padded to 4 octets. Integers are in the host's order
 * (little-endian) but for those that a protocol wants in network order.
 */
import { ipv4ToNumber, ipv6ToGroups, isIpv4, type IpAddress } from '../model/address.ts';
import {
  align,
  attributeHeaderLength,
  headerLength,
  littleEndian,
  messageFlag,
} from './rtnetlink.ts';

export function uint8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function uint16(value: number): Uint8Array {
  return written(2, (view) => {
    view.setUint16(0, value, littleEndian);
  });
}

export function uint32(value: number): Uint8Array {
  return written(4, (view) => {
    view.setUint32(0, value, littleEndian);
  });
}

/** In network order. */
export function networkUint16(value: number): Uint8Array {
  return written(2, (view) => {
    view.setUint16(0, value);
  });
}

/** In network order; exact up to 2^53. */
export function networkUint64(value: number): Uint8Array {
  return written(8, (view) => {
    view.setBigUint64(0, BigInt(value));
  });
}

/** In network order: 4 or 16 octets. */
export function ipOctets(address: IpAddress): Uint8Array {
  if (!isIpv4(address)) return concatenated(ipv6ToGroups(address).map(networkUint16));
  return written(4, (view) => {
    view.setUint32(0, ipv4ToNumber(address));
  });
}

/** The text in UTF-8 and the NUL that ends it. */
export function textOctets(text: string): Uint8Array {
  return concatenated([new TextEncoder().encode(text), uint8(0)]);
}

/** An attribute with this value; one of several values holds them one after the other. */
export function attribute(type: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = concatenated(values);
  const length = attributeHeaderLength + value.length;
  const whole = new Uint8Array(align(length));
  whole.set(uint16(length));
  whole.set(uint16(type), 2);
  whole.set(value, attributeHeaderLength);
  return whole;
}

/** A request with this header of its own and these attributes. */
export function requestMessage(options: {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: readonly Uint8Array[];
}): Uint8Array {
  const body = concatenated(options.body);
  return concatenated([
    uint32(headerLength + body.length),
    uint16(options.type),
    uint16(messageFlag.request | options.flags),
    uint32(options.sequence),
    uint32(0),
    body,
  ]);
}

export function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.length;
  }
  return whole;
}

function written(length: number, write: (view: DataView) => void): Uint8Array {
  const octets = new Uint8Array(length);
  write(new DataView(octets.buffer));
  return octets;
}
