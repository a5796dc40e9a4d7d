/**
 * What the kernel says of routes and rules, beside what rtnetlink.ts reads. Of each only
 * that is read by which Baton knows it again.
 */
import type { AddressFamily, InterfaceName, IpAddress } from '../model/address.ts';
import type { Prefix } from '../model/route.ts';
import {
  addressOf,
  align,
  family,
  findAttribute,
  headerLength,
  linkHeaderLength,
  littleEndian,
  messageFlag,
  messageType,
  parseRtnetlink,
  textOf,
  type MessageHeader,
  type RtnetlinkMessage,
} from './rtnetlink.ts';
import { attribute, requestMessage, textOctets } from './netlink-octets.ts';
import { routeAttribute, routeHeaderLength, routeMessageType } from './rtnetlink-route.ts';
import {
  invertedFlag,
  ruleAttribute,
  ruleHeaderLength,
  ruleMessageType,
} from './rtnetlink-rule.ts';

/** One of the ways that a route leads. */
export interface ReportedHop {
  readonly gateway: IpAddress | null;
  /** Null where the route names no interface, as one that is unreachable. */
  readonly index: number | null;
}

/** RTM_NEWROUTE and RTM_DELROUTE */
export interface RouteMessage extends MessageHeader {
  readonly type: 'new-route' | 'deleted-route';
  /** It takes the place of another one (NLM_F_REPLACE), of whose end nothing else is told. */
  readonly replaces: boolean;
  readonly family: AddressFamily;
  readonly destination: Prefix;
  readonly source: Prefix;
  readonly typeOfService: number;
  readonly table: number;
  readonly protocol: number;
  /** RTN_* */
  readonly routeType: number;
  readonly metric: number;
  readonly preferredSource: IpAddress | null;
  readonly hops: readonly ReportedHop[];
}

/** RTM_NEWRULE and RTM_DELRULE */
export interface RuleMessage extends MessageHeader {
  readonly type: 'new-rule' | 'deleted-rule';
  readonly family: AddressFamily;
  readonly priority: number;
  readonly from: Prefix;
  readonly to: Prefix;
  readonly inverted: boolean;
  readonly table: number;
  /** FR_ACT_* */
  readonly action: number;
  readonly typeOfService: number;
  readonly mark: number;
  readonly protocol: number;
  readonly inputInterface: string | null;
  readonly outputInterface: string | null;
}

export type RoutingMessage = RtnetlinkMessage | RouteMessage | RuleMessage;

/** The messages of one datagram; total on any octets, as `parseRtnetlink` is. */
export function parseRouting(datagram: Uint8Array): readonly RoutingMessage[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const messages: RoutingMessage[] = [];
  let start = 0;
  while (start + headerLength <= view.byteLength) {
    const length = view.getUint32(start, littleEndian);
    if (length < headerLength || start + length > view.byteLength) break;
    messages.push(...parseMessage(datagram.subarray(start, start + length)));
    start += align(length);
  }
  return messages;
}

function parseMessage(octets: Uint8Array): readonly RoutingMessage[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const flags = view.getUint16(6, littleEndian);
  const header: MessageHeader = {
    sequence: view.getUint32(8, littleEndian),
    portId: view.getUint32(12, littleEndian),
    interrupted: (flags & messageFlag.listInterrupted) !== 0,
  };
  const replaces = (flags & messageFlag.replace) !== 0;
  switch (view.getUint16(4, littleEndian)) {
    case routeMessageType.new:
      return parseRoute(view, { ...header, type: 'new-route', replaces });
    case routeMessageType.deleted:
      return parseRoute(view, { ...header, type: 'deleted-route', replaces: false });
    case ruleMessageType.new:
      return parseRule(view, { ...header, type: 'new-rule' });
    case ruleMessageType.deleted:
      return parseRule(view, { ...header, type: 'deleted-rule' });
    default:
      return parseRtnetlink(octets);
  }
}

function parseRoute(
  view: DataView,
  header: MessageHeader & Pick<RouteMessage, 'type' | 'replaces'>,
): readonly RouteMessage[] {
  const attributes = headerLength + routeHeaderLength;
  if (attributes > view.byteLength) return [];
  const number = view.getUint8(headerLength);
  const routeFamily = familyOfNumber(number);
  if (routeFamily === null) return [];
  const find = (type: number): DataView | null => {
    return findAttribute(view, attributes, view.byteLength, type);
  };
  const preferred = find(routeAttribute.preferredSource);
  return [
    {
      ...header,
      family: routeFamily,
      destination: prefixOf(
        routeFamily,
        view.getUint8(headerLength + 1),
        find(routeAttribute.destination),
      ),
      source: prefixOf(routeFamily, view.getUint8(headerLength + 2), find(routeAttribute.source)),
      typeOfService: view.getUint8(headerLength + 3),
      table: numberIn(find(routeAttribute.table)) ?? view.getUint8(headerLength + 4),
      protocol: view.getUint8(headerLength + 5),
      routeType: view.getUint8(headerLength + 7),
      metric: numberIn(find(routeAttribute.priority)) ?? 0,
      preferredSource: preferred === null ? null : addressOf(number, preferred),
      hops: hopsOf(find, number),
    },
  ];
}

