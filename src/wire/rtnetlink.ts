/**
 * rtnetlink (rtnetlink(7)), as far as Baton understands it: what the kernel says
 * of links and addresses. What Baton asks of it is in rtnetlink-request.ts.
 *
 * A datagram holds one or more messages, each padded to 4 octets:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                            Length                             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |             Type              |             Flags             |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                        Sequence number                        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |            Port id of the requester; 0: the kernel            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |   struct ifinfomsg, ifaddrmsg or nlmsgerr, then attributes    |
 *
 * An attribute is its length and type, 2 octets each, then its value, padded to
 * 4 octets. All integers are in the host's order, which is little-endian on
 * every machine that Baton runs on; addresses are in network order.
 */
import type { InterfaceName, IpAddress, MacAddress } from '../model/address.ts';
import { ipv4FromNumber, ipv6FromGroups } from '../model/address.ts';

/** What is common to all messages. */
export interface MessageHeader {
  /** The sequence number of the request that this answers; any number in a notification. */
  readonly sequence: number;
  /** The port id of the socket that asked for the change; 0 where the kernel acted on its own. */
  readonly portId: number;
  /** The list changed while it was read (NLM_F_DUMP_INTR), so it may be inconsistent. */
  readonly interrupted: boolean;
}

/** RTM_NEWLINK and RTM_DELLINK: an interface is there, or is gone. */
export interface LinkMessage extends MessageHeader {
  readonly type: 'new-link' | 'deleted-link';
  readonly index: number;
  readonly name: InterfaceName;
  /** Administratively up, operational and with carrier. */
  readonly up: boolean;
  /** Whether it can carry multicast (IFF_MULTICAST). */
  readonly multicast: boolean;
  /** Null where the message does not say, or the address is not one of 6 octets. */
  readonly macAddress: MacAddress | null;
}

/** RTM_NEWADDR and RTM_DELADDR: an address is on an interface, or has left it. */
export interface AddressMessage extends MessageHeader {
  readonly type: 'new-address' | 'deleted-address';
  readonly index: number;
  readonly address: IpAddress;
  /** Of the peer's address, where there is one. */
  readonly prefixLength: number;
  /** The other end of a point-to-point link; null: none. */
  readonly peer: IpAddress | null;
  /** IPv4: IFA_F_SECONDARY. IPv6: IFA_F_TEMPORARY, which is the same bit. */
  readonly secondary: boolean;
  /** IPv6: not yet known to be the only one on the link, or known not to be. */
  readonly tentative: boolean;
  /** IPv6: another host on the link has it (IFA_F_DADFAILED). */
  readonly duplicate: boolean;
  /** Who put it there (IFA_PROTO), `addressOrigin` for Baton; null where that is not known. */
  readonly origin: number | null;
  /** Null: it is there for good, or the message does not say. */
  readonly lifetime: AddressLifetime | null;
}

/** struct ifa_cacheinfo, with what else a renewal has to repeat. */
export interface AddressLifetime {
  /** What is left of both, in whole seconds. */
  readonly validSeconds: number;
  readonly preferredSeconds: number;
  /** When it was last renewed, in centiseconds of the kernel's ticks since it began to count. */
  readonly renewedCentiseconds: number;
  /** IFA_F_* */
  readonly flags: number;
}

/** NLMSG_ERROR: the outcome of one request. */
export interface Acknowledgement extends MessageHeader {
  readonly type: 'acknowledgement';
  /** The positive errno; 0 when it was done. */
  readonly errorNumber: number;
  /** The kernel's words for what is wrong (NETLINK_EXT_ACK), where it has any. */
  readonly explanation: string | null;
}

/** NLMSG_DONE: the list ends here. */
export interface EndOfList extends MessageHeader {
  readonly type: 'end-of-list';
  /** The positive errno that cut the list short; 0 when it is whole. */
  readonly errorNumber: number;
}

export type RtnetlinkMessage = LinkMessage | AddressMessage | Acknowledgement | EndOfList;

/** IFA_PROTO of an address that Baton put there: VRRP's protocol number, 112, and 74 of ours. */
export const addressOrigin = 186;

export const littleEndian = true;
export const headerLength = 16;
export const linkHeaderLength = 16;
export const addressHeaderLength = 8;
export const attributeHeaderLength = 4;

export const messageType = {
  acknowledgement: 2, // NLMSG_ERROR
  endOfList: 3, // NLMSG_DONE
  newLink: 16, // RTM_NEWLINK
  deletedLink: 17, // RTM_DELLINK
  listLinks: 18, // RTM_GETLINK
  newAddress: 20, // RTM_NEWADDR
  deletedAddress: 21, // RTM_DELADDR
  listAddresses: 22, // RTM_GETADDR
} as const;

