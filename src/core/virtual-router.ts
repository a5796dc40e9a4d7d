/**
 * One virtual router (`vrrp_instance`): the state machine of RFC 3768 section 6.4,
 * with keepalived's Fault state and its answers where the RFC leaves them open.
 * What it does in a state stands in that state's file (`backup.ts`, `master.ts`);
 * how it moves between states in `transition.ts`, and which moves there are in
 * `transitions.ts`.
 */
import { after, type Instant } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import { ownerPriority } from '../model/advert.ts';
import type { JoinedChannel } from '../model/channel.ts';
import type { InstanceConfig, SyncGroupConfig } from '../model/config.ts';
import type {
  AddressDuplicate,
  AddressVanished,
  AdvertReceived,
  EffectSettled,
  PacketDropped,
  RouteVanished,
  RuleVanished,
  SendFailed,
} from '../model/core-event.ts';
import type { HeldLease } from '../model/lease.ts';
import type { InstanceSnapshot, StateName } from '../model/snapshot.ts';
import { AddressClaims } from './address-claims.ts';
import { SignatureMemory } from './authentication.ts';
import { adaptBackup, takeOverIfDue } from './backup.ts';
import { endConflicts } from './conflict-watch.ts';
import { Conflicts } from './conflicts.ts';
import { nothing } from './holding.ts';
import {
  goOn,
  inheritedUntil,
  renounce,
  renounceIfLapsed,
  resignInheritance,
} from './inheritance.ts';
import {
  adaptMaster,
  announceToTheMisled,
  becomeMaster,
  depart,
  doWhatMasterOwes,
  exchangeHolding,
  fenceIfLapsed,
  followToBackup,
  leaseLapsed,
  resign,
  type ConfigChange,
} from './master.ts';
import { commandSubject, configSubject } from './journal-links.ts';
import {
  interfaceAppeared,
  restoreAddress,
  restoreRouting,
  tellOfFailedSend,
  tellOfDuplicate,
} from './master-losses.ts';
import { prepareLease } from './master-lease.ts';
import { removalState, repeatState, type NotifiedState } from './notifications.ts';
import type { Outbox } from './outbox.ts';
import { dropPacket, receiveAdvert } from './reception.ts';
import { sameValue } from './reload-plan.ts';
import { judgeRouter, updatePriority } from './router-judgement.ts';
import { nextDeadlineOf } from './router-deadline.ts';
import { routerSnapshot } from './router-snapshot.ts';
import { RouterStatistics } from './router-statistics.ts';
import { holdingOf, joinedChannelOf, masterDownIntervalOf } from './router.ts';
import type { GroupMate, Router, State, Surroundings } from './router.ts';
import type { GroupLeader, GroupMember, Judgement } from './sync-group.ts';
import {
  becomeBackup,
  becomeFault,
  followReason,
  mend,
  move,
  startReason,
  tell,
} from './transition.ts';

export class VirtualRouter implements GroupMember<Surroundings>, GroupMate {
  private readonly router: Router;

  constructor(config: InstanceConfig, at: Instant) {
    this.router = {
      config,
      group: null,
      state: { name: 'Initialize' },
      since: at,
      inheritedUntil: null,
      effectivePriority: config.priority,
      reasons: [],
      lastAdvert: null,
      contributions: [{ subject: configSubject, weight: config.priority }],
      listedBy: null,
      inFlight: new Set(),
      forgedUntil: null,
      signatures: new SignatureMemory(),
      statistics: new RouterStatistics(),
      conflicts: new Conflicts(),
      claims: new AddressClaims(),
    };
  }

  get name(): string {
    return this.router.config.name;
  }

  get config(): InstanceConfig {
    return this.router.config;
  }

  get inherits(): boolean {
    return this.router.inheritedUntil !== null;
  }

  /** What it is made of, for who looks at several together. */
  get parts(): Router {
    return this.router;
  }

  get stateName(): StateName {
    return this.router.state.name;
  }

  get joinedChannel(): JoinedChannel {
    return joinedChannelOf(this.router.config);
  }

  get wantsMaster(): boolean {
    const { state } = this.router;
    return state.name === 'Master' || (state.name === 'Backup' && state.wantsMaster);
  }

  /** Null: it is in no group, and acts by itself. */
  joinGroup(group: SyncGroupConfig | null): void {
    this.router.group = group;
  }

  nextDeadline(): Instant | null {
    return nextDeadlineOf(this.router);
  }

