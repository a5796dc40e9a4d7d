/**
 * Making links of links by rtnetlink: macvlan and ipvlan, and what the kernel tells
 * of a link that is there (`ip -details link`). The layout is in rtnetlink.ts.
 */
import type { InterfaceName, MacAddress } from '../model/address.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import { NetlinkWriter } from './netlink-writer.ts';
import {
  align,
  attributeHeaderLength,
  headerLength,
  linkHeaderLength,
  littleEndian,
  messageFlag,
  messageType,
} from './rtnetlink.ts';

/** What tells one link from another, as far as Baton makes them. */
export interface LinkProperties {
  readonly index: number;
  readonly name: InterfaceName;
  /** "macvlan", "ipvlan", "veth"; null: the kernel has no kind for it. */
  readonly kind: string | null;
  /** The index of the link below; null: none. */
  readonly base: number | null;
  readonly macAddress: MacAddress | null;
  /** `mode` of a macvlan or ipvlan, as the kernel numbers them. */
  readonly mode: number | null;
  /** Of an ipvlan. */
  readonly modeFlags: number | null;
  readonly group: number;
  /** Whether Baton has made it: it bears its alias. */
  readonly own: boolean;
}

const setLink = 19; // RTM_SETLINK
const exclusive = 0x200; // NLM_F_EXCL
const upFlag = 0x1; // IFF_UP
const attribute = {
  address: 1, // IFLA_ADDRESS
  name: 3, // IFLA_IFNAME
  base: 5, // IFLA_LINK
  alias: 20, // IFLA_IFALIAS
  information: 18, // IFLA_LINKINFO
  perFamily: 26, // IFLA_AF_SPEC
  group: 27, // IFLA_GROUP
} as const;
/** `ip link` shows it, and it stays with the link whatever becomes of the process. */
const ownAlias = 'made by baton';

const information = { kind: 1, data: 2 } as const; // IFLA_INFO_KIND, IFLA_INFO_DATA
const kindData = { mode: 1, flags: 2 } as const; // IFLA_MACVLAN_MODE; IFLA_IPVLAN_MODE, _FLAGS
const ipv6Family = 10; // AF_INET6
const addressGeneration = { type: 8, none: 1 } as const; // IFLA_INET6_ADDR_GEN_MODE

export const macvlanPrivate = 1; // MACVLAN_MODE_PRIVATE
export const ipvlanL2 = 0; // IPVLAN_MODE_L2
export const ipvlanFlags = { bridge: 0, private: 1, vepa: 2 } as const;

const acknowledged = messageFlag.request | messageFlag.acknowledge;

/** `ip link add NAME link BASE type macvlan mode private`; it is down. EEXIST: there is one. */
export function emitNewVirtualLink(
  sequence: number,
  virtual: VirtualInterface,
  baseIndex: number,
): Uint8Array {
  const flags = acknowledged | messageFlag.create | exclusive;
  const { kind } = virtual;
  return message({ type: messageType.newLink, flags, sequence }, {}, (writer) => {
    writer.text(attribute.name, virtual.name);
    writer.number32(attribute.base, baseIndex);
    writer.number32(attribute.group, virtual.group);
    if (kind.type === 'macvlan') writer.attribute(attribute.address, macOctets(kind.macAddress));
    writer.nested(attribute.information, () => {
      writer.text(information.kind, kind.type);
      writer.nested(information.data, () => {
        if (kind.type === 'macvlan') writer.number32(kindData.mode, macvlanPrivate);
        else {
          writer.attribute(kindData.mode, number16(ipvlanL2));
          writer.attribute(kindData.flags, number16(ipvlanFlags[kind.mode]));
        }
      });
    });
  });
}

/** `ip link set dev NAME addrgenmode none`: the kernel makes no link-local address of its own. */
export function emitNoGeneratedAddress(sequence: number, index: number): Uint8Array {
  return message({ type: setLink, flags: acknowledged, sequence }, { index }, (writer) => {
    writer.nested(attribute.perFamily, () => {
      writer.nested(ipv6Family, () => {
        writer.attribute(addressGeneration.type, Uint8Array.of(addressGeneration.none));
      });
    });
  });
}

/** `ip link set dev NAME alias ALIAS`: whose it is. */
export function emitOwnAlias(sequence: number, index: number): Uint8Array {
  return message({ type: setLink, flags: acknowledged, sequence }, { index }, (writer) => {
    writer.attribute(attribute.alias, new TextEncoder().encode(ownAlias));
  });
}

