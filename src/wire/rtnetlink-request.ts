/**
 * What Baton asks of the kernel by rtnetlink: to list links and addresses, to put
 * addresses on and to take them off. The layout is in rtnetlink.ts.
 */
import { assert } from '../base/assert.ts';
import type { AddressFamily, IpAddress, Ipv4Address } from '../model/address.ts';
import { familyOf, ipv4ToNumber, ipv6ToGroups, isIpv4 } from '../model/address.ts';
import type { AddressFlag } from '../model/config.ts';
import type { AddressLifetime } from './rtnetlink.ts';
import {
  addressAttribute,
  addressHeaderLength,
  addressOrigin,
  align,
  attributeHeaderLength,
  family,
  forever,
  headerLength,
  linkHeaderLength,
  littleEndian,
  messageFlag,
  messageType,
} from './rtnetlink.ts';

/** What tells one address on an interface from another. */
export interface AddressIdentity {
  readonly sequence: number;
  readonly index: number;
  readonly address: IpAddress;
  /** Of the peer's address, where there is one. */
  readonly prefixLength: number;
  /** The other end of a point-to-point link; null: none. */
  readonly peer: IpAddress | null;
}

/** Puts an address on an interface, or renews it: `ip address replace`. */
export interface HoldAddress extends AddressIdentity {
  /** The kernel's scope number: 0 global, 253 link, 254 host. */
  readonly scope: number;
  readonly label: string | null;
  readonly broadcast: Ipv4Address | null;
  readonly flags: readonly AddressFlag[];
  /** IPv6: false takes the address into use at once (IFA_F_NODAD). */
  readonly detectDuplicates: boolean;
  /** The kernel takes the address off after this time, at least 1; null: never. */
  readonly lifetimeSeconds: number | null;
  /** From then on nothing is sent from it unasked; null: as long as it is there. */
  readonly preferredSeconds: number | null;
}

/** The longest request that is ever emitted, in octets. */
export const requestLimit = 128;

/** The kernel takes 15 octets and refuses more; so more is sent to it, but not without limit. */
const labelLimit = 16;

const familyNumber: Readonly<Record<AddressFamily, number>> = {
  IPv4: family.ipv4,
  IPv6: family.ipv6,
};

const addressFlag: Readonly<Record<AddressFlag, number>> = {
  home: 0x10, // IFA_F_HOMEADDRESS
  mngtmpaddr: 0x100, // IFA_F_MANAGETEMPADDR
  noprefixroute: 0x200, // IFA_F_NOPREFIXROUTE
  autojoin: 0x400, // IFA_F_MCAUTOJOIN
};
const noDuplicateDetection = 0x02; // IFA_F_NODAD
/** All of these; the others are the kernel's own to say. */
const settableFlags = 0x710 | noDuplicateDetection;

/** Writes RTM_NEWADDR at `start`, where `requestLimit` octets must be free; returns its length. */
export function emitHoldAddress(view: DataView, start: number, request: HoldAddress): number {
  const type = messageType.newAddress;
  const flags = messageFlag.request | messageFlag.acknowledge;
  const emitter = new RequestEmitter(view, start, request.sequence);
  emitter.header(type, flags | messageFlag.create | messageFlag.replace);
  emitter.addressHeader(request, request.scope);
  if (request.broadcast !== null) {
    emitter.ipAttribute(addressAttribute.broadcast, request.broadcast);
  }
  if (request.label !== null) emitter.textAttribute(addressAttribute.label, request.label);
  // struct ifa_cacheinfo: preferred and valid lifetime, then two times that the kernel fills in.
  const lifetime = emitter.attribute(addressAttribute.lifetime, 16);
  const valid = request.lifetimeSeconds ?? forever;
  view.setUint32(lifetime, Math.min(request.preferredSeconds ?? forever, valid), littleEndian);
  view.setUint32(lifetime + 4, valid, littleEndian);
  const flagBits = flagBitsOf(request);
  if (flagBits !== 0) {
    view.setUint32(emitter.attribute(addressAttribute.flags, 4), flagBits, littleEndian);
  }
  view.setUint8(emitter.attribute(addressAttribute.origin, 1), addressOrigin);
  return emitter.finish();
}

/** Begins what is left of a lifetime anew, and changes nothing else of an address that is there. */
export function emitRenewAddress(
  view: DataView,
  start: number,
  request: AddressIdentity & { readonly lifetime: AddressLifetime },
): number {
  const { lifetime } = request;
  const emitter = new RequestEmitter(view, start, request.sequence);
  const flags = messageFlag.request | messageFlag.acknowledge | messageFlag.replace;
  emitter.header(messageType.newAddress, flags);
  emitter.addressHeader(request, 0);
  const at = emitter.attribute(addressAttribute.lifetime, 16);
  const valid = Math.max(1, lifetime.validSeconds);
  view.setUint32(at, Math.min(lifetime.preferredSeconds, valid), littleEndian);
  view.setUint32(at + 4, valid, littleEndian);
  const flagsAt = emitter.attribute(addressAttribute.flags, 4);
  view.setUint32(flagsAt, lifetime.flags & settableFlags, littleEndian);
  view.setUint8(emitter.attribute(addressAttribute.origin, 1), addressOrigin);
  return emitter.finish();
}

/** Writes RTM_DELADDR at `start`, where `requestLimit` octets must be free; returns its length. */
export function emitReleaseAddress(
  view: DataView,
  start: number,
  request: AddressIdentity,
): number {
  const emitter = new RequestEmitter(view, start, request.sequence);
  emitter.header(messageType.deletedAddress, messageFlag.request | messageFlag.acknowledge);
  emitter.addressHeader(request, 0);
  return emitter.finish();
}

function flagBitsOf(request: HoldAddress): number {
  let bits = 0;
  for (const flag of request.flags) bits |= addressFlag[flag];
  const ipv6 = familyOf(request.address) === 'IPv6';
  return ipv6 && !request.detectDuplicates ? bits | noDuplicateDetection : bits;
}

/** Writes a request to list all links or all addresses of both families at `start`; returns its length. */
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
  emitter.zeros(links ? linkHeaderLength : addressHeaderLength);
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

  /** struct ifaddrmsg, and the address with its peer's or, without one, itself again. */
  addressHeader(identity: AddressIdentity, scope: number): void {
    const { address, prefixLength, index, peer } = identity;
    const at = this.zeros(addressHeaderLength);
    this.#view.setUint8(at, familyNumber[familyOf(address)]);
    this.#view.setUint8(at + 1, prefixLength);
    this.#view.setUint8(at + 3, scope);
    this.#view.setUint32(at + 4, index, littleEndian);
    this.ipAttribute(addressAttribute.local, address);
    this.ipAttribute(addressAttribute.address, peer ?? address);
  }

  ipAttribute(type: number, address: IpAddress): void {
    if (isIpv4(address)) {
      this.#view.setUint32(this.attribute(type, 4), ipv4ToNumber(address));
      return;
    }
    const at = this.attribute(type, 16);
    for (const [place, group] of ipv6ToGroups(address).entries()) {
      this.#view.setUint16(at + 2 * place, group);
    }
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
