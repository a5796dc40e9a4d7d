/** What a virtual router is made of, and what follows from it without a decision. */
import type { Duration, Instant } from '../base/units.ts';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import { ownerPriority, type Advert, type Priority } from '../model/advert.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import type {
  GlobalConfig,
  InstanceConfig,
  SyncGroupConfig,
  VirtualAddress,
} from '../model/config.ts';
import type { Lease } from '../model/lease.ts';
import type { AddressClaims } from './address-claims.ts';
import type { Announcer } from './announcer.ts';
import type { SignatureMemory } from './authentication.ts';
import type { Conflicts } from './conflicts.ts';
import { masterDownInterval, skewTime, type Candidate, type TimerBasis } from './election.ts';
import type { HeldRouting } from './held-routing.ts';
import type { Holding } from './holding.ts';
import type { Subject } from './journal-links.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import type { RouterStatistics } from './router-statistics.ts';
import type { Contribution, TrackedThings } from './tracking.ts';
import type { VirtualInterfaces } from './virtual-interfaces.ts';

/** What a virtual router may look at while it handles one event. */
export interface Surroundings {
  readonly at: Instant;
  readonly outbox: Outbox;
  readonly network: NetworkView;
  readonly global: GlobalConfig;
  readonly things: TrackedThings;
  readonly interfaces: VirtualInterfaces;
  readonly announcer: Announcer;
  readonly guard: Leases;
  /** Before this no virtual router leaves Initialize but for Fault (`vrrp_startup_delay`). */
  readonly beginsAt: Instant;
  /** Whether mastership of these instances is on its way to another host: they go on until then. */
  handsOver(instances: readonly string[]): boolean;
  /** The others of the sync group of an instance. */
  mates(instance: string): readonly GroupMate[];
  /** Why static things of the track groups of an instance can't be kept. */
  fixedFaults(instance: string): readonly string[];
}

/** Where a Master takes the right to its addresses from (`LeaseGuard`). */
export interface Leases {
  /** Whether the kernel keeps to leases, so that no packet is answered without one. */
  readonly inForce: boolean;
  /** A lease with a number of its own, to be prepared or taken. */
  draw(leaseOf: (number: number) => Lease): Lease;
  prepare(lease: Lease, advert: Advert, outbox: Outbox): void;
  /** Takes a lease for a Master: its advert has to follow, and begins it. */
  take(at: Instant, lease: Lease, outbox: Outbox): void;
  end(lease: Lease | null, outbox: Outbox): void;
  /** An advert has left later than it should have: the lease may have lapsed before it. */
  leftLate(at: Instant): void;
}

/** Another virtual router of the same sync group. */
export interface GroupMate {
  /** A Master of the group was heard to be challenged: hosts may have been told wrong. */
  groupChallenged(surroundings: Surroundings): void;
}

export interface Initialize {
  readonly name: 'Initialize';
}

export interface Backup {
  readonly name: 'Backup';
  masterDownAt: Instant;
  /** Active_Adver_Interval: what the timers are reckoned from; learned in version 3. */
  masterInterval: Duration;
  master: Candidate | null;
  /** Who is master with a lower priority: heard, and to be preempted when the timer fires. */
  preempted: PreemptedMaster | null;
  /** `preempt_delay`: a master of lower priority is put up with until then; null: none is heard. */
  preemptAt: Instant | null;
  /** The master has said priority 0 since it was last heard otherwise. */
  resigned: boolean;
  /** Set by `baton pass`: it does not preempt until the master resigns, falls silent or gets worse. */
  passed: boolean;
  /** The priority that the one who took over was first heard with; null: not heard yet. */
  passedTo: Priority | null;
  /** What the guard has ready for its taking over, which is near; null: nothing. */
  prepared: Lease | null;
  /** Its timer has fired, and it waits for the others of its sync group to want the same. */
  wantsMaster: boolean;
}

/** A master of lower priority, as it was last heard. */
export interface PreemptedMaster extends Candidate {
  readonly interval: Duration;
  readonly heardAt: Instant;
}

export interface Master {
  readonly name: 'Master';
  advertAt: Instant;
  /** Until when the host answers for the addresses without another advert. */
  leaseEndsAt: Instant;
  /** What the kernel's guard has of it; null where there is no guard. */
  lease: Lease | null;
  /** What was made ready before, for the first lease. */
  prepared: Lease | null;
  /** The last hold-addresses effect, and whether the kernel has done it. */
  hold: { readonly effectId: number; done: boolean };
  readonly routing: HeldRouting;
  secondBurstAt: Instant | null;
  lowerPriorityBurstAt: Instant | null;
  /** Until then losing adverts are answered by an advert alone. */
  quietUntil: Instant | null;
  /** Whether one was heard in that time, who may have announced the addresses last. */
  misled: boolean;
  refreshAt: Instant | null;
  /** `garp_extra_if` */
  extraAt: Instant | null;
  /** How many more losses may be made good at once before the next advert. */
  restoresLeft: number;
  /** It goes on with what an earlier run held: what it tracks may not be known yet. */
  readonly inherited: boolean;
  /** Another Baton was asked to take over; null: nobody was. */
  handOver: HandOver | null;
  /** Who has handed mastership over, and until when its adverts may still come. */
  predecessor: { readonly source: IpAddress | null; readonly until: Instant } | null;
}

/** Mastership of one virtual router, or of a whole sync group, on its way to another Baton. */
export interface HandOver {
  readonly number: number;
  /** The address of its side channel. */
  readonly peer: IpAddress;
  readonly instances: readonly string[];
  /** What the peer calls them. */
  readonly theirs: readonly string[];
  /** Where the peer's adverts come from. */
  readonly sources: readonly IpAddress[];
  readonly startedAt: Instant;
  /** When it has to be over. */
  readonly endsAt: Instant;
  repeatAt: Instant;
  outcome: 'pending' | 'taken' | 'not-taken';
  /** Those that are passed on by command. */
  readonly passing: Set<string>;
}

