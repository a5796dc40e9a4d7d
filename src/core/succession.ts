/**
 * One Baton takes the place of another (`baton upgrade`): what a virtual router hands over, and
 * how its successor goes on with it. Nobody is to notice: no script is run and no address is
 * announced, and the first thing that a Master does is to advertise.
 */
import { after } from '../base/units.ts';
import type { InstanceStanding, MasterStanding } from '../model/succession.ts';
import { HeldRouting } from './held-routing.ts';
import { restoresPerAdvert } from './master.ts';
import { exactIdentity } from './reload-plan.ts';
import { holdingOf, type Master, type Router, type State, type Surroundings } from './router.ts';
import { move } from './transition.ts';
import { sendAdvert } from './transmission.ts';

/** All of a virtual router that its configuration and the kernel do not say. */
export function standingOf(router: Router): InstanceStanding {
  const { config, since, effectivePriority, contributions, lastAdvert } = router;
  return {
    name: config.name,
    identity: exactIdentity(config),
    since,
    effectivePriority,
    contributions,
    state: stateStanding(router.state),
    lastAdvert,
    signatures: router.signatures.standing(),
    counters: router.statistics.snapshot(),
  };
}

/** What was handed over of this virtual router; null where it was another, or had not begun. */
export function standingFor(
  { config }: Router,
  standings: readonly InstanceStanding[],
): InstanceStanding | null {
  const found = standings.find(
    ({ name, identity }) => name === config.name && identity === exactIdentity(config),
  );
  return found === undefined || found.state.name === 'Initialize' ? null : found;
}

/** Goes on from Initialize as what its predecessor was. */
export function succeed(
  router: Router,
  surroundings: Surroundings,
  standing: InstanceStanding,
): void {
  const { at, network, outbox } = surroundings;
  router.effectivePriority = standing.effectivePriority;
  router.contributions = standing.contributions;
  router.signatures.resume(standing.signatures);
  router.statistics.resume(standing.counters);
  router.lastAdvert = standing.lastAdvert;
  const state = stateOf(router, surroundings, standing.state);
  const holding = holdingOf(router, network);
  move(router, surroundings, state, { cause: { type: 'succeeded' }, subjects: [] });
  router.since = standing.since;
  if (state.name === 'Fault') router.reasons = state.faults;
  if (state.name !== 'Master') return;
  // Its channel is open already, and the lease that the other one took lives in the kernel: so
  // nobody waits for an advert until this one has made its own.
  if (at <= state.leaseEndsAt) {
    sendAdvert(router, surroundings, router.effectivePriority);
    if (state.lease !== null) state.leaseEndsAt = after(at, state.lease.duration);
  }
  // It holds them from now on, which nobody will tell of.
  network.forget(holding.addresses);
  state.routing.ask(holding, outbox);
}

function stateStanding(state: State): InstanceStanding['state'] {
  switch (state.name) {
    case 'Initialize':
    case 'Fault':
      return state;
    case 'Backup': {
      const { name, masterDownAt, masterInterval, master, preempted, preemptAt } = state;
      const { resigned, passed, passedTo, wantsMaster } = state;
      const heard = { masterDownAt, masterInterval, master, preempted, preemptAt };
      // What the guard has ready is made ready anew.
      return { name, ...heard, resigned, passed, passedTo, wantsMaster };
    }
    case 'Master': {
      const { name, advertAt, leaseEndsAt, lease } = state;
      const { secondBurstAt, lowerPriorityBurstAt } = state;
      const { refreshAt, extraAt, predecessor } = state;
      const bursts = { secondBurstAt, lowerPriorityBurstAt, refreshAt, extraAt };
      return { name, advertAt, leaseEndsAt, lease, ...bursts, predecessor };
    }
  }
}

function stateOf(
  router: Router,
  surroundings: Surroundings,
  standing: InstanceStanding['state'],
): State {
  switch (standing.name) {
    case 'Initialize':
    case 'Fault':
      return standing;
    case 'Backup':
      return { ...standing, prepared: null };
    case 'Master':
      return masterOf(router, surroundings, standing);
  }
}

/**
 * Its first advert is due now. Until then its lease goes on in the guard that this Baton sets;
 * whom it has to yield to, the kernel is told with the lease that the advert begins.
 */
function masterOf(
  { config, inFlight }: Router,
  { at, guard }: Surroundings,
  standing: MasterStanding,
): Master {
  const { lease, advertAt } = standing;
  const held =
    lease && guard.draw((number) => ({ ...lease, number, outrankedAbove: null, source: null }));
  return {
    ...standing,
    advertAt: advertAt < at ? advertAt : at,
    lease: held,
    prepared: null,
    hold: { effectId: 0, done: true },
    routing: new HeldRouting({ name: config.name, inFlight }),
    quietUntil: null,
    misled: false,
    restoresLeft: restoresPerAdvert,
    inherited: true,
    handOver: null,
  };
}
