/**
 * The lease guard's part that knows addresses. A map of each family leads from those that are
 * guarded to their leases; ARP and neighbour solicitations, which are few, go by it alone. Other
 * packets go through two chains of the family, to… and from…, which lead on by the map as well,
 * or, where few addresses have been there for a while, by comparing one after the other: a look-up
 * costs as much as ten comparisons, and each packet of the host pays it.
 *
 * An IPv4 address is answered for on any interface (arp_ignore), an IPv6 address on its own alone.
 */
import type { Expression } from '../wire/nftables-expression.ts';
import type { RuleDefinition, SetDefinition, SetElement, TableChange } from '../wire/nftables.ts';
import {
  addressLength,
  destinationOffset,
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

type Family = 'IPv4' | 'IPv6';

/** By family: the addresses that are guarded, each with the chain of its lease. */
export const addressMap = { IPv4: 'address4', IPv6: 'address6' } as const;

export const addressMaps: readonly SetDefinition[] = [
  { name: addressMap.IPv4, types: ['ipv4_addr'], kind: 'map', elements: [] },
  { name: addressMap.IPv6, types: ['ipv6_addr', 'iface_index'], kind: 'map', elements: [] },
];

/** Where packets are told by the addresses that they go to, and come from. */
export const addressChain = {
  in: { IPv4: 'to4', IPv6: 'to6' },
  out: { IPv4: 'from4', IPv6: 'from6' },
} as const;

/** With more addresses than this they are looked up. */
const mostCompared = 8;

const families: readonly Family[] = ['IPv4', 'IPv6'];
const ways: readonly Way[] = ['in', 'out'];
const offset = { in: destinationOffset, out: sourceOffset } as const;

/** An address, as the map has it, and the chain of its lease. */
type Guarded = SetElement & { readonly jump: string };

/** What the chains lead to, and how. */
export class GuardedAddresses {
  readonly #families = families.map((family) => {
    return { family, addresses: new Map<string, Guarded>(), areCompared: false };
  });

  /** For a table that is made anew. */
  clear(): void {
    for (const one of this.#families) {
      one.addresses.clear();
      one.areCompared = false;
    }
  }

  /** What has to change before an entry is there; of another map it is no address. */
  add(map: string, element: Guarded): readonly TableChange[] {
    const one = this.#families.find(({ family }) => addressMap[family] === map);
    one?.addresses.set(element.key.join(), element);
    return one === undefined ? [] : lookUp(one);
  }

  /** What has to change before an entry goes. */
  delete(map: string, { key }: SetElement): readonly TableChange[] {
    const one = this.#families.find(({ family }) => addressMap[family] === map);
    one?.addresses.delete(key.join());
    return one === undefined ? [] : lookUp(one);
  }

  /**
   * For when there is time: what makes the chains compare where that is cheaper. It is not done at
   * once, since a rule takes the kernel longer to make than an entry of a map.
   */
  settle(): readonly TableChange[] {
    return this.#families.flatMap((one) => {
      const { family, addresses, areCompared } = one;
      if (areCompared || addresses.size === 0 || addresses.size > mostCompared) return [];
      one.areCompared = true;
      return ways.flatMap((way) =>
        leadOn(
          family,
          way,
          [...addresses.values()].map(({ key, jump }) => {
            return [...is(family, way, key), { type: 'jump', chain: jump }];
          }),
        ),
      );
    });
  }
}

/** The rules that look all addresses up. */
export function addressRules(): readonly RuleDefinition[] {
  return families.flatMap((family) =>
    ways.map((way) => ({ chain: addressChain[way][family], expressions: looksUp(family, way) })),
  );
}

function lookUp(one: { readonly family: Family; areCompared: boolean }): readonly TableChange[] {
  if (!one.areCompared) return [];
  one.areCompared = false;
  return ways.flatMap((way) => leadOn(one.family, way, [looksUp(one.family, way)]));
}

function leadOn(
  family: Family,
  way: Way,
  rules: readonly (readonly Expression[])[],
): readonly TableChange[] {
  const chain = addressChain[way][family];
  return [
    { type: 'flush-chain', name: chain },
    ...rules.map((expressions): TableChange => {
      return { type: 'add-rule', rule: { chain, expressions } };
    }),
  ];
}

function looksUp(family: Family, way: Way): readonly Expression[] {
  return [...addressKey(family, way), follow(addressMap[family])];
}

function addressKey(family: Family, way: Way): readonly Expression[] {
  const address = payload(offset[way][family], addressLength[family], keyRegister);
  return family === 'IPv4' ? [address] : [address, interfaceOf(way, partRegisters.IPv6[0])];
}

function is(family: Family, way: Way, key: Uint8Array): readonly Expression[] {
  const length = addressLength[family];
  const address = payload(offset[way][family], length, workRegister);
  const place = key.subarray(length);
  return [
    ...[address, equal(key.subarray(0, length))],
    ...(place.length === 0 ? [] : [interfaceOf(way, workRegister), equal(place)]),
  ];
}
