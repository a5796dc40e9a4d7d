/**
 * What the lease guard's nftables table consists of (family netdev). Its frame is always the same;
 * each lease has chains of its own in it, and entries in its maps that lead there:
 *
 *   renew_N  goes through an advert of the lease that leaves: renews the lease if it lives, else
 *            drops the advert, for a host whose right has lapsed must not be heard as a master
 *   guard_N  goes through what arrives for an address of the lease, and what leaves from one: IP
 *            packets, ARP, neighbour solicitations and advertisements; drops it without the lease
 *   heard_N  goes through an advert of another host for its virtual router; see rival-adverts.ts
 * In unicast there is a fourth, renewal_N: see lease-renewal.ts.
 *
 * What is not in the maps is nobody's business here: they hold what a Master has alone.
 * `nft list table netdev baton_guard` shows it: nft 1.0.6 can't read a map's value used as a key,
 * so each chain has its lease's number written into it.
 */
import { ceilTo, times, type Duration } from '../base/units.ts';
import { isIpv4, type InterfaceName } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { Lease } from '../model/lease.ts';
import { concatenated, ipOctets, uint32 } from '../wire/netlink-octets.ts';
import type { Expression, Register } from '../wire/nftables-expression.ts';
import type {
  ChainDefinition,
  RuleDefinition,
  SetDefinition,
  SetElement,
  TableChange,
  TableDefinition,
} from '../wire/nftables.ts';
import {
  accept,
  addressLength,
  counter,
  destinationOffset,
  drop,
  equal,
  follow,
  interfaceOf,
  keyRegister,
  partRegisters,
  payload,
  sourceOffset,
  workRegister,
  type Way,
} from './guard-expressions.ts';
import { addressChain, addressMap, addressMaps, addressRules } from './guarded-addresses.ts';
import type { LinkLookup } from './link-lookup.ts';
import { isRenewedByFrame, renewalEtherType } from './lease-renewal.ts';
import { answeringSet, rivalRules } from './rival-adverts.ts';

export const guardTable = { family: 'netdev', name: 'baton_guard' } as const;

/** The numbers of the leases that live. */
export const leaseSet = 'leases';

/** By the number in the frame: what it renews. */
const renewalMap = 'renewals';

/** Before anything else looks at what arrives, after all others had their say of what leaves. */
const ingressPriority = -400;
const egressPriority = 400;

const etherType = {
  ...{ IPv4: [0x08, 0x00], IPv6: [0x86, 0xdd], arp: [0x08, 0x06] },
  renewal: [renewalEtherType >> 8, renewalEtherType & 0xff],
} as const;
const protocolNumber = { vrrp: 112, 'authentication-header': 51, icmpv6: 58 } as const;
/** ICMPv6 types (RFC 4861 section 4). */
const solicitation = 135;
const advertisement = 136;

/** Offsets from the IP or ARP header on, in octets. */
const protocolOffset = { IPv4: 9, IPv6: 6 } as const;
const arpSender = 14;
const arpTarget = 24;
const virtualRouterIdOffset = 1; // RFC 9568 section 5.1
const priorityOffset = 2;
const targetOffset = 8; // RFC 4861 section 4.3, from the ICMPv6 header on

interface AdvertKind {
  readonly family: 'IPv4' | 'IPv6';
  readonly protocol: 'vrrp' | 'authentication-header';
  readonly map: string;
  readonly rivals: string;
  readonly header: number;
}

/**
 * The protocols that adverts come in, and where the VRRP header begins, from the IP header on; the
 * map of those that leave, and of those that arrive.
 */
const advertKinds = [
  { family: 'IPv4', protocol: 'vrrp', map: 'advert4', rivals: 'rival4', header: 20 },
  // Behind 24 octets of Authentication Header (RFC 2402 with a digest of 96 bits).
  {
    ...{ family: 'IPv4', protocol: 'authentication-header', header: 44 },
    ...{ map: 'authenticated4', rivals: 'rival_authenticated4' },
  },
  { family: 'IPv6', protocol: 'vrrp', map: 'advert6', rivals: 'rival6', header: 40 },
] as const satisfies readonly AdvertKind[];

/** Where the VRRP header of a channel's adverts begins, from the IP header on. */
export function vrrpHeaderOffset(channel: AdvertChannel): number {
  return kindOf(channel).header;
}

const familyChain = {
  in: { IPv4: 'in4', IPv6: 'in6' },
  out: { IPv4: 'out4', IPv6: 'out6' },
} as const;

/** Those that packets are told apart in. */
const innerChains = [familyChain, addressChain].flatMap((of) =>
  [of.in, of.out].flatMap((chains) => Object.values(chains)),
);

/** The kernel rounds down to its own ticks: a lease rather lasts one too long than too short. */
export function inTicks(duration: Duration, tick: Duration): Duration {
  return ceilTo(duration, tick);
}

