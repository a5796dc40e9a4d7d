/**
 * One virtual router (`vrrp_instance`): the state machine of RFC 3768 section 6.4,
 * with keepalived's Fault state and its answers where the RFC leaves them open.
 * What it does in a state stands in that state's file (`backup.ts`, `master.ts`);
 * how it moves between states in `transition.ts`, and which moves there are in
 * `transitions.ts`.
 */
import { after, between, toMilliseconds, type Instant, earliest } from '../base/units.ts';
import { isMulticast, type IpAddress } from '../model/address.ts';
import { ownerPriority, type Priority } from '../model/advert.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import type { InstanceConfig } from '../model/config.ts';
import type {
  AddressVanished,
  AdvertReceived,
  EffectSettled,
  SendFailed,
} from '../model/core-event.ts';
import { dropReasonTable, type DropReason } from '../model/drop-reason.ts';
import type { InstanceSnapshot } from '../model/snapshot.ts';
import { advertInterval, judgeAdvert } from './advert-judgement.ts';
import { SignatureMemory } from './authentication.ts';
import { advertInBackup, shiftMasterDown, takeOverIfDue } from './backup.ts';
import {
  adaptMaster,
  advertInMaster,
  becomeMaster,
  depart,
  doWhatMasterOwes,
  exchangeAddresses,
  fenceIfLapsed,
  passOn,
  resign,
  restoreAddress,
  type ConfigChange,
} from './master.ts';
import type { NetworkView } from './network-view.ts';
import type { NotifiedState } from './notifications.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';
import { RouterStatistics } from './router-statistics.ts';
import {
  advertInterface,
  channelOf,
  joinedChannelOf,
  managedAddresses,
  masterDownIntervalOf,
  skewTimeOf,
  sourceAddress,
  timerBasis,
} from './router.ts';
import type { Router, Surroundings } from './router.ts';
import { evaluateTracking, tracksOf, type TrackingResult } from './tracking.ts';
import { becomeBackup, becomeFault, move, tell } from './transition.ts';

/** How well a router fits a packet: nothing else than itself, all but the way it came, not at all. */
type Fit = 'whole' | 'partly' | 'none';

export class VirtualRouter {
  private readonly router: Router;

  constructor(config: InstanceConfig, at: Instant) {
    this.router = {
      config,
      state: { name: 'Initialize' },
      since: at,
      effectivePriority: config.priority,
      reasons: [],
      listedBy: null,
      signatures: new SignatureMemory(),
      statistics: new RouterStatistics(),
    };
  }

  get name(): string {
    return this.router.config.name;
  }

  get channel(): JoinedChannel {
    return joinedChannelOf(this.router.config);
  }

  /** Whether the two are one virtual router to the others on the network. */
  isSameAs(config: InstanceConfig): boolean {
    return identity(this.router.config) === identity(config);
  }

  /** Whether a packet of this VRID on this channel is for this router. */
  fits(channel: AdvertChannel, virtualRouterId: number, destination: IpAddress | null): Fit {
    const { config } = this.router;
    const own = channelOf(config);
    const addressed =
      config.virtualRouterId === virtualRouterId &&
      own.interface === channel.interface &&
      own.family === channel.family;
    if (!addressed) return 'none';
    const group = config.transport.type === 'multicast' ? config.transport.group : null;
    const sameKind =
      destination === null || (group === null ? !isMulticast(destination) : destination === group);
    return sameKind && own.protocol === channel.protocol ? 'whole' : 'partly';
  }

  nextDeadline(): Instant | null {
    const { state } = this.router;
    switch (state.name) {
      case 'Initialize':
      case 'Fault':
        return null;
      case 'Backup':
        return state.masterDownAt;
      case 'Master':
        return earliest([
          state.advertAt,
          state.secondBurstAt,
          state.lowerPriorityBurstAt,
          state.refreshAt,
          state.extraAt,
        ]);
    }
  }

  /** When it takes over as a Backup that hears of no master; null in every other state. */
  takeoverAt(): Instant | null {
    const { state } = this.router;
    return state.name === 'Backup' ? state.masterDownAt : null;
  }

  /** Takes off what an earlier run has left of this router's addresses. */
  removeLeftovers({ outbox, network }: Surroundings): void {
    const leftovers = managedAddresses(this.router, network).filter((one) =>
      network.has(one.interface, one.address),
    );
    if (leftovers.length === 0) return;
    outbox.log('notice', `(${this.name}) removing addresses that an earlier run has left`);
    outbox.push({ type: 'release-addresses', id: outbox.nextId(), addresses: leftovers });
    network.released(leftovers);
  }

  fenceIfLapsed(surroundings: Surroundings): void {
    const { state } = this.router;
    if (state.name === 'Master') fenceIfLapsed(this.router, surroundings, state);
  }

