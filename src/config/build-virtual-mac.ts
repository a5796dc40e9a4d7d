/** `use_vmac`, `use_ipvlan` and their kin to the interfaces that Baton makes. */
import { assert } from '../base/assert.ts';
import type {
  AddressFamily,
  InterfaceName,
  IpAddress,
  Ipv6Address,
  MacAddress,
} from '../model/address.ts';
import { isIpv6, isLinkLocal, parseIp } from '../model/address.ts';
import type { VirtualMacConfig } from '../model/config.ts';
import type { VirtualInterface, VirtualInterfaceKind } from '../model/virtual-interface.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { isInterfaceName } from './keywords/argument-type.ts';
import type { Settings } from './settings.ts';
import type { Word } from './words.ts';

const nameLimit = 15; // IFNAMSIZ without its NUL
const macPattern = /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){4,5}$/i;
const flagWords = { netlinkNotify: 'netlink_notify_msg', group: 'group', name: 'name' };

/** The names of the interfaces that the whole configuration makes; one object for one reading. */
export class VirtualInterfaceNames {
  readonly #made = new Map<InterfaceName, VirtualInterface>();

  /** The one of that name; null: there is none yet. */
  get(name: InterfaceName): VirtualInterface | null {
    return this.#made.get(name) ?? null;
  }

  add(virtual: VirtualInterface): void {
    this.#made.set(virtual.name, virtual);
  }

  /** One that an address can share. */
  like(
    base: InterfaceName,
    family: AddressFamily,
    macAddress: MacAddress,
  ): VirtualInterface | null {
    for (const virtual of this.#made.values()) {
      if (virtual.base !== base || virtual.family !== family) continue;
      if (virtual.kind.type === 'macvlan' && virtual.kind.macAddress === macAddress) return virtual;
    }
    return null;
  }

  /** "vrrp.51", "vrrp6.51", or that with a number behind it where it is taken. */
  free(prefix: string, family: AddressFamily, virtualRouterId: number): InterfaceName {
    const plain = `${prefix}${family === 'IPv6' ? '6' : ''}.${virtualRouterId}`;
    let name = plain as InterfaceName;
    for (let number = 1; this.#made.has(name); number += 1) {
      name = `${plain}.${number}` as InterfaceName;
    }
    return name;
  }
}

/** What is known of the instance where its virtual interfaces are built. */
export interface VirtualMacContext {
  readonly instance: string;
  readonly interface: InterfaceName;
  readonly virtualRouterId: number;
  readonly family: AddressFamily;
  readonly unicast: boolean;
  /** `mcast_src_ip` or `unicast_src_ip`. */
  readonly sourceAddress: IpAddress | null;
  /** `vmac_prefix` */
  readonly prefix: string;
  /** `vmac_addr_prefix` */
  readonly addressPrefix: string;
  readonly names: VirtualInterfaceNames;
  readonly collector: DiagnosticCollector;
}

/** The virtual router's MAC address (RFC 9568 section 7.3). */
function virtualRouterMac(family: AddressFamily, virtualRouterId: number): MacAddress {
  return `00:00:5e:00:0${family === 'IPv4' ? 1 : 2}:${hexOctet(virtualRouterId)}` as MacAddress;
}

/** The instance's own interface; null where it has none, or one that cannot be made. */
export function buildVirtualMac(
  settings: Settings,
  context: VirtualMacContext,
): VirtualMacConfig | null {
  const macvlan = settings.last('use_vmac');
  const ipvlan = settings.last('use_ipvlan');
  const transmit = settings.last('vmac_xmit_base');
  const statement = macvlan ?? ipvlan;
  if (statement === null) {
    if (transmit !== null) {
      report(context, transmit, 'vmac_xmit_base has no effect without use_vmac or use_ipvlan');
    }
    return null;
  }
  if (macvlan !== null && ipvlan !== null) {
    report(context, ipvlan, 'use_ipvlan has no effect together with use_vmac');
  }
  const words = readWords(statement.arguments, macvlan === null ? 'ipvlan' : 'macvlan', context);
  if (words === null) return null;
  const kind = kindOf(words, macvlan === null ? 'ipvlan' : 'macvlan', context);
  if (kind.type === 'ipvlan' && kind.address === null && context.family === 'IPv4') {
    report(context, statement, 'use_ipvlan needs an address for IPv4');
    return null;
  }
  const virtual = interfaceOf(words, kind, context, context.prefix, statement);
  if (virtual === null) return null;
  // Where adverts go to peers alone, there is nothing that a bridge would learn from them.
  const transmitOnBase = transmit !== null || context.unicast;
  return { virtual, transmitOnBase };
}

/**
 * The interface that an address lives on by its own `use_vmac [NAME] [MAC]`, or by the
 * instance's `use_vmac_addr` (no words). One that is there already is shared; `created` tells
 * whether it is a new one, which belongs into the instance's `addressInterfaces`.
 */
export function buildAddressInterface(
  given: {
    readonly words: readonly Word[];
    /** Where the address would be without it. */
    readonly interface: InterfaceName;
    readonly family: AddressFamily;
  },
  context: VirtualMacContext,
): { readonly virtual: VirtualInterface; readonly created: boolean } | null {
  const inner = {
    ...context,
    interface: given.interface,
    family: given.family,
    sourceAddress: null,
  };
  const words = readWords(given.words, 'macvlan', inner);
  if (words === null) return null;
  const kind = kindOf(words, 'macvlan', inner);
  assert(kind.type === 'macvlan', 'an address has a macvlan');
  const shared = context.names.like(given.interface, given.family, kind.macAddress);
  if (shared !== null && (words.name === null || words.name.text === shared.name)) {
    return { virtual: shared, created: false };
  }
  const virtual = interfaceOf(words, kind, inner, context.addressPrefix, null);
  return virtual === null ? null : { virtual, created: true };
}

