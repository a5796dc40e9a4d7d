/** Moves a virtual router from state to state, and tells everybody who wants to know. */
import { after, between, toMilliseconds, type Duration } from '../base/units.ts';
import { ownerPriority } from '../model/advert.ts';
import type { Cause, GroupMoved } from '../model/cause.ts';
import type { StateName } from '../model/snapshot.ts';
import { planProbes } from './claim-watch.ts';
import { endConflictsOfMaster } from './conflict-watch.ts';
import { skewTime, type Candidate } from './election.ts';
import type { Heard } from './heard.ts';
import { configSubject, instanceSubject, type Subject } from './journal-links.ts';
import { notifyInstance, type NotifiedState } from './notifications.ts';
import { reasonText } from './reason-text.ts';
import { masterDownIntervalOf, timerBasis } from './router.ts';
import type { Backup, Fault, Router, State, Surroundings } from './router.ts';
import type { GroupLeader, Judgement } from './sync-group.ts';
import { assertTransition } from './transitions.ts';

export interface Reason {
  readonly cause: Cause;
  /** What it was moved by, as far as the journal tells of it. */
  readonly subjects: readonly Subject[];
}

export function becomeBackup(
  router: Router,
  surroundings: Surroundings,
  reason: Reason,
  heard: Heard | null = null,
): void {
  const initial = reason.cause.type === 'started';
  surroundings.outbox.log(
    'notice',
    `(${router.config.name}) Entering BACKUP STATE${initial ? ' (init)' : ''}`,
  );
  const { advertisementInterval, version } = router.config;
  const master: Candidate | null =
    heard === null ? null : { priority: heard.priority, address: heard.address };
  const state: Backup = {
    name: 'Backup',
    masterDownAt: surroundings.at,
    masterInterval: heard === null || version === 2 ? advertisementInterval : heard.interval,
    master,
    preempted: null,
    preemptAt: null,
    resigned: false,
    passed: false,
    passedTo: null,
    prepared: null,
    wantsMaster: wantsAtOnce(router, reason),
  };
  move(router, surroundings, state, reason);
  state.masterDownAt = after(surroundings.at, firstWait(router, reason));
  tell(router, surroundings, 'BACKUP');
}

/** As in keepalived `state MASTER` says that a member of a sync group wants it from the start. */
function wantsAtOnce({ config }: Router, { cause }: Reason): boolean {
  return cause.type === 'started' && config.initialState === 'MASTER';
}

/** How long a new Backup waits for an advert before it takes over. */
function firstWait(router: Router, { cause }: Reason): Duration {
  const { priority, advertisementInterval } = router.config;
  // As in keepalived the owner comes back from Fault after one interval: it outranks all others.
  if (cause.type === 'mended' && priority === ownerPriority) {
    return (advertisementInterval + skewTime(timerBasis(router))) as Duration;
  }
  return masterDownIntervalOf(router);
}

export function becomeFault(
  router: Router,
  surroundings: Surroundings,
  { faults, subjects }: Pick<Judgement, 'faults' | 'subjects'>,
): void {
  const cause: Cause = { type: 'fault', faults };
  const text = reasonText(cause);
  surroundings.outbox.log('notice', `(${router.config.name}) Entering FAULT STATE (${text})`);
  router.reasons = faults;
  move(router, surroundings, { name: 'Fault', faults, subjects }, { cause, subjects });
  tell(router, surroundings, 'FAULT');
}

/** A start, of Baton or of an instance that a reload has brought. */
export function startReason(type: 'started' | 'owner-started'): Reason {
  return { cause: { type }, subjects: [configSubject] };
}

/** Another of the sync group has moved first. */
export function followReason({ group, member }: GroupLeader, state: GroupMoved['state']): Reason {
  const cause = { type: 'group', group, member, state } as const;
  return { cause, subjects: [instanceSubject(member)] };
}

/** All faults are gone. */
export function mend(
  router: Router,
  surroundings: Surroundings,
  { faults, subjects }: Fault,
): void {
  const faultMs = toMilliseconds(between(router.since, surroundings.at));
  const cause = { type: 'mended', faults, faultMs } as const;
  becomeBackup(router, surroundings, { cause, subjects });
}

/** After these the addresses may be somebody else's: nobody was there to see it. */
const asksFirst = new Set<Cause['type']>(['started', 'owner-started', 'mended']);

/** Puts the router into `state` and writes it down; entering actions are the caller's. */
export function move(
  router: Router,
  surroundings: Surroundings,
  state: State,
  reason: Reason,
): void {
  const { at, outbox } = surroundings;
  const former = router.state;
  const from: StateName = former.name;
  const { cause, subjects } = reason;
  const { name } = router.config;
  assertTransition(from, state.name, cause.type);
  router.state = state;
  router.since = at;
  router.statistics.forgetReports();
  if (from === 'Master') endConflictsOfMaster(router, surroundings);
  if (former.name === 'Backup' && state.name !== 'Master') {
    surroundings.guard.end(former.prepared, outbox);
  }
  if (asksFirst.has(cause.type)) planProbes(router, at);
  const entry = {
    kind: 'transition',
    instance: name,
    from,
    to: state.name,
    reason: reasonText(cause),
    priority: router.effectivePriority,
    cause,
  } as const;
  // What a fault comes of may have been so for long, until a reload had it tracked.
  if (cause.type === 'fault') outbox.journal(entry, subjects);
  else outbox.journal(entry, subjects, instanceSubject(name));
}

/** Scripts and mail, after the addresses have moved. */
export function tell(router: Router, surroundings: Surroundings, state: NotifiedState): void {
  const { config, effectivePriority } = router;
  notifyInstance(config, { state, priority: effectivePriority }, surroundings);
}