  /** Judges all facts anew; one move at the most. */
  settle(surroundings: Surroundings): void {
    const { router } = this;
    const tracking = this.evaluateTracking(surroundings);
    this.changePriority(surroundings, tracking.effectivePriority);
    const faults = [...this.obstacles(surroundings.network), ...tracking.faults];
    const ready =
      surroundings.network.joined(this.channel) &&
      tracking.awaited.length === 0 &&
      surroundings.beginsAt <= surroundings.at;
    router.reasons = [...faults, ...tracking.awaited];
    switch (router.state.name) {
      case 'Initialize':
        if (faults.length > 0) becomeFault(router, surroundings, faults);
        else if (ready) this.startUp(surroundings);
        return;
      case 'Fault':
        if (faults.length > 0 || !ready) return;
        becomeBackup(router, surroundings, { cause: 'mended', text: 'all faults are gone' });
        return;
      case 'Backup':
        if (faults.length > 0) becomeFault(router, surroundings, faults);
        return;
      case 'Master':
        if (faults.length > 0) resign(router, surroundings, faults);
        return;
    }
  }

  /** Does what is due. */
  timePassed(surroundings: Surroundings): void {
    const { state } = this.router;
    switch (state.name) {
      case 'Initialize':
      case 'Fault':
        return;
      case 'Backup':
        takeOverIfDue(this.router, surroundings, state);
        return;
      case 'Master':
        doWhatMasterOwes(this.router, surroundings, state);
        return;
    }
  }

  advertReceived(surroundings: Surroundings, event: AdvertReceived): void {
    const { router } = this;
    const { config, signatures, statistics } = router;
    const localAddress = sourceAddress(router, surroundings.network);
    const listKnown = config.checkAddressListOnce && router.listedBy === event.source;
    const verdict = judgeAdvert(event, config, { localAddress, signatures, listKnown });
    if (verdict.dropped !== null) {
      this.dropped(verdict.dropped, event.source, surroundings.outbox);
      return;
    }
    router.listedBy = event.source;
    statistics.advertReceived(event.advert.priority);
    if (event.advert.version === 3) statistics.checksumReceived(event.advert.checksum);
    for (const remark of verdict.remarks) {
      this.remarked(remark, event.source, surroundings.outbox);
    }
    if (surroundings.at < surroundings.beginsAt) return;
    this.takeAdvert(surroundings, event);
  }

  private takeAdvert(surroundings: Surroundings, { advert, source }: AdvertReceived): void {
    const { router } = this;
    const interval = advertInterval(advert);
    const sender = { priority: advert.priority, address: source, interval };
    switch (router.state.name) {
      case 'Initialize':
      case 'Fault':
        return;
      case 'Backup':
        advertInBackup(router, surroundings, router.state, sender);
        return;
      case 'Master':
        advertInMaster(router, surroundings, router.state, sender);
        return;
    }
  }

  /** Counts a packet that was dropped, and tells of it once until state or master changes. */
  dropped(reason: DropReason, source: IpAddress | null, outbox: Outbox): void {
    this.router.statistics.dropped(reason);
    if (!this.router.statistics.firstOf(reason)) return;
    const { meaning } = dropReasonTable[reason];
    const sender = source ?? 'unknown';
    outbox.log('warning', `(${this.name}) dropped advert from ${sender}: ${meaning} (${reason})`);
  }

  private remarked(reason: DropReason, source: IpAddress, outbox: Outbox): void {
    this.router.statistics.remarked(reason);
    if (!this.router.statistics.firstOf(reason)) return;
    const { meaning } = dropReasonTable[reason];
    outbox.log('notice', `(${this.name}) taken, but advert from ${source}: ${meaning} (${reason})`);
  }

  sendFailed(event: SendFailed, outbox: Outbox): void {
    const { interface: name, error } = event;
    if (name !== advertInterface(this.router.config) || this.router.state.name !== 'Master') return;
    if (!this.router.statistics.firstOf('send-failed')) return;
    outbox.log('error', `(${this.name}) can't send${name === null ? '' : ` on ${name}`}: ${error}`);
  }

  addressVanished(surroundings: Surroundings, event: AddressVanished): void {
    const { state } = this.router;
    if (state.name === 'Master') restoreAddress(this.router, surroundings, state, event);
  }

  /** Whether the answer was for an effect of this router. */
  effectSettled(event: EffectSettled, outbox: Outbox): boolean {
    const { state, statistics } = this.router;
    if (state.name !== 'Master' || state.hold.effectId !== event.id) return false;
    state.hold.done = event.error === null;
    if (event.error !== null && statistics.firstOf('hold-failed')) {
      outbox.log('error', `(${this.name}) addresses can't be set: ${event.error}`);
    }
    return true;
  }

  pass(surroundings: Surroundings): void {
    if (this.router.state.name === 'Master') passOn(this.router, surroundings);
  }

  /**
   * Takes a changed configuration over, and lets go of the addresses that are in it
   * no more. Null where nothing has changed; else `adaptTo` has to follow.
   */
  replaceConfig(surroundings: Surroundings, config: InstanceConfig): ConfigChange | null {
    const { router } = this;
    const former = router.config;
    if (sameValue(former, config)) return null;
    const formerAddresses = managedAddresses(router, surroundings.network);
    router.config = config;
    if (router.state.name !== 'Master') return { former, added: [] };
    return { former, added: exchangeAddresses(router, surroundings, formerAddresses) };
  }

