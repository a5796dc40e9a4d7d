/** A virtual router in Master (RFC 3768 section 6.4.3). */
import { after, between, milliseconds, toMilliseconds, times, zero } from '../base/units.ts';
import type { Duration, Instant } from '../base/units.ts';
import { ownerPriority, resigningPriority } from '../model/advert.ts';
import type { InstanceConfig } from '../model/config.ts';
import { announce, announceElsewhere } from './announcement.ts';
import { isTooLate, outranks, type Candidate } from './election.ts';
import type { Heard } from './heard.ts';
import { HeldRouting } from './held-routing.ts';
import { lacking, release, type Holding } from './holding.ts';
import { commandSubject, handOverSubject, prioritySubject } from './journal-links.ts';
import { notifyLowerPriority } from './notifications.ts';
import { reasonText } from './reason-text.ts';
import { sameValue } from './reload-plan.ts';
import { keepLease, renewLease, sendHolding } from './master-lease.ts';
import { holdingOf, sourceAddress } from './router.ts';
import type { Master, Router, Surroundings } from './router.ts';
import { sendAdvert } from './transmission.ts';
import type { GroupLeader, Judgement } from './sync-group.ts';
import { becomeBackup, becomeFault, followReason, move, tell, type Reason } from './transition.ts';

/** Adverts due within this time leave together; a take-over is never early. */
const coalescing = milliseconds(1);

/** Bounds a fight with other software that removes an address as often as it is put back. */
export const restoresPerAdvert = 20;

/** The advert first, then the addresses, then the ARPs that move the traffic here. */
export function becomeMaster(
  router: Router,
  surroundings: Surroundings,
  reason: Reason,
  predecessor: Master['predecessor'] = null,
): void {
  const { at, outbox } = surroundings;
  const { name, announcement } = router.config;
  outbox.log('notice', `(${name}) Entering MASTER STATE`);
  outbox.log('info', `(${name}) setting VIPs.`);
  const master: Master = {
    name: 'Master',
    advertAt: at,
    leaseEndsAt: at,
    lease: null,
    prepared: router.state.name === 'Backup' ? router.state.prepared : null,
    hold: { effectId: 0, done: false },
    routing: new HeldRouting({ name, inFlight: router.inFlight }),
    secondBurstAt: later(at, announcement.delay),
    lowerPriorityBurstAt: null,
    quietUntil: null,
    misled: false,
    refreshAt: later(at, announcement.refresh),
    extraAt: later(at, announcement.extra),
    restoresLeft: restoresPerAdvert,
    inherited: reason.cause.type === 'inherited',
    handOver: null,
    predecessor,
  };
  move(router, surroundings, master, reason);
  router.statistics.count('becameMaster');
  advertise(router, surroundings, master);
  master.routing.ask(holdingOf(router, surroundings.network), outbox);
  announce(router, surroundings, announcement.repeat);
  tell(router, surroundings, 'MASTER');
}

export function doWhatMasterOwes(router: Router, surroundings: Surroundings, state: Master): void {
  const { at } = surroundings;
  const { announcement } = router.config;
  if (isTooLate(router.config, between(state.advertAt, at))) {
    stepDownLate(router, surroundings, state);
    return;
  }
  if (state.advertAt <= after(at, coalescing)) advertise(router, surroundings, state);
  if (state.secondBurstAt !== null && state.secondBurstAt <= at) {
    state.secondBurstAt = null;
    announce(router, surroundings, announcement.repeat);
  }
  if (state.lowerPriorityBurstAt !== null && state.lowerPriorityBurstAt <= at) {
    state.lowerPriorityBurstAt = null;
    announce(router, surroundings, announcement.lowerPriorityRepeat);
  }
  if (state.misled && state.quietUntil !== null && state.quietUntil <= at) {
    state.misled = false;
    announce(router, surroundings, announcement.lowerPriorityRepeat);
  }
  if (state.refreshAt !== null && state.refreshAt <= at) {
    state.refreshAt = later(at, announcement.refresh);
    announce(router, surroundings, announcement.refreshRepeat);
  }
  if (state.extraAt !== null && state.extraAt <= at) {
    state.extraAt = later(at, announcement.extra);
    announceElsewhere(router, surroundings);
  }
  state.routing.askForWhatIsDue(at, surroundings.outbox);
}