export interface Fault {
  readonly name: 'Fault';
  /** Why it came into it, and of what that came. */
  readonly faults: readonly string[];
  readonly subjects: readonly Subject[];
}

export type State = Initialize | Backup | Master | Fault;

export interface Router {
  config: InstanceConfig;
  /** The sync group that it is a member of. */
  group: SyncGroupConfig | null;
  state: State;
  /** When it came into this state. */
  since: Instant;
  /**
   * In Initialize: until when an earlier run, which was killed, has the right to the addresses
   * that it has left. Null: there is nothing to go on with.
   */
  inheritedUntil: Instant | null;
  effectivePriority: Priority;
  /** Why it is in Fault, or what it waits for in Initialize. */
  reasons: readonly string[];
  /** The last advert that was taken, whatever came of it. */
  lastAdvert: { readonly from: Candidate; readonly at: Instant } | null;
  /** What tracked things added to the priority when it last changed. */
  contributions: readonly Contribution[];
  /** Whose address list was compared last (`skip_check_adv_addr`). */
  listedBy: IpAddress | null;
  /** The ids of its effects whose answers have not come, whatever state they were asked for in. */
  readonly inFlight: Set<number>;
  /** Adverts are heard that are not genuine: until then a better one may be forged as well. */
  forgedUntil: Instant | null;
  readonly signatures: SignatureMemory;
  readonly statistics: RouterStatistics;
  readonly conflicts: Conflicts;
  readonly claims: AddressClaims;
}

/** The interface that adverts leave from; null where the kernel's routes decide. */
export function advertInterface({
  interface: name,
  virtualMac,
}: InstanceConfig): InterfaceName | null {
  if (virtualMac === null || virtualMac.transmitOnBase) return name;
  return virtualMac.virtual.name;
}

interface Channels {
  readonly plain: AdvertChannel;
  readonly joined: JoinedChannel;
}

/** They follow from the configuration alone, and are asked for with every event. */
const channels = new WeakMap<InstanceConfig, Channels>();

/** Where adverts of this virtual router come and go. */
export function channelOf(config: InstanceConfig): AdvertChannel {
  return channelsOf(config).plain;
}

/** The channel with what has to be joined there. */
export function joinedChannelOf(config: InstanceConfig): JoinedChannel {
  return channelsOf(config).joined;
}

function channelsOf(config: InstanceConfig): Channels {
  const known = channels.get(config);
  if (known !== undefined) return known;
  const { family, authentication, transport, receiveBufferOctets } = config;
  const plain: AdvertChannel = {
    interface: advertInterface(config),
    family,
    protocol: authentication.type === 'header' ? 'authentication-header' : 'vrrp',
  };
  const groups = transport.type === 'multicast' ? [transport.group] : [];
  const made = { plain, joined: { ...plain, groups, receiveBufferOctets } };
  channels.set(config, made);
  return made;
}

/**
 * Where adverts come from: the configured address, else the interface's primary one,
 * in IPv6 its link-local address (RFC 9568 section 5.1.2.1). With a virtual MAC
 * address it is that of the interface below.
 */
export function sourceAddress(router: Router, network: NetworkView): IpAddress | null {
  const { config } = router;
  if (config.sourceAddress !== null) {
    const { trackSourceAddress, transport } = config;
    // Nothing can be sent by unicast from an address that the host does not have.
    const place = trackSourceAddress ? config.interface : null;
    const missing =
      (trackSourceAddress || transport.type === 'unicast') &&
      !network.usable(place, config.sourceAddress);
    return missing ? null : config.sourceAddress;
  }
  if (config.interface === null) return null;
  const virtual = new Set<IpAddress>(managedEver(config).map((one) => one.address));
  return network.primaryAddress(config.interface, {
    family: config.family,
    scope: config.transport.type === 'multicast' ? 'link' : 'global',
    excluded: config.priority === ownerPriority ? new Set() : virtual,
  });
}

/**
 * The addresses that Baton puts on and takes off. The owner's addresses that the
 * interface has of itself are not ours to touch.
 */
export function managedAddresses(router: Router, network: NetworkView): readonly VirtualAddress[] {
  const all = managedEver(router.config);
  if (router.config.priority !== ownerPriority) return all;
  return all.filter(
    (one) =>
      !network.has(one.interface, one.address) || network.hasLeftover(one.interface, one.address),
  );
}

/** All that it holds as Master. */
export function holdingOf(router: Router, network: NetworkView): Holding {
  const { virtualRoutes, virtualRules } = router.config;
  const addresses = managedAddresses(router, network);
  return { addresses, routes: virtualRoutes, rules: virtualRules };
}

function managedEver({
  virtualAddresses,
  excludedAddresses,
}: InstanceConfig): readonly VirtualAddress[] {
  return excludedAddresses.length === 0
    ? virtualAddresses
    : [...virtualAddresses, ...excludedAddresses];
}

/** What the timers of this router follow from at this moment. */
export function timerBasis({ config, state, effectivePriority }: Router): TimerBasis {
  const learned = state.name === 'Backup' ? state.masterInterval : config.advertisementInterval;
  return {
    version: config.version,
    priority: effectivePriority,
    advertisementInterval: learned,
    downTimerAdverts: config.downTimerAdverts,
  };
}

export function skewTimeOf(router: Router): Duration {
  return skewTime(timerBasis(router));
}

export function masterDownIntervalOf(router: Router): Duration {
  return masterDownInterval(timerBasis(router));
}
