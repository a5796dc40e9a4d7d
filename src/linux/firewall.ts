/**
 * Baton's nftables table. It drops what reaches an address that the virtual router holds
 * without being its owner and without Accept_Mode (RFC 9568 section 6.4.3), but lets
 * neighbours resolve that address; and it keeps group reports and router solicitations of
 * virtual MAC interfaces to itself: the interface below has joined the same groups, and its
 * reports are what a switch is to learn from.
 */
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import { ipv4ToNumber, ipv6ToGroups, isIpv4, isIpv6, isLinkLocal } from '../model/address.ts';
import type { VirtualAddress } from '../model/config.ts';
import type { FirewallContent, KernelError } from '../ports/network.ts';
import type { Expression } from '../wire/nftables-expression.ts';
import type { RuleDefinition, SetDefinition, TableDefinition } from '../wire/nftables.ts';
import { emitReplaceTable } from '../wire/nftables.ts';
import type { LinkLookup } from './link-lookup.ts';
import type { NetlinkExchange } from './netlink-exchange.ts';
import { openNetlinkExchange } from './netlink-exchange.ts';

const hooks = ['input', 'output'] as const;
type Hook = (typeof hooks)[number];
const familyCode = { IPv4: 2, IPv6: 10 } as const; // NFPROTO_IPV4, NFPROTO_IPV6
const protocolCode = { igmp: 2, icmpv6: 58 } as const;
/** ICMPv6 types: first and last (RFC 4861 section 4, RFC 2710 section 3, RFC 9777 section 5). */
const solicitationAndAdvertisement = [135, 136] as const;
const groupReports = [131, 132] as const;
const groupReport2 = [143, 143] as const;
const routerSolicitation = [133, 133] as const;

const nameOctets = 16;

export class Firewall {
  readonly #links: LinkLookup;
  readonly #exchange: NetlinkExchange;
  /** The name of the table that is there; null: none. */
  #table: string | null = null;

  constructor(options: { readonly links: LinkLookup; readonly exchange: NetlinkExchange }) {
    this.#links = options.links;
    this.#exchange = options.exchange;
  }

  /** Makes the table say exactly this; with nothing to say it is taken away. */
  set(content: FirewallContent): KernelError | null {
    const { table } = content.firewall;
    if (this.#table !== null && this.#table !== table) {
      const error = this.#replace(this.#table, null);
      if (error !== null) return error;
    }
    const definition = tableOf(content, this.#links);
    if (definition === null && this.#table === null) return null;
    return this.#replace(table, definition);
  }

  /** The names of the tables that are there by its doing. */
  get tables(): readonly string[] {
    return this.#table === null ? [] : [this.#table];
  }

  close(): void {
    if (this.#table !== null) this.#replace(this.#table, null);
    this.#exchange.close();
  }

  #replace(name: string, definition: TableDefinition | null): KernelError | null {
    const first = this.#exchange.takeSequence();
    const batch = emitReplaceTable(first, { family: 'inet', name }, definition);
    this.#exchange.takeSequence(batch.messages);
    const answer = this.#exchange.send(batch.octets, `set firewall table ${name}`);
    if (!answer.ok) return answer.error;
    this.#table = definition === null ? null : name;
    return null;
  }
}

export function openFirewall(options: {
  readonly links: LinkLookup;
}): Result<Firewall, KernelError> {
  const exchange = openNetlinkExchange('netfilter');
  if (!exchange.ok) return exchange;
  return success(new Firewall({ ...options, exchange: exchange.value }));
}

/** Null where there is nothing to say. */
function tableOf(content: FirewallContent, links: LinkLookup): TableDefinition | null {
  const { firewall, unaccepted, quietInterfaces } = content;
  if (unaccepted.length === 0 && quietInterfaces.length === 0) return null;
  const builder = new TableBuilder(content, links);
  return {
    family: 'inet',
    name: firewall.table,
    chains: hooks.map((hook) => ({
      name: hook,
      place: { hook, priority: firewall.priority },
    })),
    ...builder.build(),
  };
}

class TableBuilder {
  readonly #content: FirewallContent;
  readonly #links: LinkLookup;
  readonly #sets: SetDefinition[] = [];
  readonly #rules: RuleDefinition[] = [];

  constructor(content: FirewallContent, links: LinkLookup) {
    this.#content = content;
    this.#links = links;
  }

  build(): { readonly sets: readonly SetDefinition[]; readonly rules: readonly RuleDefinition[] } {
    this.#unaccepted();
    this.#quiet();
    return { sets: this.#sets, rules: this.#rules };
  }

  #unaccepted(): void {
    const { unaccepted, firewall } = this.#content;
    const ipv4 = unaccepted.map(({ address }) => address).filter((address) => isIpv4(address));
    const ipv6 = unaccepted.filter(({ address }) => isIpv6(address));
    const global = ipv6.map(({ address }) => address).filter((address) => !isLinkLocal(address));
    const local = ipv6.filter(({ address }) => isLinkLocal(address));
    if (ipv4.length > 0) {
      this.#set('unaccepted', ['ipv4_addr'], ipv4.map(addressOctets));
      for (const hook of hooks) this.#drop(hook, inFamily('IPv4'), address4(hook), 'unaccepted');
    }
    if (ipv6.length === 0) return;
    for (const hook of hooks) {
      const neighbours = icmpv6(solicitationAndAdvertisement);
      this.#rules.push({ chain: hook, expressions: [...neighbours, accept] });
    }
    if (global.length > 0) {
      this.#set('unaccepted6', ['ipv6_addr'], global.map(addressOctets));
      for (const hook of hooks) this.#drop(hook, inFamily('IPv6'), address6(hook), 'unaccepted6');
    }
    if (local.length === 0) return;
    const keys = local.flatMap((address) => this.#localKey(address));
    this.#set('unaccepted_link', ['ipv6_addr', firewall.byIndex ? 'iface_index' : 'ifname'], keys);
    for (const hook of hooks) {
      const key = [address6(hook), this.#interfaceOf(hook, 2)];
      this.#drop(hook, inFamily('IPv6'), key, 'unaccepted_link');
    }
  }

  #quiet(): void {
    const { quietInterfaces, firewall } = this.#content;
    if (quietInterfaces.length === 0) return;
    const keys = quietInterfaces.flatMap((name) => this.#interfaceKey(name));
    this.#set('quiet', [firewall.byIndex ? 'iface_index' : 'ifname'], keys);
    const leaving = this.#interfaceOf('output', 1);
    const igmp = [...inFamily('IPv4'), meta('protocol'), equal(Uint8Array.of(protocolCode.igmp))];
    this.#drop('output', igmp, leaving, 'quiet');
    for (const types of [groupReports, groupReport2, routerSolicitation]) {
      this.#drop('output', icmpv6(types), leaving, 'quiet');
    }
  }

  #set(name: string, types: SetDefinition['types'], keys: readonly Uint8Array[]): void {
    const different = new Map(keys.map((key) => [key.join(), key]));
    const elements = [...different.values()].map((key) => ({ key }));
    this.#sets.push({ name, types, elements });
  }

  #drop(
    chain: Hook,
    before: readonly Expression[],
    key: Expression | readonly Expression[],
    set: string,
  ): void {
    const counter: readonly Expression[] = this.#content.firewall.counters
      ? [{ type: 'counter' }]
      : [];
    const found: Expression = { type: 'look-up', set, register: 1 };
    const expressions = [...before, ...[key].flat(), found, ...counter, drop];
    this.#rules.push({ chain, expressions });
  }

  #interfaceOf(hook: Hook, into: 1 | 2): Expression {
    const incoming = hook === 'input';
    const key = this.#content.firewall.byIndex
      ? incoming
        ? 'iif'
        : 'oif'
      : incoming
        ? 'iifname'
        : 'oifname';
    return { type: 'meta', key, into };
  }

  #localKey({ address, interface: name }: VirtualAddress): readonly Uint8Array[] {
    const octets = addressOctets(address);
    return this.#interfaceKey(name).map((key) => Uint8Array.of(...octets, ...key));
  }