/** Whoever goes on as Master in place of this one has a whole interval for it. */
export function advertiseNow(router: Router, surroundings: Surroundings): void {
  const { state } = router;
  if (state.name !== 'Master') return;
  state.advertAt = surroundings.at;
  advertise(router, surroundings, state);
}

/** A better peer is to take over: from now on its adverts are no reason to be silent. */
export function advertiseUncontested(router: Router, surroundings: Surroundings): void {
  const { state } = router;
  if (state.name === 'Master' && state.lease !== null) advertiseNow(router, surroundings);
}

/** Sends an advert, and with it renews the addresses' lease in the kernel. */
function advertise(router: Router, surroundings: Surroundings, state: Master): void {
  const { at, guard } = surroundings;
  const { advertisementInterval } = router.config;
  keepLease(router, surroundings, state);
  // The kernel may have seen it lapse before this advert comes to leave.
  if (between(state.advertAt, at) > times(advertisementInterval, 0.5)) guard.leftLate(at);
  sendHolding(router, surroundings, state);
  state.restoresLeft = restoresPerAdvert;
  // On its own grid; what a long stall has missed is not made up for.
  const next = after(state.advertAt, advertisementInterval);
  state.advertAt = next > at ? next : after(at, advertisementInterval);
}

export function advertInMaster(
  router: Router,
  surroundings: Surroundings,
  state: Master,
  sender: Heard,
): void {
  if (sender.priority === resigningPriority) {
    state.advertAt = surroundings.at;
    advertise(router, surroundings, state);
    return;
  }
  if (isPartOfHandOver(state, sender, surroundings.at)) return;
  const address = sourceAddress(router, surroundings.network);
  const local = address === null ? null : { priority: router.effectivePriority, address };
  tellOfSecondOwner(router, surroundings, sender);
  if (local === null || outranks(sender, local)) yieldTo(router, surroundings, sender);
  else answerLoser(router, surroundings, state, sender);
}

/**
 * Two hosts are Master while one hands over to the other: neither yields to the other's adverts,
 * nor answers them.
 */
function isPartOfHandOver(
  { handOver, predecessor }: Master,
  { address }: Candidate,
  at: Instant,
): boolean {
  if (handOver?.outcome === 'pending' && handOver.sources.includes(address)) return true;
  return predecessor?.source === address && at < predecessor.until;
}

/** Lets backups take over at once; not where one has, and was told to. */
function sendResignation(router: Router, surroundings: Surroundings): boolean {
  const { state } = router;
  if (state.name === 'Master' && state.handOver?.outcome === 'taken') return false;
  sendAdvert(router, surroundings, resigningPriority);
  return true;
}

/** Gives up for a fault: priority 0 lets a backup take over within its Skew_Time. */
export function resign(
  router: Router,
  surroundings: Surroundings,
  fault: Pick<Judgement, 'faults' | 'subjects'>,
): void {
  sendResignation(router, surroundings);
  letGo(router, surroundings);
  becomeFault(router, surroundings, fault);
}

/** Hands mastership over, and does not take it back while another master is heard. */
export function passOn(router: Router, surroundings: Surroundings): void {
  const passedReason = reasonOfPassing(router);
  sendResignation(router, surroundings);
  letGo(router, surroundings);
  becomeBackup(router, surroundings, passedReason);
  if (router.state.name === 'Backup') router.state.passed = true;
}

function reasonOfPassing({ config, state }: Router): Reason {
  const handOver = state.name === 'Master' ? state.handOver : null;
  const to = handOver?.outcome === 'taken' ? handOver.peer : null;
  const subjects = [commandSubject, ...(handOver === null ? [] : [handOverSubject(config.name)])];
  return { cause: { type: 'passed', to }, subjects };
}

