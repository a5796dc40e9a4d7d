/** What a Master does when something that it holds is gone without its doing. */
import { between, seconds, toSeconds } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type { VirtualAddress } from '../model/config.ts';
import type {
  AddressDuplicate,
  AddressVanished,
  RouteVanished,
  RuleVanished,
} from '../model/core-event.ts';
import { installRouting, leavesBy, matching, sameRouting } from './holding.ts';
import { holdingOf, managedAddresses } from './router.ts';
import type { Master, Router, Surroundings } from './router.ts';

/** Somebody else took an address away: it is put back at once, without leaving Master. */
export function restoreAddress(
  router: Router,
  surroundings: Surroundings,
  state: Master,
  event: AddressVanished,
): void {
  const { outbox, network } = surroundings;
  const lost = matching(managedAddresses(router, network), event).filter((one) => one.tracked);
  if (lost.length === 0 || state.restoresLeft === 0) return;
  state.restoresLeft -= 1;
  router.statistics.count('addressesRestored');
  const { name } = router.config;
  outbox.log('warning', `(${name}) ${event.address} was removed by others: put back`);
  outbox.journal({
    kind: 'address-restored',
    instance: name,
    address: event.address,
    interface: event.interface,
  });
  holdAgain(lost, surroundings, state);
}

/**
 * Another host has one of the addresses for which duplicates are looked for (`-nodad`). It is not
 * put back at once: with the next advert it is set, and looked for, anew.
 */
export function tellOfDuplicate(
  router: Router,
  { outbox, network }: Surroundings,
  event: AddressDuplicate,
): void {
  const held = matching(managedAddresses(router, network), event);
  if (held.length === 0) return;
  if (!router.statistics.firstOf(`duplicate ${event.address}`)) return;
  const place = `${event.address} on ${event.interface}`;
  outbox.log('error', `(${router.config.name}) ${place} is a duplicate: another host has it`);
}

/** An interface is up again on which something is held: the kernel has taken that away. */
export function interfaceAppeared(
  router: Router,
  surroundings: Surroundings,
  state: Master,
  name: InterfaceName,
): void {
  const holding = holdingOf(router, surroundings.network);
  const addresses = holding.addresses.filter((one) => one.interface === name);
  const routes = holding.routes.filter((one) => leavesBy(one, name));
  if (addresses.length + routes.length === 0 || state.restoresLeft === 0) return;
  state.restoresLeft -= 1;
  if (addresses.length > 0) holdAgain(addresses, surroundings, state);
  installRouting({ routes, rules: [] }, surroundings.outbox);
}

function holdAgain(
  addresses: readonly VirtualAddress[],
  { at, outbox, announcer }: Surroundings,
  state: Master,
): void {
  // What is left of the lease, in the kernel's whole seconds, so as not to outlive it.
  const left = Math.floor(toSeconds(between(at, state.leaseEndsAt)));
  const lifetime = seconds(Math.max(1, left));
  outbox.push({ type: 'hold-addresses', id: outbox.nextId(), addresses, lifetime });
  announcer.announce(at, addresses, 1, outbox);
}

/** Somebody else took a route or a rule away: it is put back, as often as an address is. */
export function restoreRouting(
  router: Router,
  { outbox }: Surroundings,
  state: Master,
  event: RouteVanished | RuleVanished,
): void {
  const { name, virtualRoutes, virtualRules } = router.config;
  const [what, routes, rules] =
    event.type === 'route-vanished'
      ? (['route', virtualRoutes.filter((one) => sameRouting(one, event.route)), []] as const)
      : (['rule', [], virtualRules.filter((one) => sameRouting(one, event.rule))] as const);
  const lost = [...routes, ...rules].find((one) => one.tracked);
  if (lost === undefined || state.restoresLeft === 0) return;
  state.restoresLeft -= 1;
  outbox.log('warning', `(${name}) ${what} ${lost.text} was removed by others: put back`);
  outbox.journal({ kind: 'restored', instance: name, what, subject: lost.text });
  installRouting({ routes, rules }, outbox);
}
