/**
 * The lease guard's part that listens: an advert like ours, of a higher priority, comes from the
 * host that answers for the addresses from now on. It silences this host at once, and not only
 * once a process has read it: that may be dead, or frozen. The next advert of ours ends that, for
 * whoever lives and has not yielded has its reasons.
 *
 *   heard_N  goes through an advert for the lease's virtual router that arrives
 *
 * Signatures can't be verified here. So that nobody from afar can silence a host by a forgery,
 * only what has crossed no router (TTL 255) counts; who can send that can claim the address by
 * ARP as well.
 */
import type { Advert, Priority } from '../model/advert.ts';
import type { Lease } from '../model/lease.ts';
import { likenessOf } from '../wire/advert-likeness.ts';
import { uint32 } from '../wire/netlink-octets.ts';
import type { Expression, Register } from '../wire/nftables-expression.ts';

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
  readonly register: Register;
}

/** What heard_N does. */
export function rivalExpressions(
  lease: Lease,
  own: Advert,
  above: Priority,
  { family, message, register }: RivalPlace,
): readonly Expression[] {
  const at = (offset: number, length: number): Expression => {
    return { type: 'payload', base: 'network', offset, length, into: register };
  };
  const equals = (offset: number, octets: Uint8Array): readonly Expression[] => {
    return [at(offset, octets.length), { type: 'compare', how: 'equal', register, value: octets }];
  };
  const higher = Uint8Array.of(above + 1);
  return [
    at(message + priorityOffset, 1),
    { type: 'compare', how: 'at-least', register, value: higher },
    ...equals(timeToLiveOffset[family], Uint8Array.of(untouched)),
    ...(family === 'IPv4' ? equals(0, Uint8Array.of(plainHeader)) : []),
    ...likenessOf(own).flatMap(({ offset, octets }) => equals(message + offset, octets)),
    { type: 'load', into: register, value: uint32(lease.number) },
    { type: 'forget', set: answeringSet, register },
  ];
}