  /** By index, one that is not there has none: no packet can come by it. */
  #interfaceKey(name: InterfaceName): readonly Uint8Array[] {
    if (!this.#content.firewall.byIndex) {
      const key = new Uint8Array(nameOctets);
      key.set(new TextEncoder().encode(name).subarray(0, nameOctets - 1));
      return [key];
    }
    const index = this.#links.indexOf(name);
    if (index === null) return [];
    const key = new Uint8Array(4);
    new DataView(key.buffer).setUint32(0, index, true);
    return [key];
  }
}

const drop: Expression = { type: 'verdict', verdict: 'drop' };
const accept: Expression = { type: 'verdict', verdict: 'accept' };

function meta(key: 'family' | 'protocol'): Expression {
  return { type: 'meta', key, into: 1 };
}

function equal(value: Uint8Array): Expression {
  return { type: 'compare', how: 'equal', register: 1, value };
}

function inFamily(family: 'IPv4' | 'IPv6'): readonly Expression[] {
  return [meta('family'), equal(Uint8Array.of(familyCode[family]))];
}

function icmpv6([first, last]: readonly [number, number]): readonly Expression[] {
  return [
    ...inFamily('IPv6'),
    meta('protocol'),
    equal(Uint8Array.of(protocolCode.icmpv6)),
    { type: 'payload', base: 'transport', offset: 0, length: 1, into: 1 },
    ...(first === last ? [equal(Uint8Array.of(first))] : between(first, last)),
  ];
}

function between(first: number, last: number): readonly Expression[] {
  return [
    { type: 'compare', how: 'at-least', register: 1, value: Uint8Array.of(first) },
    { type: 'compare', how: 'at-most', register: 1, value: Uint8Array.of(last) },
  ];
}

/** What comes in is told by its destination, what goes out by its source. */
function address4(hook: Hook): Expression {
  const offset = hook === 'input' ? 16 : 12;
  return { type: 'payload', base: 'network', offset, length: 4, into: 1 };
}

function address6(hook: Hook): Expression {
  const offset = hook === 'input' ? 24 : 8;
  return { type: 'payload', base: 'network', offset, length: 16, into: 1 };
}

function addressOctets(address: IpAddress): Uint8Array {
  if (isIpv4(address)) {
    const octets = new Uint8Array(4);
    new DataView(octets.buffer).setUint32(0, ipv4ToNumber(address));
    return octets;
  }
  return Uint8Array.from(ipv6ToGroups(address).flatMap((group) => [group >>> 8, group & 0xff]));
}
