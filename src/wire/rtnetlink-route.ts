/**
 * Routes in rtnetlink: RTM_NEWROUTE and RTM_DELROUTE as requests. What the kernel says
 * of routes and rules is in rtnetlink-routing.ts, the layout of messages in rtnetlink.ts.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |    Family     |  Dest. length | Source length | Type of serv. |  struct rtmsg
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |     Table     |   Protocol    |     Scope     |     Type      |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                             Flags                             |
 */
import { toSeconds } from '../base/units.ts';
import type { AddressFamily, InterfaceName, IpAddress } from '../model/address.ts';
import { familyOf } from '../model/address.ts';
import type { Encapsulation, NextHop, Route, RouteMetricName, RouteType } from '../model/route.ts';
import {
  attribute,
  concatenated,
  ipOctets,
  networkUint16,
  networkUint64,
  requestMessage,
  textOctets,
  uint16,
  uint32,
  uint8,
} from './netlink-octets.ts';
import { family, messageFlag } from './rtnetlink.ts';

export const routeMessageType = { new: 24, deleted: 25, list: 26 } as const; // RTM_*ROUTE
export const routeHeaderLength = 12;

export const familyNumber: Readonly<Record<AddressFamily, number>> = {
  IPv4: family.ipv4,
  IPv6: family.ipv6,
};

/** RTN_* */
export const routeTypeNumber: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
};

/** RTA_* */
export const routeAttribute = {
  destination: 1,
  source: 2,
  outputInterface: 4,
  gateway: 5,
  priority: 6,
  preferredSource: 7,
  metrics: 8,
  multipath: 9,
  realms: 11,
  table: 15,
  gatewayOfOtherFamily: 18, // RTA_VIA
  preference: 20,
  encapsulationType: 21,
  encapsulation: 22,
  expires: 23,
  timeToLivePropagate: 26,
} as const;

/** RTAX_* */
const metricNumber: Readonly<Record<RouteMetricName, number>> = {
  mtu: 2,
  window: 3,
  rtt: 4,
  rttvar: 5,
  ssthresh: 6,
  cwnd: 7,
  advmss: 8,
  reordering: 9,
  hoplimit: 10,
  initcwnd: 11,
  features: 12,
  rto_min: 13,
  initrwnd: 14,
  quickack: 15,
  fastopen_no_cookie: 17,
};
const lockedMetrics = 1; // RTAX_LOCK: a bit for each metric that the kernel may not change
const congestionControl = 16; // RTAX_CC_ALGO

const scope = { universe: 0, link: 253, host: 254, nowhere: 255 } as const;
const onLinkFlag = 4; // RTNH_F_ONLINK
/** RFC 4191 section 2.1 */
const preferenceNumber = { low: 3, medium: 0, high: 1 } as const;

/** LWTUNNEL_ENCAP_* */
const encapsulationNumber = { mpls: 1, ip: 2, ila: 3, ip6: 4 } as const;
/** LWTUNNEL_IP_*, and LWTUNNEL_IP6_* with the same numbers. */
const tunnelAttribute = {
  id: 1,
  destination: 2,
  source: 3,
  timeToLive: 4,
  typeOfService: 5,
  flags: 6,
} as const;

/** A route, and what the names in it are for the kernel now. */
export interface RouteRequest {
  readonly sequence: number;
  readonly route: Route;
  /** That of the route's VRF, where it names one. */
  readonly table: number;
  readonly indexOf: (name: InterfaceName) => number;
}

/** RTM_NEWROUTE: `ip route add`, `prepend` or `append`. */
export function installRouteMessage(request: RouteRequest): Uint8Array {
  const { route, sequence } = request;
  const insertion = {
    add: messageFlag.exclusive,
    prepend: 0,
    append: messageFlag.append,
  }[route.insertion];
  return requestMessage({
    type: routeMessageType.new,
    flags: messageFlag.acknowledge | messageFlag.create | insertion,
    sequence,
    body: [
      routeHeader(request, route.scope ?? usualScope(route)),
      ...identity(request),
      ...properties(route),
    ],
  });
}

/**
 * RTM_DELROUTE: `ip route delete`. It says what tells the route from others; metrics and
 * the like are left out, since the kernel may keep others than it was given.
 */
