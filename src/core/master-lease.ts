/** The lease that a Master takes of the kernel's guard, and a Backup prepares (docs/lease.md). */
import { after, milliseconds, type Instant } from '../base/units.ts';
import { ownerPriority, type Priority } from '../model/advert.ts';
import { addressLifetime } from '../model/lease-duration.ts';
import type { Lease } from '../model/lease.ts';
import { leaseDurationOf } from './lease-guard.ts';
import { sameValue } from './reload-plan.ts';
import { channelOf, managedAddresses, sourceAddress } from './router.ts';
import type { Backup, Master, Router, Surroundings } from './router.ts';
import { advertOf, sendAdvert } from './transmission.ts';

/** A take-over is prepared so long before, at the most. */
const preparation = milliseconds(50);

/** Has what takes long done before the moment comes; an advert that comes in between is no harm. */
export function prepareLease(router: Router, surroundings: Surroundings, state: Backup): void {
  const { at, outbox, guard } = surroundings;
  if (!guard.inForce || state.masterDownAt > after(at, preparation)) return;
  const wanted = guard.draw((number) =>
    leaseOf(router, surroundings, { number, outrankedAbove: ordinaryLimit(router, at) }),
  );
  if (state.prepared !== null && sameLease(state.prepared, wanted)) return;
  forgetPrepared(state, surroundings);
  state.prepared = wanted;
  guard.prepare(wanted, advertOf(router.config, router.effectivePriority), outbox);
}

/** Sends an advert; with it the kernel renews the lease, and the addresses' lifetime is renewed. */
export function sendHolding(router: Router, surroundings: Surroundings, state: Master): void {
  const { at, outbox, network } = surroundings;
  const { advertisementInterval, downTimerAdverts } = router.config;
  sendAdvert(router, surroundings, router.effectivePriority);
  const lifetime = addressLifetime(advertisementInterval, downTimerAdverts);
  state.hold = { effectId: outbox.nextId(), done: state.hold.done };
  router.inFlight.add(state.hold.effectId);
  outbox.push({
    type: 'hold-addresses',
    id: state.hold.effectId,
    addresses: managedAddresses(router, network),
    lifetime,
  });
  state.leaseEndsAt = after(at, state.lease?.duration ?? lifetime);
}

/** What is prepared may not be right any more. */
export function forgetPrepared(state: Backup, { guard, outbox }: Surroundings): void {
  guard.end(state.prepared, outbox);
  state.prepared = null;
}

/** An advert is about to leave: the guard knows it, and who outranks it by now. */
export function keepLease(router: Router, surroundings: Surroundings, state: Master): void {
  if (!surroundings.guard.inForce) {
    state.lease = null;
    return;
  }
  const outranked = outrankedAbove(router, state, surroundings.at);
  const source = sourceAddress(router, surroundings.network);
  const { lease } = state;
  const known = lease?.outrankedAbove === outranked && lease.source === source;
  if (!known) renewLease(router, surroundings, state);
}

/** The guard has to know other adverts and addresses from the next advert on. */
export function renewLease(router: Router, surroundings: Surroundings, state: Master): void {
  const { at, outbox, guard } = surroundings;
  const { lease: former, prepared } = state;
  const limit = outrankedAbove(router, state, at);
  const wanted = guard.draw((number) =>
    leaseOf(router, surroundings, { number, outrankedAbove: limit }),
  );
  const ready = prepared !== null && sameLease(prepared, wanted);
  state.lease = ready ? prepared : wanted;
  guard.take(at, state.lease, outbox);
  if (!ready) guard.end(prepared, outbox);
  state.prepared = null;
  guard.end(former, outbox);
}

function sameLease(one: Lease, other: Lease): boolean {
  return sameValue(one, { ...other, number: one.number });
}

function leaseOf(
  router: Router,
  { network }: Surroundings,
  own: Pick<Lease, 'number' | 'outrankedAbove'>,
): Lease {
  const { config } = router;
  const { transport, virtualRouterId } = config;
  const destinations =
    transport.type === 'multicast' ? [transport.group] : transport.peers.map((one) => one.address);
  return {
    ...own,
    source: sourceAddress(router, network),
    duration: leaseDurationOf(config),
    adverts: { channel: channelOf(config), destinations, virtualRouterId },
    addresses: managedAddresses(router, network),
  };
}

/** Nobody outranks either of two that are handing over to each other. */
function outrankedAbove(router: Router, state: Master, at: Instant): Priority | null {
  const { handOver, predecessor } = state;
  const handsOver = handOver?.outcome === 'pending';
  const follows = predecessor !== null && at < predecessor.until;
  return handsOver || follows ? null : ordinaryLimit(router, at);
}

/** Nobody outranks the owner; and who seems to, while adverts are forged, may not exist. */
function ordinaryLimit({ effectivePriority, forgedUntil }: Router, at: Instant): Priority | null {
  const forged = forgedUntil !== null && at < forgedUntil;
  return forged || effectivePriority === ownerPriority ? null : effectivePriority;
}
