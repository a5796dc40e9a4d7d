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
      'Look at what the sender sends. Authentication by HMAC (keepalived 2.4) is not understood.',
  },
  'ip-header': {
    counter: null,
    meaning: 'its IP header cannot be read',
    mending: 'Look at what is sent; no VRRP router sends this.',
  },
  'ip-ttl': {
    counter: 'vrrpStatsIpTtlErrors',
    meaning: 'its TTL is not 255, so a router has forwarded it',
    mending: 'Find out who sends it: adverts never cross a router (RFC 3768 section 5.2.3).',
  },
  version: {
    counter: 'vrrpRouterVersionErrors',
    meaning: 'its VRRP version is not 2',
    mending: 'Set `vrrp_version 2` on the other router.',
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
    mending: 'Look for a fault of the network or of the sending network card.',
  },
  'virtual-router-id': {
    counter: 'vrrpRouterVrIdErrors',
    meaning: 'its VRID is not configured on that interface',
    mending: 'Nothing, if it is of others. Else set the same `virtual_router_id` on both sides.',
  },
  destination: {
    counter: null,
    meaning: 'it was sent to one host and not to 224.0.0.18',
    mending: 'Take `unicast_peer` out of the configuration of the other router.',
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
    meaning: 'its password is not ours',
    mending: 'Set the same `auth_pass` on both sides; only its first 8 characters count.',
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
  'own-packet': {
    counter: null,
    meaning: 'it is our own, or its sender has our address',
    mending: 'Look for a loop in the network, and for another host with the same address.',
  },
} as const satisfies Readonly<Record<string, DropReasonRow>>;

export type DropReason = keyof typeof dropReasonTable;
