/**
 * What a Master holds: addresses, then routes, then rules, in keepalived's order, and
 * let go of in the opposite one. Addresses live for a lifetime that each advert
 * renews; routes and rules have none (`held-routing.ts`).
 */
import { seconds } from '../base/units.ts';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import type { VirtualAddress } from '../model/config.ts';
import type { Route, Rule } from '../model/route.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';

export interface Holding {
  readonly addresses: readonly VirtualAddress[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
}

export type Routing = Pick<Holding, 'routes' | 'rules'>;

/** How long to wait before what failed, or was just put back, is put in place again. */
export const retryInterval = seconds(1);

export const nothing: Holding = { addresses: [], routes: [], rules: [] };

/** Takes rules and routes away, before the addresses that they may need. */
export function withdrawRouting({ routes, rules }: Routing, outbox: Outbox): void {
  const id = (): number => outbox.nextId();
  if (rules.length > 0) {
    outbox.push({ type: 'withdraw-rules', id: id(), rules: [...rules].reverse() });
  }
  if (routes.length > 0) {
    outbox.push({ type: 'withdraw-routes', id: id(), routes: orderOfWithdrawal(routes) });
  }
}

/**
 * The last one first, but those with a gateway before all others: told to take away a route of
 * IPv6 without one, the kernel takes whichever leads to that destination by that interface.
 */
function orderOfWithdrawal(routes: readonly Route[]): readonly Route[] {
  const reversed = [...routes].reverse();
  const byGateway = ({ gateway, nextHops }: Route): boolean =>
    gateway !== null || nextHops.some((hop) => hop.gateway !== null);
  return [...reversed.filter(byGateway), ...reversed.filter((one) => !byGateway(one))];
}

export function releaseAddresses(addresses: readonly VirtualAddress[], outbox: Outbox): void {
  if (addresses.length === 0) return;
  outbox.push({ type: 'release-addresses', id: outbox.nextId(), addresses });
}

/** Lets go of all of it. */
export function release(holding: Holding, outbox: Outbox): void {
  withdrawRouting(holding, outbox);
  releaseAddresses(holding.addresses, outbox);
}

/** What `wanted` has that `former` has not. */
export function lacking(former: Holding, wanted: Holding): Holding {
  return {
    addresses: without(wanted.addresses, former.addresses, addressKey),
    routes: without(wanted.routes, former.routes, routingKey),
    rules: without(wanted.rules, former.rules, routingKey),
  };
}

/** Which of these addresses an event speaks of. */
export function matching(
  addresses: readonly VirtualAddress[],
  lost: { readonly address: IpAddress; readonly interface: InterfaceName },
): readonly VirtualAddress[] {
  return addresses.filter(
    (one) => one.address === lost.address && one.interface === lost.interface,
  );
}

/** The same route or rule, whatever its line in the configuration looks like. */
export function sameRouting(left: Route | Rule, right: Route | Rule): boolean {
  return sameValue(routingKey(left), routingKey(right));
}

/** Whether the route leaves by this interface. */
export function leavesBy(route: Route, name: InterfaceName): boolean {
  return route.interface === name || route.nextHops.some((hop) => hop.interface === name);
}

function without<Item>(
  items: readonly Item[],
  others: readonly Item[],
  key: (item: Item) => string,
): readonly Item[] {
  const known = new Set(others.map(key));
  return items.filter((one) => !known.has(key(one)));
}

/** With all that the kernel does not change of an address that is there. */
function addressKey(one: VirtualAddress): string {
  const { address, prefixLength, interface: name, peer, label, scope, broadcast, flags } = one;
  return JSON.stringify([address, prefixLength, name, peer, label, scope, broadcast, flags]);
}

/** What the kernel knows of it: not how it is watched, nor how it was written. */
export function routingKey(one: Route | Rule): string {
  return JSON.stringify({ ...one, tracked: true, trackGroup: null, text: '' });
}
