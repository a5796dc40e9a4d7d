/** A virtual router in Backup (RFC 3768 and RFC 9568, section 6.4.2). */
import { after, between, toMilliseconds, zero, type Duration } from '../base/units.ts';
import { ownerPriority, resigningPriority, type Priority } from '../model/advert.ts';
import type { MasterSilent } from '../model/cause.ts';
import type { InstanceConfig } from '../model/config.ts';
import { masterDownInterval, skewTime, type Candidate } from './election.ts';
import type { Heard } from './heard.ts';
import { prioritySubject } from './journal-links.ts';
import { becomeMaster } from './master.ts';
import { forgetPrepared } from './master-lease.ts';
import {
  masterDownIntervalOf,
  skewTimeOf,
  timerBasis,
  type Backup,
  type Router,
  type Surroundings,
} from './router.ts';

export function takeOverIfDue(router: Router, surroundings: Surroundings, state: Backup): void {
  if (state.masterDownAt > surroundings.at) return;
  surroundings.outbox.log('info', `(${router.config.name}) Receive advertisement timeout`);
  becomeMaster(router, surroundings, {
    cause: takeoverCause(router, surroundings, state),
    subjects: state.preempted === null ? [] : [prioritySubject(router.config.name)],
  });
  router.statistics.newMaster(newMasterReason(state));
}

export function advertInBackup(
  router: Router,
  surroundings: Surroundings,
  state: Backup,
  sender: Heard,
): void {
  const { at, outbox } = surroundings;
  const { name } = router.config;
  if (sender.priority === resigningPriority) {
    outbox.log('info', `(${name}) Backup received priority 0 advertisement`);
    state.masterDownAt = after(at, skewTimeOf(router));
    state.passed = false;
    state.resigned = true;
    // Nobody has to be waited for any more.
    state.preempted = null;
    return;
  }
  state.resigned = false;
  if (isPutUpWith(router, surroundings, state, sender)) {
    if (state.master?.address !== sender.address) router.statistics.forgetReports();
    state.master = { priority: sender.priority, address: sender.address };
    state.preempted = null;
    state.wantsMaster = false;
    if (router.config.version === 3) state.masterInterval = sender.interval;
    state.masterDownAt = after(at, masterDownIntervalOf(router));
    return;
  }
  // It is heard, but does not keep the timer from running out: this router preempts it.
  const { priority, address, interval } = sender;
  state.preempted = { priority, address, interval, heardAt: at };
  if (router.statistics.firstOf('lower-priority')) {
    outbox.log(
      'info',
      `(${name}) received lower priority (${String(sender.priority)}) advert from ` +
        `${sender.address} - discarding`,
    );
  }
}

/** Counts by a changed configuration. */
export function adaptBackup(
  router: Router,
  surroundings: Surroundings,
  state: Backup,
  former: InstanceConfig,
): void {
  const { at } = surroundings;
  const { config } = router;
  forgetPrepared(state, surroundings);
  // The next losing advert begins another delay.
  if (former.preemptDelay !== config.preemptDelay) state.preemptAt = null;
  const sameVersion = former.version === config.version;
  const sameTimers =
    sameVersion &&
    former.advertisementInterval === config.advertisementInterval &&
    former.downTimerAdverts === config.downTimerAdverts;
  if (sameTimers) return;
  // In version 3 what was learned of the master goes on to hold for it.
  const learned = sameVersion && config.version === 3 && state.master !== null;
  if (!learned) state.masterInterval = config.advertisementInterval;
  state.masterDownAt = after(at, masterDownIntervalOf(router));
}

/** Whether the sender may stay master. */
function isPutUpWith(
  router: Router,
  { at, outbox }: Surroundings,
  state: Backup,
  sender: Candidate,
): boolean {
  const { config } = router;
  if (state.passed) {
    state.passedTo ??= sender.priority;
    // Who has become worse since it took over is not who it was passed to.
    if (sender.priority < state.passedTo) state.passed = false;
  }
  if (sender.priority >= router.effectivePriority) {
    state.preemptAt = null;
    return true;
  }
  // The owner of the addresses preempts whatever Preempt_Mode says (RFC 3768 section 6.1).
  const preempt = config.preempt || config.priority === ownerPriority;
  if (!preempt || state.passed) return true;
  if (config.preemptDelay === zero) return false;
  if (state.preemptAt === null) {
    state.preemptAt = after(at, config.preemptDelay);
    const delay = String(config.preemptDelay / 1_000_000);
    outbox.log('info', `(${config.name}) start preempt delay (${delay} s)`);
  }
  return at < state.preemptAt;
}

function takeoverCause(
  router: Router,
  { at }: Surroundings,
  { master, preempted, resigned }: Backup,
): MasterSilent {
  const { config, since, lastAdvert, effectivePriority: priority } = router;
  const heard = lastAdvert !== null && lastAdvert.at >= since;
  // An owner that comes back from Fault waits for one advert only; see firstWait.
  const early = !heard && at < after(since, masterDownIntervalOf(router));
  return {
    type: 'master-silent',
    master,
    resigned,
    preempted: preempted && { address: preempted.address, priority: preempted.priority },
    heardMs: heard ? toMilliseconds(between(lastAdvert.at, at)) : null,
    backupMs: toMilliseconds(between(since, at)),
    priority,
    advertisementIntervalMs: toMilliseconds(timerBasis(router).advertisementInterval),
    downTimerAdverts: early ? 1 : config.downTimerAdverts,
    skewTimeMs: toMilliseconds(skewTimeOf(router)),
  };
}

/** RFC 6527 vrrpv3StatisticsNewMasterReason */
function newMasterReason({
  resigned,
  preempted,
}: Backup): 'priority' | 'preempted' | 'master-no-response' {
  if (resigned) return 'priority';
  return preempted === null ? 'master-no-response' : 'preempted';
}

/**
 * A changed priority changes Skew_Time, and moves the running timer by as much. Who was to
 * be preempted, and is now no worse, is the master that it was heard to be.
 */
export function shiftMasterDown(router: Router, state: Backup, from: Priority, to: Priority): void {
  const basis = timerBasis(router);
  const { preempted } = state;
  if (preempted !== null && preempted.priority >= to) {
    state.master = { priority: preempted.priority, address: preempted.address };
    state.masterDownAt = after(preempted.heardAt, masterDownInterval({ ...basis, priority: to }));
    state.preempted = null;
    return;
  }
  const skewAt = (priority: Priority): number => skewTime({ ...basis, priority });
  state.masterDownAt = after(state.masterDownAt, (skewAt(to) - skewAt(from)) as Duration);
}
