import type {
  AddressFamily,
  InterfaceName,
  IpAddress,
  Ipv6Address,
  MacAddress,
} from './address.ts';

/** An interface that Baton makes on top of another (`use_vmac`, `use_ipvlan`). */
export interface VirtualInterface {
  readonly name: InterfaceName;
  /** The interface below. */
  readonly base: InterfaceName;
  readonly kind: VirtualInterfaceKind;
  /** `group`: the kernel's number of an interface group; 0: the default group. */
  readonly group: number;
  /** The family of the instance: IPv6 needs a link-local address on it, IPv4 none. */
  readonly family: AddressFamily;
  /**
   * The IPv6 link-local address to put on it; null: for IPv6 one made of the base's MAC address.
   */
  readonly linkLocal: Ipv6Address | null;
  /** `netlink_notify_msg`: the kernel repeats its notification once it is set up. */
  readonly notify: boolean;
}

export type VirtualInterfaceKind =
  /** A macvlan in private mode with the virtual MAC address (RFC 9568 section 7.3). */
  | { readonly type: 'macvlan'; readonly macAddress: MacAddress }
  | {
      readonly type: 'ipvlan';
      readonly mode: 'bridge' | 'private' | 'vepa';
      readonly address: IpAddress | null;
    };
