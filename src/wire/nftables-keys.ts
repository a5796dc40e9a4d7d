/** Keys of sets, as the kernel and nft have them. */
import { align } from './rtnetlink.ts';

/** Parts shorter than 4 octets fill up 4 of a key that has several. */
export type SetType = 'ipv4_addr' | 'ipv6_addr' | 'inet_proto' | 'mark' | 'ifname' | 'iface_index';

/** nft's numbers of types, which the kernel keeps for it, and their lengths in octets. */
const setType: Readonly<
  Record<SetType, { readonly number: number; readonly length: number; readonly hostOrder: boolean }>
> = {
  ipv4_addr: { number: 7, length: 4, hostOrder: false },
  ipv6_addr: { number: 8, length: 16, hostOrder: false },
  inet_proto: { number: 12, length: 1, hostOrder: false },
  mark: { number: 19, length: 4, hostOrder: true },
  iface_index: { number: 20, length: 4, hostOrder: true },
  ifname: { number: 41, length: 16, hostOrder: true },
};
const typeBits = 6;

/** What the kernel keeps for nft: the types of all parts in one number. */
export function keyType(types: readonly SetType[]): number {
  return types.reduce((all, one) => (all << typeBits) | setType[one].number, 0);
}

/** What nft keeps with a set, to show its keys: a note of type 0, 4 octets: their order. */
export function keyOrder(types: readonly SetType[]): Uint8Array {
  const [only, another] = types;
  if (only === undefined || another !== undefined) return Uint8Array.of(0, 4, 0, 0, 0, 0);
  return Uint8Array.of(0, 4, setType[only].hostOrder ? 1 : 2, 0, 0, 0);
}

/** A part of several takes whole registers of 4 octets. */
export function keyLength(types: readonly SetType[]): number {
  const [only, another] = types;
  if (only !== undefined && another === undefined) return setType[only].length;
  return types.reduce((all, one) => all + align(setType[one].length), 0);
}
