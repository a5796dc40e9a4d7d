/**
 * Why a received packet was dropped. Each has a counter, and the name of that
 * counter in RFC 2787 (VRRP-MIB) beside it where there is one.
 */
export const dropReasons = [
  'packet-length', // vrrpStatsPacketLengthErrors
  'ip-header', // no counter: not an IPv4 header that can be read
  'ip-ttl', // vrrpStatsIpTtlErrors
  'version', // vrrpRouterVersionErrors
  'packet-type', // vrrpStatsInvalidTypePktsRcvd
  'checksum', // vrrpRouterChecksumErrors
  'virtual-router-id', // vrrpRouterVrIdErrors
  'destination', // unicast where multicast is configured
  'authentication-type-unknown', // vrrpStatsInvalidAuthType
  'authentication-type-mismatch', // vrrpStatsAuthTypeMismatch
  'authentication-failure', // vrrpStatsAuthFailures
  'advertisement-interval', // vrrpStatsAdvertiseIntervalErrors
  'address-list', // vrrpStatsAddressListErrors
  'own-packet', // our own advert came back: a loop in the network
] as const;

export type DropReason = (typeof dropReasons)[number];