/** `ip link set dev NAME group GROUP up`; told to all who listen, also where it changes nothing. */
export function emitLinkUp(sequence: number, index: number, group: number): Uint8Array {
  const head = { type: setLink, flags: acknowledged, sequence };
  return message(head, { index, up: true }, (writer) => {
    writer.number32(attribute.group, group);
  });
}

/** `ip link delete dev NAME` */
export function emitDeleteLink(sequence: number, index: number): Uint8Array {
  const head = { type: messageType.deletedLink, flags: acknowledged, sequence };
  return message(head, { index }, () => undefined);
}

/** `ip -details link show dev NAME`. ENODEV: there is none. */
export function emitGetLink(sequence: number, name: InterfaceName): Uint8Array {
  const head = { type: messageType.listLinks, flags: messageFlag.request, sequence };
  return message(head, {}, (writer) => {
    writer.text(attribute.name, name);
  });
}

/** The link that a datagram begins with; null where it begins with something else. */
export function parseLinkProperties(datagram: Uint8Array): LinkProperties | null {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.byteLength < headerLength + linkHeaderLength) return null;
  const end = view.getUint32(0, littleEndian);
  if (end > view.byteLength) return null;
  if (view.getUint16(4, littleEndian) !== messageType.newLink) return null;
  const all = attributesOf(view, headerLength + linkHeaderLength, end);
  const name = all.get(attribute.name);
  if (name === undefined) return null;
  const inner = nestedIn(all.get(attribute.information));
  const data = nestedIn(inner.get(information.data));
  const kind = inner.get(information.kind);
  const address = all.get(attribute.address);
  const alias = all.get(attribute.alias);
  return {
    index: view.getInt32(headerLength + 4, littleEndian),
    name: textOf(name) as InterfaceName,
    kind: kind === undefined ? null : textOf(kind),
    base: numberOf(all.get(attribute.base)),
    macAddress: address === undefined ? null : macOf(address),
    mode: numberOf(data.get(kindData.mode)),
    modeFlags: numberOf(data.get(kindData.flags)),
    group: numberOf(all.get(attribute.group)) ?? 0,
    own: alias !== undefined && textOf(alias) === ownAlias,
  };
}

function message(
  header: { readonly type: number; readonly flags: number; readonly sequence: number },
  link: { readonly index?: number; readonly up?: boolean },
  attributes: (writer: NetlinkWriter) => void,
): Uint8Array {
  const writer = new NetlinkWriter();
  const octets = new Uint8Array(linkHeaderLength);
  const view = new DataView(octets.buffer);
  view.setInt32(4, link.index ?? 0, littleEndian);
  if (link.up === true) {
    view.setUint32(8, upFlag, littleEndian);
    view.setUint32(12, upFlag, littleEndian);
  }
  writer.message(header, octets, () => {
    attributes(writer);
  });
  return writer.finish();
}

function attributesOf(view: DataView, start: number, end: number): Map<number, DataView> {
  const found = new Map<number, DataView>();
  let at = start;
  while (at + attributeHeaderLength <= end) {
    const length = view.getUint16(at, littleEndian);
    if (length < attributeHeaderLength || at + length > end) break;
    const type = view.getUint16(at + 2, littleEndian) & 0x3fff;
    const value = view.byteOffset + at + attributeHeaderLength;
    found.set(type, new DataView(view.buffer, value, length - attributeHeaderLength));
    at += align(length);
  }
  return found;
}

function nestedIn(value: DataView | undefined): Map<number, DataView> {
  return value === undefined
    ? new Map<number, DataView>()
    : attributesOf(value, 0, value.byteLength);
}

function numberOf(value: DataView | undefined): number | null {
  if (value === undefined) return null;
  if (value.byteLength === 2) return value.getUint16(0, littleEndian);
  return value.byteLength === 4 ? value.getUint32(0, littleEndian) : null;
}

function textOf(value: DataView): string {
  const octets = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new TextDecoder().decode(octets).split('\0')[0] ?? '';
}

function macOf(value: DataView): MacAddress | null {
  if (value.byteLength !== 6) return null;
  const octets = [...new Uint8Array(value.buffer, value.byteOffset, 6)];
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':') as MacAddress;
}

function macOctets(address: MacAddress): Uint8Array {
  return Uint8Array.from(address.split(':'), (octet) => parseInt(octet, 16));
}

function number16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}
