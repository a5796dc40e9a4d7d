/** A virtual router in Backup (RFC 3768 section 6.4.2). */
import { after, type Duration } from '../base/units.ts';
import { ownerPriority, resigningPriority, type Priority } from '../model/advert.ts';
import { skewTime, type Candidate } from './election.ts';
import { becomeMaster } from './master.ts';
import { ownMasterDownInterval, type Backup, type Router, type Surroundings } from './router.ts';

export function takeOverIfDue(router: Router, surroundings: Surroundings, state: Backup): void {
  if (state.masterDownAt > surroundings.at) return;
  surroundings.outbox.log('info', `(${router.config.name}) Receive advertisement timeout`);
  becomeMaster(router, surroundings, { cause: 'master-silent', text: describeTakeover(state) });
}

export function advertInBackup(
  router: Router,
  { at, outbox }: Surroundings,
  state: Backup,
  sender: Candidate,
): void {
  const { name, priority } = router.config;
  // The owner of the addresses preempts whatever Preempt_Mode says (RFC 3768 section 6.1).
  const preempt = router.config.preempt || priority === ownerPriority;
  if (sender.priority === resigningPriority) {
    outbox.log('info', `(${name}) Backup received priority 0 advertisement`);
    state.masterDownAt = after(at, skewTime(router.effectivePriority));
    state.passed = false;
    return;
  }
  if (sender.priority >= router.effectivePriority || !preempt || state.passed) {
    if (state.master?.address !== sender.address) router.statistics.forgetReports();
    state.master = sender;
    state.preempted = null;
    state.masterDownAt = after(at, ownMasterDownInterval(router));
    return;
  }
  // It is heard, but does not keep the timer from running out: this router preempts it.
  state.preempted = sender;
  if (router.statistics.firstOf('lower-priority')) {
    outbox.log(
      'info',
      `(${name}) received lower priority (${String(sender.priority)}) advert from ` +
        `${sender.address} - discarding`,
    );
  }
}

function describeTakeover({ master, preempted }: Backup): string {
  if (preempted !== null) {
    return `preempts ${preempted.address}, which has priority ${String(preempted.priority)}`;
  }
  return master === null ? 'no master heard' : `master ${master.address} silent or resigned`;
}

/** A changed priority changes Skew_Time, and moves the running timer by as much. */
export function shiftMasterDown(state: Backup, from: Priority, to: Priority): void {
  const change = (skewTime(to) - skewTime(from)) as Duration;
  state.masterDownAt = after(state.masterDownAt, change);
}