/** Without a lease; all of the interfaces have to be there. */
export function emptyTable(interfaces: readonly InterfaceName[]): TableDefinition {
  const empty = { elements: [] };
  return {
    ...guardTable,
    chains: [
      { name: 'in', place: { hook: 'ingress', priority: ingressPriority, interfaces } },
      { name: 'out', place: { hook: 'egress', priority: egressPriority, interfaces } },
      ...innerChains.map(ordinary),
      ...advertKinds.map(({ rivals }) => ordinary(rivals)),
    ],
    sets: [
      { name: leaseSet, types: ['mark'], kind: 'timeout', ...empty },
      { name: answeringSet, types: ['mark'], kind: 'timeout', ...empty },
      { name: renewalMap, types: ['mark'], kind: 'map', ...empty },
      ...addressMaps,
      ...advertKinds.flatMap(({ family, map, rivals }): readonly SetDefinition[] => {
        const address = family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr';
        const types = [address, 'mark', 'iface_index'] as const;
        return [map, rivals].map((name) => ({ name, types, kind: 'map', ...empty }));
      }),
    ],
    rules: [
      ...[...familyRules('in'), ...familyRules('out'), ...renewalRules()],
      ...[...advertRules(), ...toAddresses(), ...addressRules()],
    ],
  };
}

function ordinary(name: string): ChainDefinition {
  return { name, place: null };
}

/** Each packet goes through the rules of its family alone: it is looked at as little as can be. */
function familyRules(way: Way): readonly RuleDefinition[] {
  const arp = payload(way === 'in' ? arpTarget : arpSender, 4, keyRegister);
  const families = (['IPv4', 'IPv6'] as const).map((family): RuleDefinition => {
    const chain = familyChain[way][family];
    return { chain: way, expressions: [...ofEtherType(family), { type: 'goto', chain }] };
  });
  const about = [...ofEtherType('arp'), arp, follow(addressMap.IPv4)];
  return [...families, { chain: way, expressions: about }];
}

/** A frame that is beside an advert; none of them gets onto the wire. */
function renewalRules(): readonly RuleDefinition[] {
  const frame = ofEtherType('renewal');
  // From the frame's beginning on: nft can't list a rule that reads an unknown protocol's header.
  const number = {
    type: 'payload',
    base: 'link',
    offset: 14,
    length: 4,
    into: keyRegister,
  } as const;
  return [
    { chain: 'out', expressions: [...frame, number, follow(renewalMap)] },
    { chain: 'out', expressions: [...frame, drop] },
  ];
}

/** Those that leave; and those that arrive, at the group, or from a peer. */
function advertRules(): readonly RuleDefinition[] {
  return advertKinds.flatMap((kind) => {
    const { family, map, rivals } = kind;
    const leaving = [...ofKind(kind), ...advertKey(kind, destinationOffset, 'out'), follow(map)];
    const arriving: Expression = { type: 'jump', chain: rivals };
    return [
      { chain: familyChain.out[family], expressions: leaving },
      { chain: familyChain.in[family], expressions: [...ofKind(kind), arriving] },
      ...[destinationOffset, sourceOffset].map((end) => {
        return { chain: rivals, expressions: [...advertKey(kind, end, 'in'), follow(rivals)] };
      }),
    ];
  });
}

function ofKind({ family, protocol }: AdvertKind): readonly Expression[] {
  return [payload(protocolOffset[family], 1, workRegister), equal([protocolNumber[protocol]])];
}

/** One end of the advert's way, its VRID, and where it is. */
function advertKey(
  { family, header }: AdvertKind,
  end: Readonly<Record<'IPv4' | 'IPv6', number>>,
  way: Way,
): readonly Expression[] {
  const [router, place] = partRegisters[family];
  return [
    payload(end[family], addressLength[family], keyRegister),
    payload(header + virtualRouterIdOffset, 1, router),
    interfaceOf(way, place),
  ];
}

/** What no advert leads to is told by its addresses; of another family it is not. */
function toAddresses(): readonly RuleDefinition[] {
  const ways: readonly Way[] = ['in', 'out'];
  const leads = ways.flatMap((way) =>
    (['IPv4', 'IPv6'] as const).map((family): RuleDefinition => {
      const chain = addressChain[way][family];
      return { chain: familyChain[way][family], expressions: [{ type: 'goto', chain }] };
    }),
  );
  return [neighbourRule('in', solicitation), neighbourRule('out', advertisement), ...leads];
}

/** The target of a neighbour solicitation or advertisement (RFC 4861 sections 4.3 and 4.4). */
function neighbourRule(way: Way, icmpType: number): RuleDefinition {
  const transport = (offset: number, length: number, into: Register): Expression => {
    return { type: 'payload', base: 'transport', offset, length, into };
  };
  return {
    chain: familyChain[way].IPv6,
    expressions: [
      { type: 'meta', key: 'protocol', into: workRegister },
      equal([protocolNumber.icmpv6]),
      transport(0, 1, workRegister),
      equal([icmpType]),
      transport(targetOffset, addressLength.IPv6, keyRegister),
      interfaceOf(way, partRegisters.IPv6[0]),
      follow(addressMap.IPv6),
    ],
  };
}

/** An entry of a map: it leads to a chain of one lease. */
export interface Entry {
  readonly map: string;
  readonly element: SetElement & { readonly jump: string };
}