export function withdrawRouteMessage(request: RouteRequest): Uint8Array {
  const { route, sequence } = request;
  const ipv4 = route.family === 'IPv4';
  return requestMessage({
    type: routeMessageType.deleted,
    flags: messageFlag.acknowledge,
    sequence,
    body: [
      routeHeader(request, route.scope ?? (ipv4 ? scope.nowhere : scope.universe)),
      ...identity(request),
    ],
  });
}

/** RTM_GETROUTE: the routes of a family that were made by this protocol. */
export function listRoutesMessage(request: {
  readonly sequence: number;
  readonly family: AddressFamily;
  readonly protocol: number;
}): Uint8Array {
  const header = new Uint8Array(routeHeaderLength);
  header[0] = familyNumber[request.family];
  header[5] = request.protocol;
  const { sequence } = request;
  return requestMessage({
    type: routeMessageType.list,
    flags: messageFlag.list,
    sequence,
    body: [header],
  });
}

/** struct rtmsg */
function routeHeader({ route, table }: RouteRequest, scopeNumber: number): Uint8Array {
  const { destination, source } = route;
  return concatenated([
    Uint8Array.of(
      familyNumber[route.family],
      destination.length,
      source?.length ?? 0,
      route.typeOfService,
      table < 256 ? table : 0,
      route.protocol,
      scopeNumber,
      routeTypeNumber[route.type],
    ),
    uint32(route.onLink ? onLinkFlag : 0),
  ]);
}

/** That of which `ip route` says nothing: as near as the way is short. */
function usualScope(route: Route): number {
  if (route.family === 'IPv6') return scope.universe;
  switch (route.type) {
    case 'local':
    case 'nat':
      return scope.host;
    case 'broadcast':
    case 'multicast':
    case 'anycast':
      return scope.link;
    case 'unicast':
      return route.gateway === null && route.nextHops.length === 0 ? scope.link : scope.universe;
    case 'throw':
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
      return scope.universe;
  }
}

/** What tells one route from another. */
function identity({ route, table, indexOf }: RouteRequest): readonly Uint8Array[] {
  const { destination, source, preferredSource, metric, interface: name } = route;
  const attributes = [attribute(routeAttribute.table, uint32(table))];
  if (destination.length > 0) {
    attributes.push(attribute(routeAttribute.destination, ipOctets(destination.address)));
  }
  if (source !== null && source.length > 0) {
    attributes.push(attribute(routeAttribute.source, ipOctets(source.address)));
  }
  if (preferredSource !== null) {
    attributes.push(attribute(routeAttribute.preferredSource, ipOctets(preferredSource)));
  }
  if (metric !== null) attributes.push(attribute(routeAttribute.priority, uint32(metric)));
  if (name !== null) {
    attributes.push(attribute(routeAttribute.outputInterface, uint32(indexOf(name))));
  }
  attributes.push(...wayOf(route, route.family));
  if (route.nextHops.length > 0) {
    const hops = route.nextHops.map((hop) => nextHop(hop, route.family, indexOf));
    attributes.push(attribute(routeAttribute.multipath, ...hops));
  }
  return attributes;
}

/** What a route and a next hop both may say of the way. */
function wayOf(
  way: Pick<NextHop, 'gateway' | 'realms' | 'encapsulation'>,
  routeFamily: AddressFamily,
): readonly Uint8Array[] {
  const { gateway, realms, encapsulation } = way;
  return [
    ...(gateway === null ? [] : [gatewayAttribute(gateway, routeFamily)]),
    ...(realms === null ? [] : [attribute(routeAttribute.realms, uint32(realms))]),
    ...(encapsulation === null ? [] : encapsulationAttributes(encapsulation)),
  ];
}

/** struct rtnexthop: length, flags, weight less one, interface; then attributes. */
function nextHop(
  hop: NextHop,
  routeFamily: AddressFamily,
  indexOf: (name: InterfaceName) => number,
): Uint8Array {
  const attributes = concatenated(wayOf(hop, routeFamily));
  return concatenated([
    uint16(8 + attributes.length),
    Uint8Array.of(hop.onLink ? onLinkFlag : 0, hop.weight - 1),
    uint32(hop.interface === null ? 0 : indexOf(hop.interface)),
    attributes,
  ]);
}

