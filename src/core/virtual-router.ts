/**
 * One virtual router (`vrrp_instance`): the state machine of RFC 3768 section 6.4,
 * with keepalived's Fault state and its answers where the RFC leaves them open.
 * What it does in a state stands in that state's file (`backup.ts`, `master.ts`);
 * how it moves between states in `transition.ts`, and which moves there are in
 * `transitions.ts`.
 */
import { after, between, toMilliseconds, type Instant, earliest } from '../base/units.ts';
import type { InterfaceName, Ipv4Address } from '../model/address.ts';
import { ownerPriority, type Priority } from '../model/advert.ts';
import type { InstanceConfig } from '../model/config.ts';
import type {
  AddressVanished,
  AdvertReceived,
  EffectSettled,
  SendFailed,
} from '../model/core-event.ts';
import { dropReasonTable, type DropReason } from '../model/drop-reason.ts';
import type { InstanceSnapshot } from '../model/snapshot.ts';
import { judgeAdvert } from './advert-judgement.ts';
import { advertInBackup, shiftMasterDown, takeOverIfDue } from './backup.ts';
import { skewTime } from './election.ts';
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
import { managedAddresses, ownMasterDownInterval, sourceAddress } from './router.ts';
import type { Router, Surroundings } from './router.ts';
import { evaluateTracking, tracksOf, type TrackingResult } from './tracking.ts';
import { becomeBackup, becomeFault, move, tell } from './transition.ts';

export class VirtualRouter {
  private readonly router: Router;

  constructor(config: InstanceConfig, at: Instant) {
    this.router = {
      config,
      state: { name: 'Initialize' },
      since: at,
      effectivePriority: config.priority,
      reasons: [],
      statistics: new RouterStatistics(),
    };
  }

  get name(): string {
    return this.router.config.name;
  }

  get interface(): InterfaceName {
    return this.router.config.interface;
  }

  answersFor(name: string, virtualRouterId: number): boolean {
    const { config } = this.router;
    return config.interface === name && config.virtualRouterId === virtualRouterId;
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
    const ready = surroundings.network.joined(this.interface) && tracking.awaited.length === 0;
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
    const local = sourceAddress(router, surroundings.network);
    const reason = judgeAdvert(event, router.config, local);
    if (reason !== null) {
      this.dropped(reason, event.source, surroundings.outbox);
      return;
    }
    router.statistics.advertReceived(event.advert.priority);
    const sender = { priority: event.advert.priority, address: event.source };
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
  dropped(reason: DropReason, source: Ipv4Address | null, outbox: Outbox): void {
    this.router.statistics.dropped(reason);
    if (!this.router.statistics.firstOf(reason)) return;
    const { meaning } = dropReasonTable[reason];
    const sender = source ?? 'unknown';
    outbox.log('warning', `(${this.name}) dropped advert from ${sender}: ${meaning} (${reason})`);
  }

  sendFailed(event: SendFailed, outbox: Outbox): void {
    if (event.interface !== this.interface || this.router.state.name !== 'Master') return;
    if (!this.router.statistics.firstOf('send-failed')) return;
    outbox.log('error', `(${this.name}) can't send on ${event.interface}: ${event.error}`);
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
    const interval = change.former.advertisementInterval;
    if (state.name === 'Master') {
      adaptMaster(router, surroundings, state, change);
    } else if (state.name === 'Backup' && interval !== config.advertisementInterval) {
      state.masterDownAt = after(surroundings.at, ownMasterDownInterval(router));
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
      interface: config.interface,
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
      skewTimeMs: toMilliseconds(skewTime(router.effectivePriority)),
      masterDownIntervalMs: toMilliseconds(ownMasterDownInterval(router)),
      passed: state.name === 'Backup' && state.passed,
      counters: router.statistics.snapshot(),
    };
  }

  /** RFC 3768 section 6.4.1: only the address owner starts as Master. */
  private startUp(surroundings: Surroundings): void {
    const { priority, initialState } = this.router.config;
    if (priority === ownerPriority && initialState === 'MASTER') {
      const reason = { cause: 'owner-started', text: 'owns the addresses' } as const;
      becomeMaster(this.router, surroundings, reason);
    } else {
      becomeBackup(this.router, surroundings, { cause: 'started', text: 'started' });
    }
  }

  private evaluateTracking(surroundings: Surroundings): TrackingResult {
    const { config } = this.router;
    const tracks = tracksOf(config, {
      script: (name) => surroundings.scriptStatus(name),
      service: (name) => surroundings.serviceStatus(name),
    });
    return evaluateTracking(config.priority, tracks);
  }

  private changePriority({ outbox }: Surroundings, to: Priority): void {
    const { router } = this;
    const from = router.effectivePriority;
    if (from === to) return;
    router.effectivePriority = to;
    if (router.state.name === 'Backup') shiftMasterDown(router.state, from, to);
    outbox.log(
      'notice',
      `(${this.name}) Changing effective priority from ${String(from)} to ${String(to)}`,
    );
    outbox.journal({ kind: 'priority', instance: this.name, from, to });
  }

  private obstacles(network: NetworkView): readonly string[] {
    const obstacle = network.obstacle(this.interface);
    if (obstacle !== null) return [obstacle];
    return sourceAddress(this.router, network) === null ? ['no IPv4 address for interface'] : [];
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