/**
 * A master that was stopped for longer than its lease lasts has lost its right to
 * the addresses: another may hold them by now. It lets go before it listens.
 */
export function fenceIfLapsed(router: Router, surroundings: Surroundings, state: Master): void {
  if (surroundings.at > state.leaseEndsAt) stepDownLate(router, surroundings, state);
}

function stepDownLate(router: Router, surroundings: Surroundings, { advertAt }: Master): void {
  stepDown(router, surroundings, toMilliseconds(between(advertAt, surroundings.at)));
}

/** The kernel has seen the lease lapse: it has not let an advert out since. */
export function leaseLapsed(router: Router, surroundings: Surroundings): void {
  stepDown(router, surroundings, null);
}

function stepDown(router: Router, surroundings: Surroundings, lateMs: number | null): void {
  const cause = { type: 'lease-lapsed', lateMs } as const;
  surroundings.outbox.log('warning', `(${router.config.name}) ${reasonText(cause)}: letting go`);
  letGo(router, surroundings);
  becomeBackup(router, surroundings, { cause, subjects: [] });
}

/** Resigns without entering another state: the router ends. */
export function depart(router: Router, surroundings: Surroundings): void {
  if (sendResignation(router, surroundings)) {
    surroundings.outbox.log('info', `(${router.config.name}) sent 0 priority`);
  }
  letGo(router, surroundings);
}

/** The sync group is no longer Master: a backup of this one need not wait for silence. */
export function followToBackup(
  router: Router,
  surroundings: Surroundings,
  leader: GroupLeader,
): void {
  sendResignation(router, surroundings);
  letGo(router, surroundings);
  becomeBackup(router, surroundings, followReason(leader, 'Backup'));
}

/** A configuration that has changed under a router. */
export interface ConfigChange {
  readonly former: InstanceConfig;
  /** What a Master now has to hold in addition. */
  readonly added: Holding;
}

/** Lets go of what the configuration no longer has; returns what is new. */
export function exchangeHolding(
  router: Router,
  surroundings: Surroundings,
  former: Holding,
): Holding {
  const wanted = holdingOf(router, surroundings.network);
  const unwanted = lacking(wanted, former);
  if (router.state.name === 'Master') router.state.routing.forget(unwanted);
  drop(unwanted, surroundings);
  return lacking(former, wanted);
}

/** Makes a changed configuration true: at once where others can see it, without leaving Master. */
export function adaptMaster(
  router: Router,
  surroundings: Surroundings,
  state: Master,
  { former, added }: ConfigChange,
): void {
  const { at, outbox, announcer, network } = surroundings;
  const { config } = router;
  // What can't be advertised can't be claimed: it is about to be in Fault.
  const { transport } = config;
  const alone = transport.type === 'unicast' && transport.peers.length === 0;
  if (alone || sourceAddress(router, network) === null) return;
  if (!sameValue(visiblePart(former), visiblePart(config))) {
    state.advertAt = at;
    if (state.lease !== null) renewLease(router, surroundings, state);
    advertise(router, surroundings, state);
  }
  state.routing.ask(added, outbox);
  const { addresses } = added;
  const { repeat, refresh, extra } = config.announcement;
  announcer.announce(at, addresses, repeat, outbox);
  if (former.announcement.refresh !== refresh) state.refreshAt = later(at, refresh);
  if (former.announcement.extra !== extra) state.extraAt = later(at, extra);
}

function yieldTo(router: Router, surroundings: Surroundings, sender: Heard): void {
  const comparison = sender.priority === router.effectivePriority ? 'same' : 'higher';
  surroundings.outbox.log(
    'notice',
    `(${router.config.name}) Master received advert from ${sender.address} with ${comparison} ` +
      `priority ${String(sender.priority)}, ours ${String(router.effectivePriority)}`,
  );
  if (router.config.advertiseBeforeYielding) {
    sendAdvert(router, surroundings, router.effectivePriority);
  }
  letGo(router, surroundings);
  const cause = {
    type: 'outranked',
    by: { address: sender.address, priority: sender.priority },
    priority: router.effectivePriority,
    basePriority: router.config.priority,
    address: sourceAddress(router, surroundings.network),
  } as const;
  const subjects = [prioritySubject(router.config.name)];
  becomeBackup(router, surroundings, { cause, subjects }, sender);
}

