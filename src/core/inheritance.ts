/**
 * What an earlier run that was killed has left of what a virtual router holds as Master. While
 * its lease lasts nobody else has taken over, so whoever starts again on this host may go on
 * where it ended; after that the addresses have to go before anything else.
 */
import { after, between, earliest, toMilliseconds, type Instant } from '../base/units.ts';
import { resigningPriority } from '../model/advert.ts';
import { leaseDuration } from '../model/lease-duration.ts';
import { releaseAddresses, withdrawRouting } from './holding.ts';
import { becomeMaster } from './master.ts';
import { inheritanceText } from './reason-text.ts';
import { holdingOf, type Router, type Surroundings } from './router.ts';
import { sendAdvert } from './transmission.ts';

/**
 * Until when the right to the addresses lasts that its last advert gave to the earlier run;
 * null where one of the addresses is missing, and where there is none to tell it by.
 */
export function inheritedUntil(router: Router, { network }: Surroundings): Instant | null {
  const { advertisementInterval, downTimerAdverts, authentication } = router.config;
  // Nobody would believe its adverts: they go on from a sequence number that is lost.
  if (authentication.type === 'header') return null;
  const { addresses } = holdingOf(router, network);
  const renewals = addresses.map((one) => network.renewedAt(one));
  const oldest = renewals.includes(null) ? null : earliest(renewals);
  return oldest && after(oldest, leaseDuration(advertisementInterval, downTimerAdverts));
}

/** Takes away what is left, and begins like one that has inherited nothing. */
export function renounce(router: Router, { network, outbox }: Surroundings): void {
  router.inheritedUntil = null;
  const { addresses, ...routing } = holdingOf(router, network);
  const leftovers = addresses.filter((one) => network.has(one.interface, one.address));
  if (leftovers.length > 0) {
    const { name } = router.config;
    outbox.log('notice', `(${name}) removing addresses that an earlier run has left`);
  }
  // Routes and rules are not listed: they are asked away unseen.
  withdrawRouting(routing, outbox);
  releaseAddresses(leftovers, outbox);
  network.forget(leftovers);
}

/** Once the right has ended, or what it is a right to is gone. */
export function renounceIfLapsed(router: Router, surroundings: Surroundings): void {
  if (router.inheritedUntil === null) return;
  const until = inheritedUntil(router, surroundings);
  if (until === null || until <= surroundings.at || router.inheritedUntil <= surroundings.at) {
    renounce(router, surroundings);
  }
}

/** It can't go on: a backup need not wait for silence. */
export function resignInheritance(router: Router, surroundings: Surroundings): void {
  if (router.inheritedUntil === null) return;
  sendAdvert(router, surroundings, resigningPriority);
  renounce(router, surroundings);
}

/** Is Master as the earlier run was; whoever waits for its adverts has not noticed anything. */
export function goOn(router: Router, surroundings: Surroundings): void {
  const { at, network, outbox } = surroundings;
  const { name } = router.config;
  const { addresses } = holdingOf(router, network);
  const oldest = earliest(addresses.map((one) => network.renewedAt(one))) ?? at;
  const renewedMs = toMilliseconds(between(oldest, at));
  router.inheritedUntil = null;
  network.forget(addresses);
  outbox.log('notice', `(${name}) ${inheritanceText(renewedMs)}`);
  becomeMaster(router, surroundings, { cause: { type: 'inherited', renewedMs }, subjects: [] });
  router.statistics.newMaster('priority');
}
