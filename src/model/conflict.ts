/**
 * Why two hosts can both be Master of one virtual router, as far as one of them can tell from
 * what it hears. docs/errors.md is made from this.
 */
interface ConflictRow {
  /** What is the matter with the other one, as it stands in log and status. */
  readonly meaning: string;
  readonly mending: string;
}

export const conflictTable = {
  'passwords-differ': {
    meaning: 'it has another password or key than this host',
    mending: 'give both the same auth_pass, or the same auth_hmac keys under the same ids',
  },
  'authentication-differs': {
    meaning: 'it authenticates its adverts in another way than this host',
    mending: 'give both the same auth_type and auth_hmac, or none on either',
  },
  'clocks-differ': {
    meaning: 'its clock is not ours, so that its signatures seem stale',
    mending: 'let both clocks agree (NTP), or set a larger time_window',
  },
  'addresses-differ': {
    meaning: 'its list of virtual addresses is not ours',
    mending: 'list the same addresses in virtual_ipaddress on both',
  },
  'virtual-router-id-taken': {
    meaning: 'it uses our VRID for addresses that have nothing to do with ours',
    mending: 'give one of the two virtual routers another virtual_router_id',
  },
  'virtual-router-ids-differ': {
    meaning: 'it is Master of our addresses under another VRID',
    mending: 'set the same virtual_router_id on both',
  },
  'versions-differ': {
    meaning: 'it speaks another version of VRRP than this host',
    mending: 'set the same vrrp_version on both',
  },
  'intervals-differ': {
    meaning: 'its advertisement interval is not ours',
    mending: 'set the same advert_int on both',
  },
  'checksums-differ': {
    meaning: 'it sends another form of the version 3 checksum than this host',
    mending: 'see v3_checksum_as_v2 and v3_checksum_accept',
  },
  'forwarded-adverts': {
    meaning: 'its adverts have crossed a router: their TTL is not 255',
    mending: 'put both on one network, or give unicast_peer the TTL that is to be expected',
  },
  'transports-differ': {
    meaning: 'one of the two sends by unicast and the other by multicast, or to another group',
    mending: 'set unicast_peer on both or on none, and the same multicast group',
  },
  'peer-unknown': {
    meaning: 'it is none of our unicast peers',
    mending: 'add it to unicast_peer, or find out who it is',
  },
  'two-owners': {
    meaning: 'it is Master too, and both claim to own the addresses (priority 255)',
    mending: 'give priority 255 to one of them only',
  },
  'not-heard': {
    meaning:
      'it is Master too, with a lower priority: we hear it, and it does not take our adverts',
    mending:
      'look at the way from here to there: a packet filter on that host, a switch that keeps ' +
      'multicast back (IGMP snooping), or settings that let it drop our adverts (see its log)',
  },
  'not-hearing': {
    meaning:
      'it says by the side channel that it is Master too, and none of its adverts reaches us',
    mending:
      'look at the way from there to here: a packet filter on this host, or a switch that keeps ' +
      'multicast back (IGMP snooping)',
  },
  'address-claimed': {
    meaning: 'it says that it has our address, and we hear no adverts of it',
    mending:
      'find the host with this hardware address and give it another IP address; if it is one of ' +
      'our routers, look at why its adverts do not get here',
  },
  'peer-claims': {
    meaning: 'it says that it has our address, and none of its adverts reaches us',
    mending:
      'look at the way from there to here: a packet filter on this host, or a switch that keeps ' +
      'multicast back (IGMP snooping); see that VRRP runs there at all',
  },
} as const satisfies Readonly<Record<string, ConflictRow>>;

export type ConflictCause = keyof typeof conflictTable;

/** What was heard is that somebody has an address, and not that it is a master. */
export const causesOfClaims: readonly ConflictCause[] = ['address-claimed', 'peer-claims'];

/** What it is called, by whether this host is Master. */
export function conflictName(
  cause: ConflictCause,
  { whileMaster }: { readonly whileMaster: boolean },
): string {
  if (causesOfClaims.includes(cause)) return 'address conflict';
  return whileMaster ? 'two masters' : 'conflict';
}
