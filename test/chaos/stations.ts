/** Who is at the switch: two routers, the client that watches them, and a stranger that floods. */
import type { Ipv4Address, Ipv6Address, MacAddress } from '../../src/model/address.ts';

export interface Station {
  readonly letter: string;
  readonly mac: MacAddress;
  readonly ipv4: Ipv4Address;
  readonly ipv6: Ipv6Address;
}

export const routerLetters = ['A', 'B'] as const;
export type RouterLetter = (typeof routerLetters)[number];

function station(letter: string, mac: string, number: number): Station {
  return {
    letter,
    mac: mac as MacAddress,
    ipv4: `192.0.2.${number}` as Ipv4Address,
    ipv6: `2001:db8:0:1::${number}` as Ipv6Address,
  };
}

export const routers: Readonly<Record<RouterLetter, Station>> = {
  A: station('a', '02:00:00:00:00:0a', 2),
  B: station('b', '02:00:00:00:00:0b', 3),
};
export const client = station('c', '02:00:00:00:00:0c', 20);
export const stranger = station('s', '02:00:00:00:00:0d', 66);

/** The address that the two routers are about. */
export const virtualAddresses = {
  IPv4: '192.0.2.100' as Ipv4Address,
  IPv6: '2001:db8:0:1::100' as Ipv6Address,
} as const;
