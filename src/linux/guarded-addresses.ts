/**
 * The lease guard's part that knows addresses. A map of each family leads from those that are
 * guarded to their leases; ARP and neighbour solicitations, which are few, go by it alone. Other
 * packets go through two chains of the family, to… and from…, which lead on by the map as well,
 * or, where there are few addresses, by comparing one after the other: a look-up costs as much as
 * ten comparisons, and each packet of the host pays it.
 *
 * An IPv4 address is answered for on any interface (arp_ignore), an IPv6 address on its own alone.
 */
import type { Expression } from '../wire/nftables-expression.ts';
import type { SetDefinition, SetElement, TableChange } from '../wire/nftables.ts';
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

/** What the chains lead to. */
export class GuardedAddresses {
  readonly #families = families.map((family) => {
    return { family, addresses: new Map<string, Guarded>(), isLookedUp: false, isChanged: false };
  });

  clear(): void {
    for (const one of this.#families) {
      one.addresses.clear();
      one.isLookedUp = false;
      one.isChanged = false;
    }
  }

  /** Of another map it is no address. */
  add(map: string, element: Guarded): void {
    for (const one of this.#families) {
      if (addressMap[one.family] !== map) continue;
      one.addresses.set(element.key.join(), element);
      one.isChanged = true;
    }
  }

  delete(map: string, { key }: SetElement): void {
    for (const one of this.#families) {
      if (addressMap[one.family] === map && one.addresses.delete(key.join())) one.isChanged = true;
    }
  }

  /** What makes the chains lead to what is there now, since they were asked for last. */
  changes(): readonly TableChange[] {
    return this.#families.flatMap((one) => {
      const wasLookedUp = one.isLookedUp;
      const { isChanged } = one;
      one.isLookedUp = one.addresses.size > mostCompared;
      one.isChanged = false;
      if (!isChanged || (wasLookedUp && one.isLookedUp)) return [];
      const compared = one.isLookedUp ? null : [...one.addresses.values()];
      return ways.flatMap((way) => leadOn(one.family, way, compared));
    });
  }
}

/** `compared`: one by one; null: all that are in the map are looked up. */
function leadOn(
  family: Family,
  way: Way,
  compared: readonly Guarded[] | null,
): readonly TableChange[] {
  const chain = addressChain[way][family];
  const rules: readonly (readonly Expression[])[] =
    compared === null
      ? [[...addressKey(family, way), follow(addressMap[family])]]
      : compared.map(({ key, jump }) => [...is(family, way, key), { type: 'jump', chain: jump }]);
  return [
    { type: 'flush-chain', name: chain },
    ...rules.map((expressions): TableChange => {
      return { type: 'add-rule', rule: { chain, expressions } };
    }),
  ];
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