  prepareTakeover(surroundings: Surroundings): void {
    const { state } = this.router;
    if (state.name === 'Backup') prepareLease(this.router, surroundings, state);
  }

  /** When it takes over as a Backup that hears of no master; null in every other state. */
  takeoverAt(): Instant | null {
    const { state } = this.router;
    return state.name === 'Backup' ? state.masterDownAt : null;
  }

  /** Looks for what an earlier run has left of what this router holds as Master. */
  inherit(surroundings: Surroundings): void {
    this.router.inheritedUntil = inheritedUntil(this.router, surroundings);
    if (!this.inherits) this.renounce(surroundings);
    // At once, before the guard is set anew, which is all that keeps what is left silent.
    else renounceIfLapsed(this.router, surroundings);
  }

  renounce(surroundings: Surroundings): void {
    renounce(this.router, surroundings);
  }

  fenceIfLapsed(surroundings: Surroundings): void {
    const { state } = this.router;
    if (state.name === 'Master') fenceIfLapsed(this.router, surroundings, state);
  }

  /** What it holds of the kernel's guard. */
  heldLease(): HeldLease | null {
    const { state } = this.router;
    if (state.name !== 'Master' || state.lease === null) return null;
    return { lease: state.lease, endsAt: state.leaseEndsAt };
  }

  leasesLapsed(surroundings: Surroundings, numbers: ReadonlySet<number>): void {
    const { state } = this.router;
    if (state.name !== 'Master' || state.lease === null) return;
    if (numbers.has(state.lease.number)) leaseLapsed(this.router, surroundings);
  }

  /** Judges all facts anew; the priority follows. */
  judge(surroundings: Surroundings): Judgement {
    renounceIfLapsed(this.router, surroundings);
    return judgeRouter(this.router, surroundings);
  }