export const messageFlag = {
  request: 0x001, // NLM_F_REQUEST
  acknowledge: 0x004, // NLM_F_ACK
  listInterrupted: 0x010, // NLM_F_DUMP_INTR
  replace: 0x100, // NLM_F_REPLACE
  exclusive: 0x200, // NLM_F_EXCL
  create: 0x400, // NLM_F_CREATE
  append: 0x800, // NLM_F_APPEND
  list: 0x300, // NLM_F_DUMP
  requestCapped: 0x100, // NLM_F_CAPPED
  explained: 0x200, // NLM_F_ACK_TLVS
} as const;

const linkAttribute = { macAddress: 1, name: 3 } as const; // IFLA_ADDRESS, IFLA_IFNAME
const errorAttribute = { explanation: 1 } as const; // NLMSGERR_ATTR_MSG
export const addressAttribute = {
  address: 1, // IFA_ADDRESS: the prefix that the address lies in
  local: 2, // IFA_LOCAL: the address itself
  label: 3, // IFA_LABEL
  broadcast: 4, // IFA_BROADCAST
  lifetime: 6, // IFA_CACHEINFO
  flags: 8, // IFA_FLAGS
  origin: 11, // IFA_PROTO; a kernel before 5.18 ignores it
} as const;

export const family = { unspecified: 0, ipv4: 2, ipv6: 10 } as const;
/** IFF_UP, IFF_RUNNING and IFF_LOWER_UP: the last tells of a lost carrier first. */
const upFlags = 0x1 | 0x40 | 0x1_0000;
const multicastFlag = 0x1000; // IFF_MULTICAST
const secondaryFlag = 0x01; // IFA_F_SECONDARY
const duplicateFlag = 0x08; // IFA_F_DADFAILED
const tentativeFlags = 0x40 | duplicateFlag; // and IFA_F_TENTATIVE

/** INFINITY_LIFE_TIME */
export const forever = 0xffff_ffff;

const utf8 = new TextDecoder();

/**
 * The messages of one datagram from the kernel. Total on any octets: it ends at
 * the first message that does not fit, and leaves out what Baton has no use for.
 */
export function parseRtnetlink(datagram: Uint8Array): readonly RtnetlinkMessage[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const messages: RtnetlinkMessage[] = [];
  let start = 0;
  while (start + headerLength <= view.byteLength) {
    const length = view.getUint32(start, littleEndian);
    if (length < headerLength || start + length > view.byteLength) break;
    const message = parseMessage(view, start, start + length);
    if (message !== null) messages.push(message);
    start += align(length);
  }
  return messages;
}

function parseMessage(view: DataView, start: number, end: number): RtnetlinkMessage | null {
  const flags = view.getUint16(start + 6, littleEndian);
  const header: MessageHeader = {
    sequence: view.getUint32(start + 8, littleEndian),
    portId: view.getUint32(start + 12, littleEndian),
    interrupted: (flags & messageFlag.listInterrupted) !== 0,
  };
  const body = start + headerLength;
  switch (view.getUint16(start + 4, littleEndian)) {
    case messageType.newLink:
      return parseLink({ ...header, type: 'new-link' }, view, body, end);
    case messageType.deletedLink:
      return parseLink({ ...header, type: 'deleted-link' }, view, body, end);
    case messageType.newAddress:
      return parseAddress({ ...header, type: 'new-address' }, view, body, end);
    case messageType.deletedAddress:
      return parseAddress({ ...header, type: 'deleted-address' }, view, body, end);
    case messageType.acknowledgement:
      return parseAcknowledgement(header, flags, view, body, end);
    case messageType.endOfList:
      return { ...header, type: 'end-of-list', errorNumber: errorNumberAt(view, body, end) };
    default:
      return null;
  }
}

function parseLink(
  header: MessageHeader & Pick<LinkMessage, 'type'>,
  view: DataView,
  body: number,
  end: number,
): LinkMessage | null {
  if (body + linkHeaderLength > end) return null;
  // A bridge's family tells of its ports: there, "deleted" means no longer a port.
  if (view.getUint8(body) !== family.unspecified) return null;
  const attributes = body + linkHeaderLength;
  const name = findAttribute(view, attributes, end, linkAttribute.name);
  if (name === null) return null;
  const macAddress = findAttribute(view, attributes, end, linkAttribute.macAddress);
  const flags = view.getUint32(body + 8, littleEndian);
  return {
    ...header,
    index: view.getUint32(body + 4, littleEndian),
    name: textOf(name) as InterfaceName,
    up: (flags & upFlags) === upFlags,
    multicast: (flags & multicastFlag) !== 0,
    macAddress: macAddress?.byteLength === 6 ? macAddressOf(macAddress) : null,
  };
}

