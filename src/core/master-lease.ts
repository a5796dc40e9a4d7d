/** The lease that a Master takes of the kernel's guard, and a Backup prepares (docs/lease.md). */
import { after, milliseconds, type Instant } from '../base/units.ts';
import { ownerPriority, type Priority } from '../model/advert.ts';
import type { Lease } from '../model/lease.ts';
import { leaseDurationOf } from './lease-guard.ts';
import { sameValue } from './reload-plan.ts';
import { channelOf, managedAddresses } from './router.ts';
import type { Backup, Master, Router, Surroundings } from './router.ts';
import { advertOf } from './transmission.ts';

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
  if (state.lease?.outrankedAbove !== outranked) renewLease(router, surroundings, state);
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
