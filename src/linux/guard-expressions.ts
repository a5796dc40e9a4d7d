/** What the lease guard's rules are made of; see lease-table.ts. */
import type { Expression, Register } from '../wire/nftables-expression.ts';

/** The registers of a key's parts, and the one that all else is done in. */
export const keyRegister: Register = 8;
export const partRegisters = { IPv4: [9, 10, 11], IPv6: [12, 13, 14] } as const;
export const workRegister: Register = 20;

export const addressLength = { IPv4: 4, IPv6: 16 } as const;

/** Offsets from the IP header on, in octets. */
export const sourceOffset = { IPv4: 12, IPv6: 8 } as const;
export const destinationOffset = { IPv4: 16, IPv6: 24 } as const;

/** Ways of a packet: towards this host, and away from it. */
export type Way = 'in' | 'out';

export const drop: Expression = { type: 'verdict', verdict: 'drop' };
export const accept: Expression = { type: 'verdict', verdict: 'accept' };
export const counter: Expression = { type: 'counter' };

/** Goes on as the map says of the key. */
export function follow(map: string): Expression {
  return { type: 'look-up', set: map, register: keyRegister, act: true };
}

/** Octets from the IP or ARP header on. */
export function payload(offset: number, length: number, into: Register): Expression {
  return { type: 'payload', base: 'network', offset, length, into };
}

export function equal(octets: ArrayLike<number>): Expression {
  const value = Uint8Array.from(octets);
  return { type: 'compare', how: 'equal', register: workRegister, value };
}

/** The interface that a packet came by, or leaves by. */
export function interfaceOf(way: Way, into: Register): Expression {
  return { type: 'meta', key: way === 'in' ? 'iif' : 'oif', into };
}