  /** Acts on a judgement, its own or its sync group's; one move at the most. */
  settle(surroundings: Surroundings, judgement: Judgement): void {
    const { router } = this;
    const { faults, awaited } = judgement;
    const ready = awaited.length === 0;
    router.reasons = faults.length > 0 || !isIdle(router.state) ? faults : awaited;
    switch (router.state.name) {
      case 'Initialize':
        if (faults.length > 0) {
          resignInheritance(router, surroundings);
          becomeFault(router, surroundings, judgement);
        } else if (ready) this.startUp(surroundings);
        return;
      case 'Fault':
        if (faults.length > 0 || !ready) return;
        mend(router, surroundings, router.state);
        return;
      case 'Backup':
        if (faults.length > 0) becomeFault(router, surroundings, judgement);
        return;
      case 'Master':
        if (faults.length > 0) resign(router, surroundings, judgement);
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

  takeoverDue(at: Instant): boolean {
    const { state } = this.router;
    return state.name === 'Backup' && state.masterDownAt <= at;
  }

  waitForGroup(at: Instant): void {
    const { state } = this.router;
    if (state.name !== 'Backup') return;
    state.wantsMaster = true;
    state.masterDownAt = after(at, masterDownIntervalOf(this.router));
  }

  followToMaster(surroundings: Surroundings, leader: GroupLeader): void {
    becomeMaster(this.router, surroundings, followReason(leader, 'Master'));
  }

  followToBackup(surroundings: Surroundings, leader: GroupLeader): void {
    followToBackup(this.router, surroundings, leader);
  }

  advertReceived(surroundings: Surroundings, event: AdvertReceived): void {
    receiveAdvert(this.router, surroundings, event);
  }

  groupChallenged(surroundings: Surroundings): void {
    const { state } = this.router;
    if (state.name === 'Master') announceToTheMisled(this.router, surroundings, state);
  }

  /** A packet that is for this router, and that nobody can read. */
  dropped(surroundings: Surroundings, { reason, source }: PacketDropped): void {
    dropPacket(this.router, surroundings, { reason, source, listed: null });
  }

  /** What was seen of other masters is forgotten when it is not seen any more. */
  endConflicts(surroundings: Surroundings): void {
    endConflicts(this.router, surroundings);
  }

  sendFailed(event: SendFailed, outbox: Outbox): void {
    if (this.router.state.name === 'Master') tellOfFailedSend(this.router, event, outbox);
  }

  addressVanished(surroundings: Surroundings, event: AddressVanished): void {
    const { state } = this.router;
    if (state.name === 'Master') restoreAddress(this.router, surroundings, state, event);
  }

  addressDuplicate(surroundings: Surroundings, event: AddressDuplicate): void {
    if (this.router.state.name === 'Master') tellOfDuplicate(this.router, surroundings, event);
  }

  interfaceAppeared(surroundings: Surroundings, name: InterfaceName): void {
    const { state } = this.router;
    if (state.name === 'Master') interfaceAppeared(this.router, surroundings, state, name);
  }

  routingVanished(surroundings: Surroundings, event: RouteVanished | RuleVanished): void {
    const { state } = this.router;
    if (state.name === 'Master') restoreRouting(this.router, surroundings, state, event);
  }

  /** Whether the answer was for an effect of this router. */
  effectSettled({ at, outbox }: Surroundings, event: EffectSettled): boolean {
    const { inFlight, state, statistics } = this.router;
    const { id, error } = event;
    if (!inFlight.delete(id)) return false;
    if (state.name === 'Master' && state.routing.effectSettled(at, event, outbox)) return true;
    if (state.name !== 'Master' || state.hold.effectId !== id) {
      // What it was asked for is wanted no more, or has been asked for anew.
      if (error !== null) outbox.log('error', `(${this.name}) ${error}`);
      return true;
    }
    state.hold.done = error === null;
    if (error !== null && statistics.firstOf('hold-failed')) {
      outbox.log('error', `(${this.name}) addresses can't be set: ${error}`);
    }
    return true;
  }

  /**
   * Takes a changed configuration over, and lets go of what is in it no more. Null where
   * nothing has changed; else `adaptTo` has to follow.
   */
  replaceConfig(surroundings: Surroundings, config: InstanceConfig): ConfigChange | null {
    const { router } = this;
    const former = router.config;
    if (sameValue(former, config)) return null;
    if (this.inherits) renounce(router, surroundings);
    const held = holdingOf(router, surroundings.network);
    router.config = config;
    if (router.state.name !== 'Master') return { former, added: nothing };
    return { former, added: exchangeHolding(router, surroundings, held) };
  }

  /** Does the rest of what a changed configuration asks for, in whatever state. */
  adaptTo(surroundings: Surroundings, change: ConfigChange): void {
    const { router } = this;
    const { state } = router;
    updatePriority(router, surroundings);
    router.listedBy = null;
    if (state.name === 'Master') adaptMaster(router, surroundings, state, change);
    else if (state.name === 'Backup') adaptBackup(router, surroundings, state, change.former);
  }

  /** The configuration no longer has this router; keepalived tells that as FAULT if not asked. */
  remove(surroundings: Surroundings): void {
    this.end(surroundings, removalState(this.router.config.notify), { removed: true });
  }

  stop(surroundings: Surroundings): void {
    this.end(surroundings, 'STOP', { removed: false });
  }

  /** Counts from zero again; what was reported stays reported. */
  clearStatistics(): void {
    this.router.statistics.clear();
  }

  snapshot(surroundings: Surroundings): InstanceSnapshot {
    return routerSnapshot(this.router, surroundings);
  }

  /** For readers who have just opened their FIFO. */
  repeatState(surroundings: Surroundings): void {
    const { config, state, effectivePriority: priority } = this.router;
    repeatState({ kind: 'INSTANCE', name: config.name, state: state.name, priority }, surroundings);
  }

  /** RFC 3768 section 6.4.1: only the address owner starts as Master. */
  private startUp(surroundings: Surroundings): void {
    if (this.inherits) {
      goOn(this.router, surroundings);
      return;
    }
    const { priority, initialState, authentication } = this.router.config;
    // With AH it has to hear first which sequence number the others are at (as in keepalived).
    const mayBegin = initialState === 'MASTER' && authentication.type !== 'header';
    if (priority === ownerPriority && mayBegin) {
      becomeMaster(this.router, surroundings, startReason('owner-started'));
      this.router.statistics.newMaster('priority');
    } else {
      becomeBackup(this.router, surroundings, startReason('started'));
    }
  }

  private end(
    surroundings: Surroundings,
    told: NotifiedState,
    { removed }: { readonly removed: boolean },
  ): void {
    const { router } = this;
    resignInheritance(router, surroundings);
    if (router.state.name === 'Master') depart(router, surroundings);
    if (router.state.name !== 'Initialize') {
      const subjects = [removed ? configSubject : commandSubject];
      const reason = { cause: { type: 'stopped', removed }, subjects } as const;
      move(router, surroundings, { name: 'Initialize' }, reason);
    }
    tell(router, surroundings, told);
  }
}

/** Whether the state is left once nothing is waited for any more. */
function isIdle({ name }: State): boolean {
  return name === 'Initialize' || name === 'Fault';
}