  /** Does the rest of what a changed configuration asks for, in whatever state. */
  adaptTo(surroundings: Surroundings, change: ConfigChange): void {
    const { router } = this;
    const { config, state } = router;
    this.changePriority(surroundings, this.evaluateTracking(surroundings).effectivePriority);
    const { former } = change;
    const sameTimers =
      former.advertisementInterval === config.advertisementInterval &&
      former.downTimerAdverts === config.downTimerAdverts;
    if (state.name === 'Master') {
      adaptMaster(router, surroundings, state, change);
    } else if (state.name === 'Backup' && !sameTimers) {
      state.masterInterval = config.advertisementInterval;
      state.masterDownAt = after(surroundings.at, masterDownIntervalOf(router));
    }
  }

  /** The configuration no longer has this router; keepalived tells that as FAULT. */
  remove(surroundings: Surroundings): void {
    this.end(surroundings, 'FAULT', 'no longer configured');
  }

  stop(surroundings: Surroundings): void {
    this.end(surroundings, 'STOP', 'stopped');
  }

  snapshot({ at, network }: Surroundings): InstanceSnapshot {
    const { router } = this;
    const { config, state } = router;
    const held = state.name === 'Master' && state.hold.done;
    return {
      name: config.name,
      state: state.name,
      version: config.version,
      family: config.family,
      interface: advertInterface(config),
      group: null,
      virtualRouterId: config.virtualRouterId,
      basePriority: config.priority,
      effectivePriority: router.effectivePriority,
      preempt: config.preempt,
      sourceAddress: sourceAddress(router, network),
      master: state.name === 'Backup' ? (state.preempted ?? state.master) : null,
      addresses: config.virtualAddresses.map(({ address }) => ({ address, held })),
      reasons: router.reasons,
      inStateForMs: Math.round(toMilliseconds(between(router.since, at))),
      advertisementIntervalMs: toMilliseconds(config.advertisementInterval),
      masterAdvertisementIntervalMs: toMilliseconds(timerBasis(router).advertisementInterval),
      skewTimeMs: toMilliseconds(skewTimeOf(router)),
      masterDownIntervalMs: toMilliseconds(masterDownIntervalOf(router)),
      passed: state.name === 'Backup' && state.passed,
      counters: router.statistics.snapshot(),
    };
  }

  /** RFC 3768 section 6.4.1: only the address owner starts as Master. */
  private startUp(surroundings: Surroundings): void {
    const { priority, initialState, authentication } = this.router.config;
    // With AH it has to hear first which sequence number the others are at (as in keepalived).
    const mayBegin = initialState === 'MASTER' && authentication.type !== 'header';
    if (priority === ownerPriority && mayBegin) {
      const reason = { cause: 'owner-started', text: 'owns the addresses' } as const;
      becomeMaster(this.router, surroundings, reason);
      this.router.statistics.newMaster('priority');
    } else {
      becomeBackup(this.router, surroundings, { cause: 'started', text: 'started' });
    }
  }

  private evaluateTracking(surroundings: Surroundings): TrackingResult {
    const { config } = this.router;
    return evaluateTracking(config.priority, tracksOf(config, [], surroundings.things));
  }

  private changePriority({ outbox }: Surroundings, to: Priority): void {
    const { router } = this;
    const from = router.effectivePriority;
    if (from === to) return;
    router.effectivePriority = to;
    if (router.state.name === 'Backup') shiftMasterDown(router, router.state, from, to);
    outbox.log(
      'notice',
      `(${this.name}) Changing effective priority from ${String(from)} to ${String(to)}`,
    );
    outbox.journal({ kind: 'priority', instance: this.name, from, to });
  }

  private obstacles(network: NetworkView): readonly string[] {
    const { config } = this.router;
    const { interface: name, transport, trackOwnInterface } = config;
    if (transport.type === 'unicast' && transport.peers.length === 0) return ['no unicast peer'];
    if (name !== null) {
      const obstacle = network.linkObstacle(name);
      const counts = trackOwnInterface || !network.present(name);
      if (obstacle !== null && counts) return [obstacle];
    }
    const failure = network.joinFailure(channelOf(config));
    if (failure !== null) return [failure];
    if (sourceAddress(this.router, network) !== null) return [];
    return config.sourceAddress === null
      ? [`no ${config.family} address for interface`]
      : [`source address ${config.sourceAddress} is missing`];
  }

  private end(surroundings: Surroundings, told: NotifiedState, text: string): void {
    const { router } = this;
    if (router.state.name === 'Master') depart(router, surroundings);
    if (router.state.name !== 'Initialize') {
      move(router, surroundings, { name: 'Initialize' }, { cause: 'stopped', text });
    }
    tell(router, surroundings, told);
  }
}

/** What the other routers know a virtual router by; its name is its own affair (as in keepalived). */
function identity(config: InstanceConfig): string {
  const { interface: name, family, virtualRouterId, transport, sourceAddress: source } = config;
  const way = transport.type === 'multicast' ? transport.group : `unicast from ${source ?? ''}`;
  return `${name ?? '*'} ${family} ${String(virtualRouterId)} ${way}`;
}
