/** Moves a virtual router from state to state, and tells everybody who wants to know. */
import { after, type Duration } from '../base/units.ts';
import { ownerPriority } from '../model/advert.ts';
import type { StateName } from '../model/snapshot.ts';
import { skewTime, type Candidate } from './election.ts';
import type { Heard } from './heard.ts';
import { notifyInstance, type NotifiedState } from './notifications.ts';
import { masterDownIntervalOf, timerBasis } from './router.ts';
import type { Backup, Router, State, Surroundings } from './router.ts';
import { assertTransition, type TransitionCause } from './transitions.ts';

export interface Reason {
  readonly cause: TransitionCause;
  /** For people: "192.0.2.2 has priority 150". */
  readonly text: string;
}

export function becomeBackup(
  router: Router,
  surroundings: Surroundings,
  reason: Reason,
  heard: Heard | null = null,
): void {
  const initial = reason.cause === 'started';
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
    preemptsSilent: false,
    preemptAt: null,
    resigned: false,
    passed: false,
    passedTo: null,
    wantsMaster: wantsAtOnce(router, reason),
  };
  move(router, surroundings, state, reason);
  state.masterDownAt = after(surroundings.at, firstWait(router, reason));
  tell(router, surroundings, 'BACKUP');
}

/** As in keepalived `state MASTER` says that a member of a sync group wants it from the start. */
function wantsAtOnce({ config }: Router, { cause }: Reason): boolean {
  return cause === 'started' && config.initialState === 'MASTER';
}

/** How long a new Backup waits for an advert before it takes over. */
function firstWait(router: Router, { cause }: Reason): Duration {
  const { priority, advertisementInterval } = router.config;
  // As in keepalived the owner comes back from Fault after one interval: it outranks all others.
  if (cause === 'mended' && priority === ownerPriority) {
    return (advertisementInterval + skewTime(timerBasis(router))) as Duration;
  }
  return masterDownIntervalOf(router);
}

export function becomeFault(
  router: Router,
  surroundings: Surroundings,
  faults: readonly string[],
): void {
  const text = faults.join(', ');
  surroundings.outbox.log('notice', `(${router.config.name}) Entering FAULT STATE (${text})`);
  router.reasons = faults;
  move(router, surroundings, { name: 'Fault' }, { cause: 'fault', text });
  tell(router, surroundings, 'FAULT');
}

/** Puts the router into `state` and writes it down; entering actions are the caller's. */
export function move(
  router: Router,
  { at, outbox }: Surroundings,
  state: State,
  reason: Reason,
): void {
  const from: StateName = router.state.name;
  assertTransition(from, state.name, reason.cause);
  router.state = state;
  router.since = at;
  router.statistics.forgetReports();
  outbox.journal({
    kind: 'transition',
    instance: router.config.name,
    from,
    to: state.name,
    reason: reason.text,
    priority: router.effectivePriority,
  });
}

/** Scripts and mail, after the addresses have moved. */
export function tell(router: Router, surroundings: Surroundings, state: NotifiedState): void {
  const { config, effectivePriority } = router;
  notifyInstance(config, { state, priority: effectivePriority }, surroundings);
}
