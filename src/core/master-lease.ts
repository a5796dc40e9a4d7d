/** The lease that a Master takes of the kernel's guard (docs/lease.md). */
import type { Instant } from '../base/units.ts';
import { ownerPriority, type Priority } from '../model/advert.ts';
import type { Lease } from '../model/lease.ts';
import { leaseDurationOf } from './lease-guard.ts';
import { channelOf, managedAddresses } from './router.ts';
import type { Master, Router, Surroundings } from './router.ts';

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
  const former = state.lease;
  state.lease = guard.take(at, (number) => leaseOf(router, surroundings, state, number), outbox);
  guard.end(former, outbox);
}

function leaseOf(
  router: Router,
  { at, network }: Surroundings,
  state: Master,
  number: number,
): Lease {
  const { config } = router;
  const { transport, virtualRouterId } = config;
  const destinations =
    transport.type === 'multicast' ? [transport.group] : transport.peers.map((one) => one.address);
  return {
    number,
    duration: leaseDurationOf(config),
    adverts: { channel: channelOf(config), destinations, virtualRouterId },
    outrankedAbove: outrankedAbove(router, state, at),
    addresses: managedAddresses(router, network),
  };
}

/** Nobody outranks the owner, nor either of two that are handing over to each other. */
function outrankedAbove(router: Router, state: Master, at: Instant): Priority | null {
  const { handOver, predecessor } = state;
  const handsOver = handOver?.outcome === 'pending';
  const follows = predecessor !== null && at < predecessor.until;
  if (handsOver || follows || router.effectivePriority === ownerPriority) return null;
  return router.effectivePriority;
}
