/** What is shown of a virtual router: its state at one moment, without secrets. */
import { between, toMilliseconds, type Duration, type Instant } from '../base/units.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { InstanceSnapshot } from '../model/snapshot.ts';
import { addressExpiryLateness, addressLifetime } from '../model/lease-duration.ts';
import { leaseDurationOf } from './lease-guard.ts';
import { advertInterface, masterDownIntervalOf, skewTimeOf, sourceAddress } from './router.ts';
import { timerBasis, type Leases, type Router, type Surroundings } from './router.ts';

export function routerSnapshot(
  router: Router,
  { at, network, guard }: Surroundings,
): InstanceSnapshot {
  const { config, state } = router;
  const { transport } = config;
  const held = state.name === 'Master' && state.hold.done;
  return {
    name: config.name,
    state: state.name,
    version: config.version,
    family: config.family,
    interface: advertInterface(config),
    group: router.group?.name ?? null,
    virtualRouterId: config.virtualRouterId,
    basePriority: config.priority,
    effectivePriority: router.effectivePriority,
    preempt: config.preempt,
    sourceAddress: sourceAddress(router, network),
    transport: transport.type,
    peers: transport.type === 'unicast' ? transport.peers.map(({ address }) => address) : [],
    master: masterOf(router),
    heard: heardAt(router, at),
    addresses: config.virtualAddresses.map(({ address }) => ({ address, held })),
    reasons: router.reasons,
    inStateForMs: Math.round(toMilliseconds(between(router.since, at))),
    advertisementIntervalMs: toMilliseconds(config.advertisementInterval),
    masterAdvertisementIntervalMs: toMilliseconds(timerBasis(router).advertisementInterval),
    skewTimeMs: toMilliseconds(skewTimeOf(router)),
    masterDownIntervalMs: toMilliseconds(masterDownIntervalOf(router)),
    answersForMs: toMilliseconds(answersFor(config, guard)),
    nextTimeoutInMs: timeoutMs(router, at),
    passed: state.name === 'Backup' && state.passed,
    conflicts: router.conflicts.snapshot(at),
    counters: router.statistics.snapshot(),
  };
}

function masterOf({ state }: Router): InstanceSnapshot['master'] {
  const master = state.name === 'Backup' ? (state.preempted ?? state.master) : null;
  return master && { address: master.address, priority: master.priority };
}

function heardAt({ lastAdvert }: Router, now: Instant): InstanceSnapshot['heard'] {
  if (lastAdvert === null) return null;
  const { from, at } = lastAdvert;
  const agoMs = toMilliseconds(between(at, now));
  return { address: from.address, priority: from.priority, agoMs };
}

function answersFor(config: InstanceConfig, guard: Leases): Duration {
  if (guard.inForce) return leaseDurationOf(config);
  const lifetime = addressLifetime(config.advertisementInterval, config.downTimerAdverts);
  return (lifetime + addressExpiryLateness) as Duration;
}

function timeoutMs({ state }: Router, at: Instant): number | null {
  switch (state.name) {
    case 'Master':
      return toMilliseconds(between(at, state.advertAt));
    case 'Backup':
      return toMilliseconds(between(at, state.masterDownAt));
    case 'Initialize':
    case 'Fault':
      return null;
  }
}
