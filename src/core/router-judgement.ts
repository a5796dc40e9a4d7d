/** What stands between a virtual router and its duty, and what its priority is by that. */
import type { Priority } from '../model/advert.ts';
import type { InstanceConfig } from '../model/config.ts';
import { claimFaults } from './claim-watch.ts';
import { shiftMasterDown } from './backup.ts';
import {
  addressSubject,
  configSubject,
  conflictSubject,
  interfaceSubject,
} from './journal-links.ts';
import { notifyPriority } from './notifications.ts';
import { channelOf, joinedChannelOf, sourceAddress } from './router.ts';
import type { Router, Surroundings } from './router.ts';
import type { Judgement } from './sync-group.ts';
import {
  contributionChanges,
  contributionsOf,
  evaluateTracking,
  presumedWell,
  tracksOf,
  type Track,
  type TrackedThings,
  type TrackingResult,
} from './tracking.ts';
import { virtualInterfacesOf, type InterfaceObstacle } from './virtual-interfaces.ts';

/** Judges all facts anew; the priority follows at once. */
export function judgeRouter(router: Router, surroundings: Surroundings): Judgement {
  const { config } = router;
  const tracking = trackingOf(router, surroundings);
  changePriority(router, surroundings, tracking.effectivePriority);
  const own = ownInterfaces(config, surroundings);
  // Who goes on as Master does not wait for what it was Master without waiting for.
  const heir = router.inheritedUntil !== null;
  const obstacle = obstacleOf(router, surroundings, own);
  const claimed = claimFaults(router);
  return {
    faults: [
      ...obstacle.faults,
      ...surroundings.fixedFaults(config.name),
      ...tracking.faults,
      ...claimed,
    ],
    subjects: [
      ...obstacle.subjects,
      ...tracking.subjects,
      ...(claimed.length === 0 ? [] : [conflictSubject(config.name)]),
    ],
    awaited: [
      ...own.flatMap(({ awaited }) => awaited ?? []),
      ...(heir ? [] : delays(surroundings)),
      ...unready(router, surroundings),
      ...tracking.awaited,
    ],
  };
}

/** Lets the priority follow what is tracked, as after a reload. */
export function updatePriority(router: Router, surroundings: Surroundings): void {
  changePriority(router, surroundings, trackingOf(router, surroundings).effectivePriority);
}

function trackingOf(router: Router, { things }: Surroundings): TrackingResult {
  return evaluateTracking(router.config.priority, tracksBy(router, things));
}

function tracksBy(router: Router, things: TrackedThings): readonly Track[] {
  const { config, group, inheritedUntil, state } = router;
  const tracks = tracksOf(config, group?.tracks ?? [], things);
  const inherited = inheritedUntil !== null || (state.name === 'Master' && state.inherited);
  return inherited ? presumedWell(tracks) : tracks;
}

function changePriority(router: Router, surroundings: Surroundings, to: Priority): void {
  const { config, group, effectivePriority: from, state } = router;
  const { outbox } = surroundings;
  if (from === to) return;
  router.effectivePriority = to;
  const contributions = [
    { subject: configSubject, weight: config.priority },
    ...contributionsOf(tracksBy(router, surroundings.things)),
  ];
  if (state.name === 'Backup') shiftMasterDown(router, state, from, to);
  outbox.log(
    'notice',
    `(${config.name}) Changing effective priority from ${String(from)} to ${String(to)}`,
  );
  const changes = contributionChanges(router.contributions, contributions);
  router.contributions = contributions;
  const subjects = changes.map(({ subject }) => subject);
  outbox.journal({ kind: 'priority', instance: config.name, from, to, changes }, subjects);
  if (config.notify.priorityChanges || group?.notify.priorityChanges === true) {
    notifyPriority(config, { state: state.name, priority: to }, surroundings);
  }
}

/** Of what a fault comes, as far as the journal tells of it. */
type Obstacle = Pick<Judgement, 'faults' | 'subjects'>;

const noObstacle: Obstacle = { faults: [], subjects: [] };

/** The first obstacle says enough: the others may follow from it. */
function obstacleOf(
  router: Router,
  { network, interfaces }: Surroundings,
  own: readonly InterfaceObstacle[],
): Obstacle {
  const { config } = router;
  const { interface: name, transport, trackOwnInterface, virtualMac } = config;
  if (transport.type === 'unicast' && transport.peers.length === 0) {
    return { faults: ['no unicast peer'], subjects: [configSubject] };
  }
  const subjects = name === null ? [] : [interfaceSubject(name)];
  if (name !== null) {
    const obstacle = network.linkObstacle(name);
    const counts = trackOwnInterface || !network.present(name);
    if (obstacle !== null && counts) return { faults: [obstacle], subjects };
    if (transport.type === 'multicast' && !network.multicast(name)) {
      return { faults: [`interface ${name} can't carry multicast`], subjects };
    }
  }
  const missing = own.flatMap(({ fault }) => fault ?? []);
  if (missing.length > 0) return { faults: missing, subjects };
  if (virtualMac !== null && trackOwnInterface) {
    const { name: upper } = virtualMac.virtual;
    if (interfaces.hasGoneDown(upper, network)) {
      return { faults: [`interface ${upper} down`], subjects: [interfaceSubject(upper)] };
    }
  }
  const failure = network.joinFailure(channelOf(config));
  if (failure !== null) return { faults: [failure], subjects: [] };
  if (sourceAddress(router, network) !== null) return noObstacle;
  const fault =
    config.sourceAddress === null
      ? `no ${config.family} address for interface`
      : `source address ${config.sourceAddress} is missing`;
  return { faults: [fault], subjects: name === null ? [] : [addressSubject(name)] };
}

function ownInterfaces(
  config: InstanceConfig,
  { interfaces, network }: Surroundings,
): readonly InterfaceObstacle[] {
  return virtualInterfacesOf(config).map(({ name }) => interfaces.obstacle(name, network));
}

function delays({ at, beginsAt }: Surroundings): readonly string[] {
  return at < beginsAt ? ['waiting for the start-up delay to pass'] : [];
}

function unready({ config }: Router, { network }: Surroundings): readonly string[] {
  const channel = joinedChannelOf(config);
  const place = channel.interface === null ? 'the network' : `interface ${channel.interface}`;
  return network.joined(channel) ? [] : [`waiting to join ${place}`];
}
