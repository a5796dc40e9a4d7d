import type { AddressFamily, InterfaceName, IpAddress } from './address.ts';

/**
 * Where adverts come and go: one raw socket. An instance without an interface
 * (unicast alone) shares the one that is bound to none.
 */
export interface AdvertChannel {
  readonly interface: InterfaceName | null;
  readonly family: AddressFamily;
  /** IP protocol 112, or 51 for adverts behind an Authentication Header. */
  readonly protocol: 'vrrp' | 'authentication-header';
}

/** A channel with the multicast groups that it is a member of; none for unicast alone. */
export interface JoinedChannel extends AdvertChannel {
  readonly groups: readonly IpAddress[];
  /** Octets of its receive buffer; null: large enough for all virtual routers. */
  readonly receiveBufferOctets: number | null;
}

/** The same text for the same channel. */
export function channelKey({ interface: name, family, protocol }: AdvertChannel): string {
  return `${name ?? '*'} ${family} ${protocol}`;
}
