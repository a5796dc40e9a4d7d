/** What a virtual router is made of, and what follows from it without a decision. */
import type { Duration, Instant } from '../base/units.ts';
import type { Ipv4Address } from '../model/address.ts';
import { ownerPriority, type Priority } from '../model/advert.ts';
import type { GlobalConfig, InstanceConfig, VirtualAddress } from '../model/config.ts';
import { masterDownInterval, type Candidate } from './election.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import type { RouterStatistics } from './router-statistics.ts';
import type { TrackedStatus } from './tracking.ts';

/** What a virtual router may look at while it handles one event. */
export interface Surroundings {
  readonly at: Instant;
  readonly outbox: Outbox;
  readonly network: NetworkView;
  readonly global: GlobalConfig;
  scriptStatus(name: string): TrackedStatus;
  serviceStatus(name: string): TrackedStatus;
}

export interface Initialize {
  readonly name: 'Initialize';
}

export interface Backup {
  readonly name: 'Backup';
  masterDownAt: Instant;
  master: Candidate | null;
  /** Who is master with a lower priority: heard, and to be preempted when the timer fires. */
  preempted: Candidate | null;
  /** Set by `baton pass`: it does not preempt until the master resigns or falls silent. */
  passed: boolean;
}

export interface Master {
  readonly name: 'Master';
  advertAt: Instant;
  /** Until when the kernel keeps the addresses without a renewal. */
  leaseEndsAt: Instant;
  /** The last hold-addresses effect, and whether the kernel has done it. */
  hold: { readonly effectId: number; done: boolean };
  secondBurstAt: Instant | null;
  lowerPriorityBurstAt: Instant | null;
  refreshAt: Instant | null;
  /** How many more lost addresses may be put back before the next advert does it anyway. */
  restoresLeft: number;
}

export interface Fault {
  readonly name: 'Fault';
}

export type State = Initialize | Backup | Master | Fault;

export interface Router {
  config: InstanceConfig;
  state: State;
  /** When it came into this state. */
  since: Instant;
  effectivePriority: Priority;
  /** Why it is in Fault, or what it waits for in Initialize. */
  reasons: readonly string[];
  readonly statistics: RouterStatistics;
}

/** Where adverts come from: `mcast_src_ip`, else the interface's primary address. */
export function sourceAddress(router: Router, network: NetworkView): Ipv4Address | null {
  const { config } = router;
  if (config.sourceAddress !== null) return config.sourceAddress;
  const virtual = new Set(config.virtualAddresses.map((one) => one.address));
  const owned = config.priority === ownerPriority ? new Set<Ipv4Address>() : virtual;
  return network.primaryAddress(config.interface, owned);
}

/**
 * The addresses that Baton puts on and takes off. The owner's addresses that the
 * interface has of itself are not ours to touch.
 */
export function managedAddresses(router: Router, network: NetworkView): readonly VirtualAddress[] {
  const { virtualAddresses, priority } = router.config;
  if (priority !== ownerPriority) return virtualAddresses;
  return virtualAddresses.filter((one) => !network.has(one.interface, one.address));
}

export function ownMasterDownInterval(router: Router): Duration {
  return masterDownInterval(router.effectivePriority, router.config.advertisementInterval);
}
