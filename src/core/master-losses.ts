/** What a Master does when something that it holds is gone without its doing. */
import { between, seconds, toSeconds } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type { VirtualAddress } from '../model/config.ts';
import type {
  AddressDuplicate,
  AddressVanished,
  RouteVanished,
  RuleVanished,
  SendFailed,
} from '../model/core-event.ts';
import { leavesBy, matching, sameRouting, type Routing } from './holding.ts';
import type { Outbox } from './outbox.ts';
import { advertInterface, holdingOf, managedAddresses } from './router.ts';
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
  holdAgain(lost, router, surroundings, state);
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

/** Adverts or ARPs could not leave: told once until the state changes. */
export function tellOfFailedSend(router: Router, event: SendFailed, outbox: Outbox): void {
  const { interface: name, error } = event;
  if (name !== advertInterface(router.config) || !router.statistics.firstOf('send-failed')) return;
  const place = name === null ? '' : ` on ${name}`;
  outbox.log('error', `(${router.config.name}) can't send${place}: ${error}`);
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
  if (addresses.length + routes.length === 0) return;
  // Without a restore left the next advert sets the addresses.
  if (addresses.length > 0 && state.restoresLeft > 0) {
    holdAgain(addresses, router, surroundings, state);
  }
  askAgain({ routes, rules: [] }, surroundings, state);
}

function holdAgain(
  addresses: readonly VirtualAddress[],
  { inFlight }: Router,
  { at, outbox, announcer }: Surroundings,
  state: Master,
): void {
  // What is left of the lease, in the kernel's whole seconds, so as not to outlive it.
  const left = Math.floor(toSeconds(between(at, state.leaseEndsAt)));
  const lifetime = seconds(Math.max(1, left));
  const id = outbox.nextId();
  inFlight.add(id);
  outbox.push({ type: 'hold-addresses', id, addresses, lifetime });
  announcer.announce(at, addresses, 1, outbox);
}

/** A route or a rule has gone, with its link, or by somebody else's doing: it is put back. */
export function restoreRouting(
  router: Router,
  surroundings: Surroundings,
  state: Master,
  event: RouteVanished | RuleVanished,
): void {
  const { name, virtualRoutes, virtualRules } = router.config;
  const [what, routes, rules] =
    event.type === 'route-vanished'
      ? (['route', virtualRoutes.filter((one) => sameRouting(one, event.route)), []] as const)
      : (['rule', [], virtualRules.filter((one) => sameRouting(one, event.rule))] as const);
  const lost = [...routes, ...rules].find((one) => one.tracked);
  if (lost === undefined) return;
  const { outbox } = surroundings;
  outbox.log('warning', `(${name}) ${what} ${lost.text} is gone: put back`);
  outbox.journal({ kind: 'restored', instance: name, what, subject: lost.text });
  askAgain({ routes, rules }, surroundings, state);
}

/** At once, but in a while where too much has gone since the last advert. */
function askAgain(routing: Routing, { at, outbox }: Surroundings, state: Master): void {
  if (state.restoresLeft === 0) {
    state.routing.askLater(at, routing);
    return;
  }
  state.restoresLeft -= 1;
  state.routing.ask(routing, outbox);
}