/** RFC 9568 section 7.1 (erratum 8298): it is taken all the same. */
function tellOfSecondOwner(router: Router, { outbox }: Surroundings, sender: Candidate): void {
  if (router.config.priority !== ownerPriority || sender.priority !== ownerPriority) return;
  if (!router.statistics.firstOf('second-owner')) return;
  outbox.log(
    'warning',
    `(${router.config.name}) ${sender.address} says that it is owner of the addresses too: ` +
      'only one router may have priority 255',
  );
}

/**
 * As keepalived answers a losing advert: with an advert at once, and a burst of ARP, of the
 * others of its sync group as well.
 */
function answerLoser(
  router: Router,
  surroundings: Surroundings,
  state: Master,
  sender: Candidate,
): void {
  const { config } = router;
  if (router.statistics.firstOf('lower-priority')) {
    surroundings.outbox.log(
      'notice',
      `(${config.name}) Received advert from ${sender.address} with lower priority ` +
        `${String(sender.priority)}, ours ${String(router.effectivePriority)}` +
        (config.answerLowerPriority ? ', forcing new election' : ''),
    );
  }
  const { at } = surroundings;
  const quiet = state.quietUntil !== null && at < state.quietUntil;
  const priority = router.effectivePriority;
  notifyLowerPriority(config, { priority, withScript: !quiet }, surroundings);
  router.signatures.yieldSequence();
  if (config.answerLowerPriority) sendHolding(router, surroundings, state);
  // Whoever sends more of them must not get more scripts and ARPs out of this host for it.
  if (quiet) {
    state.misled = true;
    return;
  }
  state.quietUntil = after(at, times(config.advertisementInterval, 0.5));
  announceToTheMisled(router, surroundings, state);
  // The loser was master with its whole group, and yields with it before the rest is heard.
  for (const mate of surroundings.mates(config.name)) mate.groupChallenged(surroundings);
}

/** Another has announced the addresses as its own (`garp_lower_prio_repeat`). */
export function announceToTheMisled(
  router: Router,
  surroundings: Surroundings,
  state: Master,
): void {
  const { lowerPriorityDelay, lowerPriorityRepeat } = router.config.announcement;
  announce(router, surroundings, lowerPriorityRepeat);
  if (lowerPriorityRepeat > 0) {
    state.lowerPriorityBurstAt ??= later(surroundings.at, lowerPriorityDelay);
  }
}

function letGo(router: Router, surroundings: Surroundings): void {
  const { state } = router;
  router.statistics.count('releasedMaster');
  if (state.name === 'Master') surroundings.guard.end(state.lease, surroundings.outbox);
  surroundings.outbox.log('info', `(${router.config.name}) removing VIPs.`);
  drop(holdingOf(router, surroundings.network), surroundings);
}

/** Lets go of it, and no announcement that still waits for its turn may follow. */
function drop(holding: Holding, { outbox, announcer }: Surroundings): void {
  announcer.forget(holding.addresses);
  release(holding, outbox);
}

/** What of a configuration shows in adverts, in how long they count, or on interfaces. */
function visiblePart(config: InstanceConfig): unknown {
  const { priority, advertisementInterval, sourceAddress: source, transport, version } = config;
  const { authentication, hmac, checksum, virtualAddresses, excludedAddresses } = config;
  const { downTimerAdverts } = config;
  const advert = { priority, advertisementInterval, downTimerAdverts, source, transport, version };
  return { ...advert, authentication, hmac, checksum, virtualAddresses, excludedAddresses };
}

/** The moment that is `delay` away; null where the delay is off (0). */
function later(at: Instant, delay: Duration): Instant | null {
  return delay === zero ? null : after(at, delay);
}
