/** The lease that a Master takes of the kernel's guard (docs/lease.md). */
import type { Lease } from '../model/lease.ts';
import { leaseDurationOf } from './lease-guard.ts';
import { sameValue } from './reload-plan.ts';
import { channelOf, managedAddresses } from './router.ts';
import type { Master, Router, Surroundings } from './router.ts';

/** The guard has to know other adverts and addresses from now on. */
export function renewLease(router: Router, surroundings: Surroundings, state: Master): void {
  const { lease } = state;
  if (lease === null || sameValue({ ...lease, number: 0 }, leaseOf(router, surroundings, 0)))
    return;
  state.lease = takeLease(router, surroundings);
  surroundings.guard.end(lease, surroundings.outbox);
}

export function takeLease(router: Router, surroundings: Surroundings): Lease | null {
  const { at, outbox, guard } = surroundings;
  return guard.take(at, (number) => leaseOf(router, surroundings, number), outbox);
}

function leaseOf(router: Router, { network }: Surroundings, number: number): Lease {
  const { config } = router;
  const { transport, virtualRouterId } = config;
  const destinations =
    transport.type === 'multicast' ? [transport.group] : transport.peers.map((one) => one.address);
  return {
    number,
    duration: leaseDurationOf(config),
    adverts: { channel: channelOf(config), destinations, virtualRouterId },
    addresses: managedAddresses(router, network),
  };
}
