/**
 * The lease guard's part that listens: an advert like ours, of a higher priority, or of the same
 * one from a greater address, comes from the host that answers for the addresses from now on. It
 * silences this host at once, and not only once a process has read it: that may be dead, or
 * frozen. The next advert of ours ends that, for whoever lives and has not yielded has its reasons.
 *
 *   heard_N  goes through an advert for the lease's virtual router that arrives
 *
 * Signatures can't be verified here. So that nobody from afar can silence a host by a forgery,
 * only what has crossed no router (TTL 255) counts; who can send that can claim the address by
 * ARP as well.
 */
import type { Advert } from '../model/advert.ts';
import type { Lease } from '../model/lease.ts';
import { likenessOf } from '../wire/advert-likeness.ts';
import { ipOctets, uint32 } from '../wire/netlink-octets.ts';
import type { Expression } from '../wire/nftables-expression.ts';
import { addressLength, equal, payload, sourceOffset, workRegister } from './guard-expressions.ts';

/** The numbers of the leases that live, and that no other host's advert has outranked. */
export const answeringSet = 'answering';

const timeToLiveOffset = { IPv4: 8, IPv6: 7 } as const;
const untouched = 255;
/** Version 4, and a header of 20 octets: no options, so that all lies where it is looked for. */
const plainHeader = 0x45;
const priorityOffset = 2;

/** Where what is to be compared lies. */
export interface RivalPlace {
  readonly family: 'IPv4' | 'IPv6';
  /** Where the VRRP message begins, from the IP header on. */
  readonly message: number;
}

/** What heard_N does: for an advert of a higher priority, and for one that ties and wins. */
export function rivalRules(
  lease: Lease,
  own: Advert,
  { family, message }: RivalPlace,
): readonly (readonly Expression[])[] {
  const { outrankedAbove: above, source, number } = lease;
  if (above === null) return [];
  const priority = payload(message + priorityOffset, 1, workRegister);
  const equals = (offset: number, octets: Uint8Array): readonly Expression[] => {
    return [payload(offset, octets.length, workRegister), equal(octets)];
  };
  const like = [
    ...equals(timeToLiveOffset[family], Uint8Array.of(untouched)),
    ...(family === 'IPv4' ? equals(0, Uint8Array.of(plainHeader)) : []),
    ...likenessOf(own).flatMap(({ offset, octets }) => equals(message + offset, octets)),
  ];
  const silence: readonly Expression[] = [
    { type: 'load', into: workRegister, value: uint32(number) },
    { type: 'forget', set: answeringSet, register: workRegister },
  ];
  const higher = [priority, compare('at-least', Uint8Array.of(above + 1)), ...like, ...silence];
  if (source === null) return [higher];
  const sender = payload(sourceOffset[family], addressLength[family], workRegister);
  const wins = [priority, equal([above]), sender, compare('greater', ipOctets(source))];
  return [higher, [...wins, ...like, ...silence]];
}

function compare(how: 'at-least' | 'greater', value: Uint8Array): Expression {
  return { type: 'compare', how, register: workRegister, value };
}