function parseAddress(
  header: MessageHeader & Pick<AddressMessage, 'type'>,
  view: DataView,
  body: number,
  end: number,
): AddressMessage | null {
  if (body + addressHeaderLength > end) return null;
  const attributes = body + addressHeaderLength;
  // Without a peer, an IPv6 address comes as IFA_ADDRESS alone.
  const prefix = findAttribute(view, attributes, end, addressAttribute.address);
  const local = findAttribute(view, attributes, end, addressAttribute.local) ?? prefix;
  const address = local === null ? null : addressOf(view.getUint8(body), local);
  if (address === null) return null;
  const other = prefix === null ? null : addressOf(view.getUint8(body), prefix);
  const origin = findAttribute(view, attributes, end, addressAttribute.origin);
  const wideFlags = findAttribute(view, attributes, end, addressAttribute.flags);
  const flags =
    wideFlags?.byteLength === 4 ? wideFlags.getUint32(0, littleEndian) : view.getUint8(body + 2);
  return {
    ...header,
    index: view.getUint32(body + 4, littleEndian),
    address,
    prefixLength: view.getUint8(body + 1),
    peer: other === address ? null : other,
    secondary: (flags & secondaryFlag) !== 0,
    tentative: (flags & tentativeFlags) !== 0,
    duplicate: (flags & duplicateFlag) !== 0,
    origin: origin?.byteLength === 1 ? origin.getUint8(0) : null,
    lifetime: lifetimeIn(findAttribute(view, attributes, end, addressAttribute.lifetime), flags),
  };
}

function lifetimeIn(value: DataView | null, flags: number): AddressLifetime | null {
  if (value === null || value.byteLength < 16) return null;
  const validSeconds = value.getUint32(4, littleEndian);
  if (validSeconds === forever) return null;
  return {
    preferredSeconds: value.getUint32(0, littleEndian),
    validSeconds,
    renewedCentiseconds: value.getUint32(12, littleEndian),
    flags,
  };
}

function parseAcknowledgement(
  header: MessageHeader,
  flags: number,
  view: DataView,
  body: number,
  end: number,
): Acknowledgement | null {
  const request = body + 4;
  if (request + headerLength > end) return null;
  let explanation: DataView | null = null;
  if ((flags & messageFlag.explained) !== 0) {
    const capped = (flags & messageFlag.requestCapped) !== 0;
    const length = capped ? headerLength : align(view.getUint32(request, littleEndian));
    explanation = findAttribute(view, request + length, end, errorAttribute.explanation);
  }
  return {
    ...header,
    type: 'acknowledgement',
    errorNumber: errorNumberAt(view, body, end),
    explanation: explanation === null ? null : textOf(explanation),
  };
}

/** The kernel writes errors as negative numbers, and may leave out the one that is 0. */
function errorNumberAt(view: DataView, at: number, end: number): number {
  return at + 4 <= end ? Math.abs(view.getInt32(at, littleEndian)) : 0;
}

/** The value of the first attribute of this type between `start` and `end`. */
export function findAttribute(
  view: DataView,
  start: number,
  end: number,
  type: number,
): DataView | null {
  let at = start;
  while (at + attributeHeaderLength <= end) {
    const length = view.getUint16(at, littleEndian);
    if (length < attributeHeaderLength || at + length > end) return null;
    // The two highest bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
    if ((view.getUint16(at + 2, littleEndian) & 0x3fff) === type) {
      const value = view.byteOffset + at + attributeHeaderLength;
      return new DataView(view.buffer, value, length - attributeHeaderLength);
    }
    at += align(length);
  }
  return null;
}

/** The address in an attribute of a message of this family; null where it is none. */
export function addressOf(addressFamily: number, value: DataView): IpAddress | null {
  if (addressFamily === family.ipv4 && value.byteLength === 4) {
    return ipv4FromNumber(value.getUint32(0));
  }
  if (addressFamily !== family.ipv6 || value.byteLength !== 16) return null;
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(value.getUint16(at));
  return ipv6FromGroups(groups);
}

/** The text of a value that a NUL may end. */
export function textOf(value: DataView): string {
  const octets = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const end = octets.indexOf(0);
  return utf8.decode(end < 0 ? octets : octets.subarray(0, end));
}

function macAddressOf(value: DataView): MacAddress {
  const octets: string[] = [];
  for (let at = 0; at < value.byteLength; at += 1) {
    octets.push(value.getUint8(at).toString(16).padStart(2, '0'));
  }
  return octets.join(':') as MacAddress;
}

/** Messages and attributes begin at multiples of 4 octets. A length may have 32 bits. */
export function align(length: number): number {
  return length + (-length & 3);
}