/** What stands behind the keyword. */
interface ReadWords {
  name: Word | null;
  macAddress: MacAddress | null;
  address: IpAddress | null;
  mode: 'bridge' | 'private' | 'vepa';
  group: number;
  notify: boolean;
}

function readWords(
  words: readonly Word[],
  type: VirtualInterfaceKind['type'],
  context: VirtualMacContext,
): ReadWords | null {
  const read: ReadWords = {
    name: null,
    macAddress: null,
    address: null,
    mode: 'bridge',
    group: 0,
    notify: false,
  };
  let usable = true;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    assert(word !== undefined, 'an index within the words');
    const behind = words[index + 1];
    if (word.text === flagWords.netlinkNotify && type === 'macvlan') read.notify = true;
    else if (word.text === flagWords.name || word.text === flagWords.group) {
      index += 1;
      if (behind === undefined) {
        report(context, word, `"${word.text}" lacks what belongs behind it`);
      } else if (word.text === flagWords.name) usable = setName(read, behind, context) && usable;
      else read.group = groupNumber(behind, context);
    } else if (type === 'macvlan' && macPattern.test(word.text)) {
      usable = setMacAddress(read, word, context) && usable;
    } else if (type === 'ipvlan' && isMode(word.text)) read.mode = word.text;
    else if (type === 'ipvlan' && parseIp(withoutPrefix(word.text)) !== null) {
      read.address = parseIp(withoutPrefix(word.text));
    } else usable = setName(read, word, context) && usable;
  }
  return usable ? read : null;
}

function setName(read: ReadWords, word: Word, context: VirtualMacContext): boolean {
  const { text } = word;
  const wrong = interfaceNameFault(text);
  if (wrong === null && read.name === null) {
    read.name = word;
    return true;
  }
  report(context, word, wrong ?? `"${text}": an interface has one name`);
  return false;
}

/** Six octets, or five and the virtual router's id behind them. */
function setMacAddress(read: ReadWords, word: Word, context: VirtualMacContext): boolean {
  const octets = word.text.split(':').map((octet) => parseInt(octet, 16));
  if (octets.length === 5) octets.push(context.virtualRouterId);
  if (((octets[0] ?? 0) & 1) !== 0 || octets.every((octet) => octet === 0)) {
    report(context, word, `${word.text} cannot be the MAC address of an interface`);
    return false;
  }
  read.macAddress = octets.map(hexOctet).join(':') as MacAddress;
  return true;
}

/** The kernel knows groups by number alone; "default" is 0. */
function groupNumber(word: Word, context: VirtualMacContext): number {
  if (word.text === 'default') return 0;
  const number = /^\d{1,10}$/.test(word.text) ? Number(word.text) : null;
  if (number !== null && number <= 0xffff_ffff) return number;
  report(context, word, `group "${word.text}" is no number of an interface group`);
  return 0;
}

function kindOf(
  words: ReadWords,
  type: VirtualInterfaceKind['type'],
  { family, virtualRouterId }: VirtualMacContext,
): VirtualInterfaceKind {
  if (type === 'ipvlan') return { type, mode: words.mode, address: words.address };
  return { type, macAddress: words.macAddress ?? virtualRouterMac(family, virtualRouterId) };
}

/** Null where it cannot be made: its name is too long, or taken by another. */
function interfaceOf(
  words: ReadWords,
  kind: VirtualInterfaceKind,
  context: VirtualMacContext,
  prefix: string,
  statement: CheckedStatement | null,
): VirtualInterface | null {
  const { family, virtualRouterId, names, sourceAddress } = context;
  const name =
    (words.name?.text as InterfaceName | undefined) ?? names.free(prefix, family, virtualRouterId);
  const taken = names.get(name);
  const fault = interfaceNameFault(name) ?? nameConflict(name, context, taken);
  if (fault !== null) {
    report(context, words.name ?? statement, fault);
    return null;
  }
  const virtual: VirtualInterface = {
    name,
    base: context.interface,
    kind,
    group: words.group,
    family,
    linkLocal: linkLocalOf(sourceAddress, kind),
    notify: words.notify,
  };
  names.add(virtual);
  return virtual;
}

function nameConflict(
  name: InterfaceName,
  context: VirtualMacContext,
  taken: VirtualInterface | null,
): string | null {
  if (name === context.interface) return `"${name}" is the interface below`;
  return taken === null
    ? null
    : `"${name}" is the name of another virtual interface on ${taken.base}`;
}

function linkLocalOf(source: IpAddress | null, kind: VirtualInterfaceKind): Ipv6Address | null {
  const address = source ?? (kind.type === 'ipvlan' ? kind.address : null);
  return address !== null && isIpv6(address) && isLinkLocal(address) ? address : null;
}

function interfaceNameFault(name: string): string | null {
  if (isInterfaceName(name)) return null;
  const long = new TextEncoder().encode(name).length > nameLimit;
  return long
    ? `"${name}" is too long for the name of an interface: ${nameLimit} octets at most`
    : `"${name}" cannot be the name of an interface`;
}

function isMode(text: string): text is 'bridge' | 'private' | 'vepa' {
  return text === 'bridge' || text === 'private' || text === 'vepa';
}

function withoutPrefix(text: string): string {
  return text.replace(/\/\d{1,3}$/, '');
}

function hexOctet(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function report(
  { collector, instance }: VirtualMacContext,
  at: Pick<Word, 'span'> | null,
  message: string,
): void {
  const text = `${instance}: ${message}`;
  collector.report({ code: 'invalid-value', span: at?.span ?? null, message: text });
}
