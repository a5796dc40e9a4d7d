/**
 * Diagnosis of a split brain: what was heard of another host is turned into the likely cause of
 * two masters. Tables and pure functions; what is remembered of it is in `conflicts.ts`.
 */
import type { IpAddress } from '../model/address.ts';
import type { ConflictCause } from '../model/conflict.ts';
import type { DropReason } from '../model/drop-reason.ts';

/** One thing that speaks for another host being Master, or about to be, beside this one. */
export type Evidence =
  /** An advert for this virtual router differs; `listed` is null where it can't be read. */
  | {
      readonly type: 'mismatch';
      readonly source: IpAddress;
      readonly reason: DropReason;
      readonly listed: readonly IpAddress[] | null;
    }
  /** This router is Master, and one that has to yield to it has sent an advert. */
  | { readonly type: 'losing-advert'; readonly source: IpAddress; readonly otherChecksum: boolean }
  /** This router owns the addresses, and so does the sender of an advert. */
  | { readonly type: 'second-owner'; readonly source: IpAddress }
  /** Another Baton says by the side channel that it is Master of the same addresses. */
  | { readonly type: 'peer-says-master'; readonly source: IpAddress; readonly sameId: boolean }
  /** Somebody claims an address, and no adverts explain it; `peer` has sent adverts before. */
  | { readonly type: 'claim'; readonly peer: IpAddress | null };

/** What such an advert says of the two configurations; null: nothing that makes two masters. */
const causeOfMismatch: Readonly<Record<DropReason, ConflictCause | null>> = {
  'packet-length': null,
  'ip-header': null,
  'ip-ttl': 'forwarded-adverts',
  version: 'versions-differ',
  'packet-type': null,
  'address-count': null,
  'interval-zero': null,
  'authentication-header': null,
  checksum: 'checksums-differ',
  'virtual-router-id': null,
  destination: 'transports-differ',
  'authentication-type-unknown': null,
  'authentication-type-mismatch': 'authentication-differs',
  'authentication-failure': 'passwords-differ',
  'advertisement-interval': 'intervals-differ',
  'address-list': 'addresses-differ',
  'first-address': null,
  'unicast-source': 'peer-unknown',
  'second-owner': 'two-owners',
  'hmac-missing': 'authentication-differs',
  'hmac-malformed': null,
  'hmac-unknown-key': 'passwords-differ',
  'hmac-forged': 'passwords-differ',
  'hmac-stale': 'clocks-differ',
  'hmac-replayed': null,
  'side-malformed': null,
  'side-forged': null,
  'side-stranger': null,
  'side-replayed': null,
  'arp-malformed': null,
  'neighbour-malformed': null,
  'own-packet': null,
};

/** The likely cause; `own` are the virtual addresses of this router. */
export function causeOf(evidence: Evidence, own: readonly IpAddress[]): ConflictCause | null {
  switch (evidence.type) {
    case 'mismatch':
      if (isClash(evidence.listed, own)) return 'virtual-router-id-taken';
      return causeOfMismatch[evidence.reason];
    case 'losing-advert':
      return evidence.otherChecksum ? 'checksums-differ' : 'not-heard';
    case 'second-owner':
      return 'two-owners';
    case 'peer-says-master':
      return evidence.sameId ? 'not-hearing' : 'virtual-router-ids-differ';
    case 'claim':
      return evidence.peer === null ? 'address-claimed' : 'peer-claims';
  }
}

/** Two that mean the same virtual router have at least one address in common. */
function isClash(listed: readonly IpAddress[] | null, own: readonly IpAddress[]): boolean {
  if (listed === null || listed.length === 0 || own.length === 0) return false;
  return !listed.some((address) => own.includes(address));
}
