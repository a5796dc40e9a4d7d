/** Routes and rules as `ip route` and `ip rule` write them, names already numbers. */
import type { Duration } from '../base/units.ts';
import type { AddressFamily, InterfaceName, IpAddress } from './address.ts';

/** An address with the length of its prefix; length 0 is everything. */
export interface Prefix {
  readonly address: IpAddress;
  readonly length: number;
}

export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'multicast'
  | 'anycast'
  | 'throw'
  | 'unreachable'
  | 'prohibit'
  | 'blackhole'
  | 'nat';

/**
 * One metric of a route: its RTAX name in words, its value, and whether the kernel may change it.
 */
export interface RouteMetric {
  readonly name: RouteMetricName;
  readonly value: number;
  readonly locked: boolean;
}

export type RouteMetricName =
  | 'mtu'
  | 'advmss'
  | 'rtt'
  | 'rttvar'
  | 'reordering'
  | 'cwnd'
  | 'ssthresh'
  | 'rto_min'
  | 'hoplimit'
  | 'window'
  | 'initcwnd'
  | 'initrwnd'
  | 'quickack'
  | 'features'
  | 'fastopen_no_cookie';

export type Encapsulation =
  | {
      readonly type: 'ip';
      readonly id: number | null;
      readonly destination: IpAddress | null;
      readonly source: IpAddress | null;
      readonly typeOfService: number | null;
      readonly timeToLive: number | null;
      readonly flags: number | null;
      readonly family: AddressFamily;
    }
  | {
      readonly type: 'mpls';
      readonly labels: readonly number[];
      readonly timeToLive: number | null;
    }
  /** Four 16-bit groups of an ILA locator. */
  | { readonly type: 'ila'; readonly locator: readonly number[] };

export interface NextHop {
  readonly gateway: IpAddress | null;
  readonly interface: InterfaceName | null;
  /** 1 to 256 */
  readonly weight: number;
  readonly onLink: boolean;
  readonly realms: number | null;
  readonly encapsulation: Encapsulation | null;
}

export interface Route {
  readonly family: AddressFamily;
  readonly type: RouteType;
  readonly destination: Prefix;
  /** `from`, IPv6 only. */
  readonly source: Prefix | null;
  readonly preferredSource: IpAddress | null;
  readonly gateway: IpAddress | null;
  readonly interface: InterfaceName | null;
  readonly onLink: boolean;
  readonly table: number;
  /** `vrf`: the table of this VRF counts. */
  readonly vrf: InterfaceName | null;
  readonly scope: number | null;
  /** RTPROT number; keepalived's 18 where the line says nothing. */
  readonly protocol: number;
  readonly metric: number | null;
  readonly typeOfService: number;
  /** Source realm in the upper 16 bits, destination realm in the lower. */
  readonly realms: number | null;
  readonly metrics: readonly RouteMetric[];
  readonly congestionControl: { readonly name: string; readonly locked: boolean } | null;
  readonly expires: Duration | null;
  readonly preference: 'low' | 'medium' | 'high' | null;
  readonly timeToLivePropagate: boolean | null;
  readonly encapsulation: Encapsulation | null;
  readonly nextHops: readonly NextHop[];
  /** How it is put beside others with the same destination. */
  readonly insertion: 'add' | 'prepend' | 'append';
  /** `no_track` unset: its removal by others is answered. */
  readonly tracked: boolean;
  readonly trackGroup: string | null;
  /** The line of the configuration, for people. */
  readonly text: string;
}

export type RuleAction =
  | { readonly type: 'table'; readonly table: number }
  | { readonly type: 'goto'; readonly priority: number }
  | { readonly type: 'nop' | 'blackhole' | 'unreachable' | 'prohibit' };

export interface Rule {
  readonly family: AddressFamily;
  readonly inverted: boolean;
  readonly from: Prefix | null;
  readonly to: Prefix | null;
  readonly action: RuleAction;
  readonly priority: number;
  readonly typeOfService: number | null;
  readonly firewallMark: { readonly mark: number; readonly mask: number | null } | null;
  readonly realms: number | null;
  readonly inputInterface: InterfaceName | null;
  readonly outputInterface: InterfaceName | null;
  readonly suppressPrefixLength: number | null;
  readonly suppressGroup: number | null;
  readonly tunnelId: number | null;
  readonly userRange: { readonly first: number; readonly last: number } | null;
  readonly l3MasterDevice: boolean;
  readonly protocol: number;
  readonly ipProtocol: number | null;
  readonly sourcePorts: { readonly first: number; readonly last: number } | null;
  readonly destinationPorts: { readonly first: number; readonly last: number } | null;
  readonly tracked: boolean;
  readonly trackGroup: string | null;
  readonly text: string;
}
