/**
 * What Baton asks of the kernel by rtnetlink: to list links and IPv4 addresses,
 * to put addresses on and to take them off. The layout is in rtnetlink.ts.
 */
import { assert } from '../base/assert.ts';
import type { Ipv4Address } from '../model/address.ts';
import { ipv4ToNumber } from '../model/address.ts';
import {
  addressAttribute,
  addressHeaderLength,
  addressOrigin,
  align,
  attributeHeaderLength,
  family,
  headerLength,
  linkHeaderLength,
  littleEndian,
  messageFlag,
  messageType,
} from './rtnetlink.ts';

/** Puts an address on an interface, or renews it: `ip address replace`. */
export interface HoldAddress {
  readonly sequence: number;
  readonly index: number;
  readonly address: Ipv4Address;
  readonly prefixLength: number;
  /** The kernel's scope number: 0 global, 253 link, 254 host. */
  readonly scope: number;
  readonly label: string | null;
  readonly broadcast: Ipv4Address | null;
  /** The kernel takes the address off after this time; at least 1. */
  readonly lifetimeSeconds: number;
}

/** Takes an address off an interface: `ip address delete`. */
export interface ReleaseAddress {
  readonly sequence: number;
  readonly index: number;
  readonly address: Ipv4Address;
  readonly prefixLength: number;
}

/** The longest request that is ever emitted, in octets. */
export const requestLimit = 128;

/** The kernel takes 15 octets and refuses more; so more is sent to it, but not without limit. */
const labelLimit = 16;

/** Writes RTM_NEWADDR at `start`, where `requestLimit` octets must be free; returns its length. */
export function emitHoldAddress(view: DataView, start: number, request: HoldAddress): number {
  const type = messageType.newAddress;
  const flags = messageFlag.request | messageFlag.acknowledge;
  const emitter = new RequestEmitter(view, start, request.sequence);
  emitter.header(type, flags | messageFlag.create | messageFlag.replace);
  emitter.addressHeader(request.prefixLength, request.scope, request.index);
  emitter.ipv4Attribute(addressAttribute.local, request.address);
  emitter.ipv4Attribute(addressAttribute.address, request.address);
  if (request.broadcast !== null) {
    emitter.ipv4Attribute(addressAttribute.broadcast, request.broadcast);
  }
  if (request.label !== null) emitter.textAttribute(addressAttribute.label, request.label);
  // struct ifa_cacheinfo: preferred and valid lifetime, then two times that the kernel fills in.
  const lifetime = emitter.attribute(addressAttribute.lifetime, 16);
  view.setUint32(lifetime, request.lifetimeSeconds, littleEndian);
  view.setUint32(lifetime + 4, request.lifetimeSeconds, littleEndian);
  view.setUint8(emitter.attribute(addressAttribute.origin, 1), addressOrigin);
  return emitter.finish();
}

/** Writes RTM_DELADDR at `start`, where `requestLimit` octets must be free; returns its length. */
export function emitReleaseAddress(view: DataView, start: number, request: ReleaseAddress): number {
  const emitter = new RequestEmitter(view, start, request.sequence);
  emitter.header(messageType.deletedAddress, messageFlag.request | messageFlag.acknowledge);
  emitter.addressHeader(request.prefixLength, 0, request.index);
  emitter.ipv4Attribute(addressAttribute.local, request.address);
  emitter.ipv4Attribute(addressAttribute.address, request.address);
  return emitter.finish();
}

/** Writes a request to list all links or all IPv4 addresses at `start`; returns its length. */
export function emitList(
  view: DataView,
  start: number,
  request: { readonly sequence: number; readonly what: 'links' | 'addresses' },
): number {
  const links = request.what === 'links';
  const emitter = new RequestEmitter(view, start, request.sequence);
  emitter.header(
    links ? messageType.listLinks : messageType.listAddresses,
    messageFlag.request | messageFlag.list,
  );
  if (links) emitter.zeros(linkHeaderLength);
  else emitter.addressHeader(0, 0, 0);
  return emitter.finish();
}

/** Writes one request from front to back; every octet of it, whatever was there before. */
class RequestEmitter {
  readonly #view: DataView;
  readonly #start: number;
  readonly #sequence: number;
  #end: number;

  constructor(view: DataView, start: number, sequence: number) {
    this.#view = view;
    this.#start = start;
    this.#sequence = sequence;
    this.#end = start;
  }

  /** nlmsghdr; its length is filled in by `finish`. */
  header(type: number, flags: number): void {
    const at = this.zeros(headerLength);
    this.#view.setUint16(at + 4, type, littleEndian);
    this.#view.setUint16(at + 6, flags, littleEndian);
    this.#view.setUint32(at + 8, this.#sequence, littleEndian);
  }

  /** struct ifaddrmsg */
  addressHeader(prefixLength: number, scope: number, index: number): void {
    const at = this.zeros(addressHeaderLength);
    this.#view.setUint8(at, family.ipv4);
    this.#view.setUint8(at + 1, prefixLength);
    this.#view.setUint8(at + 3, scope);
    this.#view.setUint32(at + 4, index, littleEndian);
  }

  ipv4Attribute(type: number, address: Ipv4Address): void {
    this.#view.setUint32(this.attribute(type, 4), ipv4ToNumber(address));
  }

  textAttribute(type: number, text: string): void {
    const octets = new TextEncoder().encode(text).subarray(0, labelLimit);
    const at = this.attribute(type, octets.length + 1);
    octets.forEach((octet, index) => {
      this.#view.setUint8(at + index, octet);
    });
  }

  /** Makes room for a zeroed value of `length` octets and returns where it begins. */
  attribute(type: number, length: number): number {
    const at = this.zeros(attributeHeaderLength + align(length));
    this.#view.setUint16(at, attributeHeaderLength + length, littleEndian);
    this.#view.setUint16(at + 2, type, littleEndian);
    return at + attributeHeaderLength;
  }

  /** Appends `length` zero octets and returns where they begin. */
  zeros(length: number): number {
    const at = this.#end;
    this.#end += length;
    for (let octet = at; octet < this.#end; octet += 4) this.#view.setUint32(octet, 0);
    return at;
  }

  /** Fills in the message's length and returns it. */
  finish(): number {
    const length = this.#end - this.#start;
    assert(length <= requestLimit, `a request of ${length} octets`);
    this.#view.setUint32(this.#start, length, littleEndian);
    return length;
  }
}