/**
 * What it takes to have the lease in the table, but for whether it lives. `own`: what its adverts
 * look like; null: not known, and nobody outranks them.
 */
export function leaseChains(
  lease: Lease,
  own: Advert | null,
  tick: Duration,
): readonly TableChange[] {
  const { number, duration } = lease;
  const { header, family } = kindOf(lease.adverts.channel);
  const load: Expression = { type: 'load', into: workRegister, value: uint32(number) };
  const timeout = inTicks(duration, tick);
  const isIn = (set: string, absent = false): Expression => {
    return { type: 'look-up', set, register: workRegister, absent };
  };
  const renewed = (set: string, length: Duration): Expression => {
    return { type: 'renew', set, register: workRegister, timeout: length };
  };
  const alive = [load, isIn(leaseSet)];
  const goesOn = [load, renewed(leaseSet, timeout), renewed(answeringSet, timeout)];
  const resigns = [payload(header + priorityOffset, 1, workRegister), equal([0])];
  const silent: Expression = { type: 'forget', set: answeringSet, register: workRegister };
  const ending = [load, renewed(leaseSet, times(tick, 2)), silent];
  const rules: RuleDefinition[] = [
    // A resignation leaves while there is something to resign from, and is nearly the end of it:
    // long enough for it to reach several peers, and over before one of them takes over.
    { chain: renewChain(lease), expressions: [...alive, ...resigns, ...ending, accept] },
    { chain: renewChain(lease), expressions: [...alive, ...goesOn, accept] },
    { chain: renewChain(lease), expressions: [counter, drop] },
    { chain: guardChain(lease), expressions: [load, isIn(answeringSet, true), counter, drop] },
  ];
  if (isRenewedByFrame(lease)) {
    rules.push({ chain: renewalChain(lease), expressions: [...alive, ...goesOn, drop] });
  }
  const rivals = own === null ? [] : rivalRules(lease, own, { family, message: header });
  rules.push(...rivals.map((expressions) => ({ chain: heardChain(lease), expressions })));
  return [
    ...chainsOf(lease).map((name): TableChange => ({ type: 'add-chain', chain: ordinary(name) })),
    ...rules.map((rule): TableChange => ({ type: 'add-rule', rule })),
  ];
}

/** Takes the lease's chains away; no entry may lead there any more. */
export function withoutChains(lease: Lease): readonly TableChange[] {
  return chainsOf(lease).map((name) => ({ type: 'delete-chain', name }));
}

function chainsOf(lease: Lease): readonly string[] {
  const chains = [renewChain(lease), guardChain(lease), heardChain(lease)];
  return isRenewedByFrame(lease) ? [...chains, renewalChain(lease)] : chains;
}

/** The lease's entries. An interface that is not there has none: nothing can come by it. */
export function entriesOf(
  lease: Lease,
  interfaces: readonly InterfaceName[],
  links: LinkLookup,
): readonly Entry[] {
  const { channel, destinations, virtualRouterId } = lease.adverts;
  const { map, rivals } = kindOf(channel);
  const indexes = (names: readonly InterfaceName[]): readonly number[] =>
    names.flatMap((name) => links.indexOf(name) ?? []);
  // Where the kernel's routes decide, adverts may leave by any of them.
  const places = channel.interface === null ? interfaces : [channel.interface];
  const adverts = indexes(places).flatMap((index) =>
    destinations.flatMap((destination): readonly Entry[] => {
      const key = concatenated([ipOctets(destination), uint32(virtualRouterId), uint32(index)]);
      return [
        { map, element: { key, jump: renewChain(lease) } },
        { map: rivals, element: { key, jump: heardChain(lease) } },
      ];
    }),
  );
  const jump = guardChain(lease);
  const addresses = lease.addresses.flatMap(({ address, interface: name }): readonly Entry[] => {
    if (isIpv4(address)) {
      return [{ map: addressMap.IPv4, element: { key: ipOctets(address), jump } }];
    }
    return indexes([name]).map((index) => {
      const key = concatenated([ipOctets(address), uint32(index)]);
      return { map: addressMap.IPv6, element: { key, jump } };
    });
  });
  const key = uint32(lease.number);
  const renewal = { map: renewalMap, element: { key, jump: renewalChain(lease) } };
  return [...adverts, ...(isRenewedByFrame(lease) ? [renewal] : []), ...addresses];
}

function kindOf({ family, protocol }: AdvertChannel): AdvertKind {
  const [plain4, authenticated4, plain6] = advertKinds;
  if (family === 'IPv6') return plain6;
  return protocol === 'vrrp' ? plain4 : authenticated4;
}

function renewChain({ number }: Lease): string {
  return `renew_${String(number)}`;
}

function guardChain({ number }: Lease): string {
  return `guard_${String(number)}`;
}

function renewalChain({ number }: Lease): string {
  return `renewal_${String(number)}`;
}

function heardChain({ number }: Lease): string {
  return `heard_${String(number)}`;
}

function ofEtherType(type: keyof typeof etherType): readonly Expression[] {
  return [{ type: 'meta', key: 'ether-type', into: workRegister }, equal(etherType[type])];
}