type Find = (type: number) => DataView | null;

function hopsOf(find: Find, number: number): readonly ReportedHop[] {
  const multipath = find(routeAttribute.multipath);
  if (multipath === null) {
    return [
      { gateway: gatewayOf(find, number), index: numberIn(find(routeAttribute.outputInterface)) },
    ];
  }
  const hops: ReportedHop[] = [];
  let start = 0;
  // struct rtnexthop, with attributes behind it
  while (start + nextHopHeaderLength <= multipath.byteLength) {
    const end = start + multipath.getUint16(start, littleEndian);
    if (end < start + nextHopHeaderLength || end > multipath.byteLength) break;
    const attributes = start + nextHopHeaderLength;
    const findThere: Find = (type) => findAttribute(multipath, attributes, end, type);
    const index = multipath.getUint32(start + 4, littleEndian);
    hops.push({ gateway: gatewayOf(findThere, number), index: index === 0 ? null : index });
    start = align(end);
  }
  return hops;
}

const nextHopHeaderLength = 8;

function gatewayOf(find: Find, number: number): IpAddress | null {
  const gateway = find(routeAttribute.gateway);
  if (gateway !== null) return addressOf(number, gateway);
  const other = find(routeAttribute.gatewayOfOtherFamily);
  if (other === null || other.byteLength < 2) return null;
  const octets = new DataView(other.buffer, other.byteOffset + 2, other.byteLength - 2);
  return addressOf(other.getUint16(0, littleEndian), octets);
}

function parseRule(
  view: DataView,
  header: MessageHeader & Pick<RuleMessage, 'type'>,
): readonly RuleMessage[] {
  const attributes = headerLength + ruleHeaderLength;
  if (attributes > view.byteLength) return [];
  const ruleFamily = familyOfNumber(view.getUint8(headerLength));
  if (ruleFamily === null) return [];
  const find: Find = (type) => findAttribute(view, attributes, view.byteLength, type);
  const input = find(ruleAttribute.inputInterface);
  const output = find(ruleAttribute.outputInterface);
  const protocol = find(ruleAttribute.protocol);
  return [
    {
      ...header,
      family: ruleFamily,
      to: prefixOf(ruleFamily, view.getUint8(headerLength + 1), find(ruleAttribute.destination)),
      from: prefixOf(ruleFamily, view.getUint8(headerLength + 2), find(ruleAttribute.source)),
      typeOfService: view.getUint8(headerLength + 3),
      table: numberIn(find(ruleAttribute.table)) ?? view.getUint8(headerLength + 4),
      action: view.getUint8(headerLength + 7),
      inverted: (view.getUint32(headerLength + 8, littleEndian) & invertedFlag) !== 0,
      priority: numberIn(find(ruleAttribute.priority)) ?? 0,
      mark: numberIn(find(ruleAttribute.firewallMark)) ?? 0,
      protocol: protocol?.byteLength === 1 ? protocol.getUint8(0) : 0,
      inputInterface: input === null ? null : textOf(input),
      outputInterface: output === null ? null : textOf(output),
    },
  ];
}

function familyOfNumber(number: number): AddressFamily | null {
  if (number === family.ipv4) return 'IPv4';
  return number === family.ipv6 ? 'IPv6' : null;
}

/** Without an address it is everything. */
function prefixOf(of: AddressFamily, length: number, value: DataView | null): Prefix {
  const number = of === 'IPv4' ? family.ipv4 : family.ipv6;
  const address = value === null ? null : addressOf(number, value);
  return { address: address ?? ((of === 'IPv4' ? '0.0.0.0' : '::') as IpAddress), length };
}

function numberIn(value: DataView | null): number | null {
  return value?.byteLength === 4 ? value.getUint32(0, littleEndian) : null;
}

const linkInformation = { name: 3, information: 18, kind: 1, data: 2 } as const; // IFLA_*
const vrfTable = 1; // IFLA_VRF_TABLE

/** RTM_GETLINK: one interface by its name. */
export function describeLinkMessage(request: {
  readonly sequence: number;
  readonly name: InterfaceName;
}): Uint8Array {
  const name = attribute(linkInformation.name, textOctets(request.name));
  return requestMessage({
    type: messageType.listLinks,
    flags: 0,
    sequence: request.sequence,
    body: [new Uint8Array(linkHeaderLength), name],
  });
}

/** The routing table of the VRF that this RTM_NEWLINK is about; null where it is about none. */
export function vrfTableIn(datagram: Uint8Array): number | null {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.byteLength < headerLength + linkHeaderLength) return null;
  if (view.getUint16(4, littleEndian) !== messageType.newLink) return null;
  const start = headerLength + linkHeaderLength;
  const end = Math.min(view.byteLength, view.getUint32(0, littleEndian));
  const information = findAttribute(view, start, end, linkInformation.information);
  if (information === null) return null;
  const kind = findAttribute(information, 0, information.byteLength, linkInformation.kind);
  if (kind === null || textOf(kind) !== 'vrf') return null;
  const data = findAttribute(information, 0, information.byteLength, linkInformation.data);
  return data === null ? null : numberIn(findAttribute(data, 0, data.byteLength, vrfTable));
}
