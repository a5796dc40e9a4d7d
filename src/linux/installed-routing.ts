/**
 * The routes and rules that Baton has installed, and how they are known again in what
 * the kernel says.
 */
import type { RouteVanished, RuleVanished } from '../model/core-event.ts';
import type { AddressFamily, IpAddress } from '../model/address.ts';
import type { NextHop, Prefix, Route, Rule } from '../model/route.ts';
import type { RoutingRequest } from '../ports/network.ts';
import { routeTypeNumber } from '../wire/rtnetlink-route.ts';
import { ruleActionNumber } from '../wire/rtnetlink-rule.ts';
import type { ReportedHop, RouteMessage, RuleMessage } from '../wire/rtnetlink-routing.ts';
import type { LinkLookup } from './link-lookup.ts';

/** The metric of an IPv6 route that names none (IP6_RT_PRIO_USER). */
const usualIpv6Metric = 1024;

export type InstalledRoute = Readonly<{ type: 'route'; route: Route; table: number }>;
export type InstalledRule = Readonly<{ type: 'rule'; rule: Rule }>;
export type Installed = InstalledRoute | InstalledRule;

/** One line may stand in several places of the configuration: it is one thing in the kernel. */
export function keyOf(request: RoutingRequest): string {
  return JSON.stringify('route' in request ? request.route : request.rule);
}

export function familyOfInstalled(installed: Installed): AddressFamily {
  return installed.type === 'route' ? installed.route.family : installed.rule.family;
}

export function vanished(installed: Installed): RouteVanished | RuleVanished {
  return installed.type === 'route'
    ? { type: 'route-vanished', route: installed.route }
    : { type: 'rule-vanished', rule: installed.rule };
}

/** Whether the two stand at the same place, so that what happens to one may concern the other. */
export function sharesPlace({ route, table }: InstalledRoute, message: RouteMessage): boolean {
  return (
    route.family === message.family &&
    table === message.table &&
    samePrefix(route.destination, message.destination)
  );
}

/** Whether this is what became of the route in the kernel; IPv6 adds hops of others to it. */
export function isRoute(
  installed: InstalledRoute,
  message: RouteMessage,
  links: LinkLookup,
): boolean {
  const { route } = installed;
  const metric = route.metric ?? 0;
  const kept = metric === 0 && route.family === 'IPv6' ? usualIpv6Metric : metric;
  return (
    sharesPlace(installed, message) &&
    kept === message.metric &&
    route.typeOfService === message.typeOfService &&
    route.protocol === message.protocol &&
    routeTypeNumber[route.type] === message.routeType &&
    (route.source === null || samePrefix(route.source, message.source)) &&
    (route.preferredSource === null || route.preferredSource === message.preferredSource) &&
    hopsOf(route).every((hop) => message.hops.some((reported) => isHop(hop, reported, links)))
  );
}

type Way = Pick<NextHop, 'gateway' | 'interface'>;

function hopsOf({ nextHops, gateway, interface: name }: Route): readonly Way[] {
  return nextHops.length > 0 ? nextHops : [{ gateway, interface: name }];
}

function isHop(hop: Way, { gateway, index }: ReportedHop, links: LinkLookup): boolean {
  if (hop.gateway !== gateway) return false;
  return hop.interface === null || links.indexOf(hop.interface) === index;
}

export function isRule({ rule }: InstalledRule, message: RuleMessage): boolean {
  const { action } = rule;
  return (
    rule.family === message.family &&
    rule.priority === message.priority &&
    rule.inverted === message.inverted &&
    rule.protocol === message.protocol &&
    ruleActionNumber[action.type] === message.action &&
    (action.type !== 'table' || action.table === message.table) &&
    (rule.typeOfService ?? 0) === message.typeOfService &&
    (rule.firewallMark?.mark ?? 0) === message.mark &&
    rule.inputInterface === message.inputInterface &&
    rule.outputInterface === message.outputInterface &&
    samePrefix(rule.from ?? everything(rule.family), message.from) &&
    samePrefix(rule.to ?? everything(rule.family), message.to)
  );
}

function everything(family: AddressFamily): Prefix {
  return { address: (family === 'IPv4' ? '0.0.0.0' : '::') as IpAddress, length: 0 };
}

function samePrefix(one: Prefix, other: Prefix): boolean {
  // Of everything, the address is of no interest.
  return one.length === other.length && (one.length === 0 || one.address === other.address);
}
