/**
 * Why a received packet was dropped. Each has a counter; `counter` is its name in
 * RFC 2787 (VRRP-MIB) where there is one. docs/errors.md is made from this.
 */
interface DropReasonRow {
  readonly counter: string | null;
  /** What is wrong with the packet, as it stands in the log. */
  readonly meaning: string;
  readonly mending: string;
}

export const dropReasonTable = {
  'packet-length': {
    counter: 'vrrpStatsPacketLengthErrors',
    meaning: 'shorter or longer than its header says',
    mending:
      'Look at what the sender sends: it was cut off, or it says another count of addresses than it has.',
  },
  'ip-header': {
    counter: null,
    meaning: 'its IP header cannot be read',
    mending: 'Look at what is sent; no VRRP router sends this.',
  },
  'ip-ttl': {
    counter: 'vrrpStatsIpTtlErrors',
    meaning: 'its TTL is not what it has to be: 255, or within the bounds of `unicast_peer`',
    mending: 'Find out who sends it: adverts never cross a router (RFC 3768 section 5.2.3).',
  },
  version: {
    counter: 'vrrpRouterVersionErrors',
    meaning: 'its VRRP version is not ours',
    mending: 'Set the same `version` (or `vrrp_version`) on both sides.',
  },
  'packet-type': {
    counter: 'vrrpStatsInvalidTypePktsRcvd',
    meaning: 'it is no advertisement',
    mending: 'Look at what the sender sends: there is no other type.',
  },
  'address-count': {
    counter: null,
    meaning: 'it lists no address (RFC 9568 section 5.2.5)',
    mending: 'Look at what the sender sends: an advert lists the addresses of its virtual router.',
  },
  'interval-zero': {
    counter: null,
    meaning: 'its advertisement interval is 0',
    mending: 'Look at what the sender sends: an interval is at least 1 centisecond.',
  },
  'authentication-header': {
    counter: null,
    meaning: 'it has an Authentication Header that is none of an advert',
    mending: 'Look at what is sent with IP protocol 51 to 224.0.0.18.',
  },
  checksum: {
    counter: 'vrrpRouterChecksumErrors',
    meaning: 'its checksum is wrong',
    mending:
      'Look for a fault of the network, or, in version 3 over IPv4, for the other form of the ' +
      'checksum: see `v3_checksum_as_v2` and `v3_checksum_accept`.',
  },
  'virtual-router-id': {
    counter: 'vrrpRouterVrIdErrors',
    meaning: 'its VRID is not configured on that interface',
    mending: 'Nothing, if it is of others. Else set the same `virtual_router_id` on both sides.',
  },
  destination: {
    counter: null,
    meaning: 'it came by unicast where multicast is configured, or the other way round',
    mending: 'Set `unicast_peer` on both sides or on none; the same multicast group, too.',
  },
  'authentication-type-unknown': {
    counter: 'vrrpStatsInvalidAuthType',
    meaning: 'its type of authentication does not exist',
    mending: 'Look at what the sender sends.',
  },
  'authentication-type-mismatch': {
    counter: 'vrrpStatsAuthTypeMismatch',
    meaning: 'its type of authentication is not ours',
    mending: 'Set the same `auth_type` on both sides.',
  },
  'authentication-failure': {
    counter: 'vrrpStatsAuthFailures',
    meaning: 'its password is not ours, or its Authentication Header is not to be believed',
    mending:
      'Set the same `auth_pass` on both sides; only its first 8 characters count. With AH a ' +
      'sequence number that was used before is refused too.',
  },
  'advertisement-interval': {
    counter: 'vrrpStatsAdvertiseIntervalErrors',
    meaning: 'its interval is not ours',
    mending: 'Set the same `advert_int` on both sides.',
  },
  'address-list': {
    counter: 'vrrpStatsAddressListErrors',
    meaning: 'its addresses are not ours',
    mending: 'List the same addresses in `virtual_ipaddress` on both sides, in any order.',
  },
  'first-address': {
    counter: null,
    meaning: 'its first address is no link-local one (RFC 9568 section 5.2.9)',
    mending: 'List a link-local address first in `virtual_ipaddress` of the other router.',
  },
  'unicast-source': {
    counter: null,
    meaning: 'its sender is none of our peers',
    mending: 'Add it to `unicast_peer`, or find out who it is.',
  },
  'second-owner': {
    counter: null,
    meaning: 'we own the addresses and take no adverts (`owner_ignore_adverts`)',
    mending: 'Give priority 255 to one router only.',
  },
  'hmac-missing': {
    counter: null,
    meaning: 'it is not signed',
    mending: 'Set the same `auth_hmac` on both sides, or `mode permissive` for a while.',
  },
  'hmac-malformed': {
    counter: null,
    meaning: 'its signature cannot be read',
    mending: 'Look at what the sender sends.',
  },
  'hmac-unknown-key': {
    counter: null,
    meaning: 'it is signed with a key that we do not have',
    mending: 'Give the same keys the same ids on both sides.',
  },
  'hmac-forged': {
    counter: null,
    meaning: 'its signature is wrong',
    mending: 'Give the same keys the same ids on both sides.',
  },
  'hmac-stale': {
    counter: null,
    meaning: 'it was signed too long ago, or in the future',
    mending: 'Let both clocks agree, or set a larger `time_window`.',
  },
  'hmac-replayed': {
    counter: null,
    meaning: 'it is signed, and was heard before',
    mending: 'Find out who repeats adverts.',
  },
  'side-malformed': {
    counter: null,
    meaning: 'it came to the side channel and is none of its messages',
    mending: 'Find out who sends it; with another version of Baton there, use the same.',
  },
  'side-forged': {
    counter: null,
    meaning: 'its signature is not of our side channel',
    mending: 'Set the same `key` in `side_channel` on both sides, or find out who forges.',
  },
  'side-stranger': {
    counter: null,
    meaning: 'its sender is no peer of our side channel',
    mending: 'Name its address as `peer` in `side_channel`, or find out who it is.',
  },
  'side-replayed': {
    counter: null,
    meaning: 'it was heard on the side channel before, or is of a life of its sender that is over',
    mending: 'Find out who repeats it, unless the network is known to deliver twice.',
  },
  'arp-malformed': {
    counter: null,
    meaning: 'it is no ARP of IPv4 over Ethernet',
    mending: 'Find out who sends it.',
  },
  'neighbour-malformed': {
    counter: null,
    meaning: 'it is no neighbour advertisement that says a hardware address',
    mending: 'Find out who sends it.',
  },
  'own-packet': {
    counter: null,
    meaning: 'it is our own, or its sender has our address',
    mending: 'Look for a loop in the network, and for another host with the same address.',
  },
} as const satisfies Readonly<Record<string, DropReasonRow>>;

export type DropReason = keyof typeof dropReasonTable;