/** A gateway of another family than the route's comes with that family (struct rtvia). */
function gatewayAttribute(gateway: IpAddress, routeFamily: AddressFamily): Uint8Array {
  const gatewayFamily = familyOf(gateway);
  const octets = ipOctets(gateway);
  if (gatewayFamily === routeFamily) return attribute(routeAttribute.gateway, octets);
  const number = uint16(familyNumber[gatewayFamily]);
  return attribute(routeAttribute.gatewayOfOtherFamily, number, octets);
}

function properties(route: Route): readonly Uint8Array[] {
  const { expires, preference, timeToLivePropagate } = route;
  const attributes: Uint8Array[] = [];
  const metrics = metricAttributes(route);
  if (metrics.length > 0) attributes.push(attribute(routeAttribute.metrics, ...metrics));
  if (expires !== null) {
    attributes.push(attribute(routeAttribute.expires, uint32(Math.round(toSeconds(expires)))));
  }
  if (preference !== null) {
    attributes.push(attribute(routeAttribute.preference, uint8(preferenceNumber[preference])));
  }
  if (timeToLivePropagate !== null) {
    const propagated = uint8(timeToLivePropagate ? 1 : 0);
    attributes.push(attribute(routeAttribute.timeToLivePropagate, propagated));
  }
  return attributes;
}

function metricAttributes({ metrics, congestionControl: control }: Route): readonly Uint8Array[] {
  const attributes = metrics.map(({ name, value }) => attribute(metricNumber[name], uint32(value)));
  if (control !== null) attributes.push(attribute(congestionControl, textOctets(control.name)));
  let locks = 0;
  for (const { name, locked } of metrics) if (locked) locks |= 1 << metricNumber[name];
  if (control?.locked === true) locks |= 1 << congestionControl;
  if (locks !== 0) attributes.push(attribute(lockedMetrics, uint32(locks)));
  return attributes;
}

function encapsulationAttributes(encapsulation: Encapsulation): readonly Uint8Array[] {
  const kind = encapsulation.type;
  const number =
    kind === 'ip' && encapsulation.family === 'IPv6'
      ? encapsulationNumber.ip6
      : encapsulationNumber[kind];
  return [
    attribute(routeAttribute.encapsulationType, uint16(number)),
    attribute(routeAttribute.encapsulation, ...tunnel(encapsulation)),
  ];
}

function tunnel(encapsulation: Encapsulation): readonly Uint8Array[] {
  switch (encapsulation.type) {
    case 'ip':
      return ipTunnel(encapsulation);
    case 'mpls':
      return labelStack(encapsulation);
    case 'ila':
      // ILA_ATTR_LOCATOR
      return [attribute(1, ...encapsulation.locator.map(networkUint16))];
  }
}

type IpTunnel = Extract<Encapsulation, { readonly type: 'ip' }>;
type LabelStack = Extract<Encapsulation, { readonly type: 'mpls' }>;

function ipTunnel(of: IpTunnel): readonly Uint8Array[] {
  const { id, destination, source, timeToLive, typeOfService, flags } = of;
  return [
    ...(id === null ? [] : [attribute(tunnelAttribute.id, networkUint64(id))]),
    ...(destination === null
      ? []
      : [attribute(tunnelAttribute.destination, ipOctets(destination))]),
    ...(source === null ? [] : [attribute(tunnelAttribute.source, ipOctets(source))]),
    ...(timeToLive === null ? [] : [attribute(tunnelAttribute.timeToLive, uint8(timeToLive))]),
    ...(typeOfService === null
      ? []
      : [attribute(tunnelAttribute.typeOfService, uint8(typeOfService))]),
    ...(flags === null ? [] : [attribute(tunnelAttribute.flags, networkUint16(flags))]),
  ];
}

/** RFC 3032 section 2.1: 20 bits of label, the bottom of the stack marked. */
function labelStack({ labels, timeToLive }: LabelStack): readonly Uint8Array[] {
  const entries = labels.map((label, place) => {
    const bottom = place === labels.length - 1 ? 1 : 0;
    const value = (label * 4096 + bottom * 256) >>> 0;
    return concatenated([networkUint16(value >>> 16), networkUint16(value & 0xffff)]);
  });
  // MPLS_IPTUNNEL_DST, MPLS_IPTUNNEL_TTL
  const ttl = timeToLive === null ? [] : [attribute(2, uint8(timeToLive))];
  return [attribute(1, ...entries), ...ttl];
}
