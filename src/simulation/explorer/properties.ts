/** What must hold in every state, and what it must lead to when nothing more goes wrong. */
import { times, type Duration } from '../../base/units.ts';
import type { Laws } from './moves.ts';
import { Violation } from './moves.ts';
import { faultKinds, ticksIn, type FaultKind, type Settings } from './settings.ts';
import { hostName } from './site.ts';
import { answers, runs, type World } from './world.ts';

/**
 * For how many ticks two hosts that run may both answer. While adverts arrive: as long as the
 * advert of one that preempts is on its way, to each of those that it is better than. An advert
 * that is lost may cost an interval. What comes while a host is down is lost to it: one that goes
 * on where its earlier run has ended speaks, and is answered.
 */
function overlapLimit(world: World, settings: Settings): number {
  const { delayTicks, latenessTicks, ticksPerInterval, priorities } = settings;
  const lost = timesOf(world, 'losses') * (ticksPerInterval + latenessTicks);
  return delayTicks * (priorities.length - 1 + 2 * timesOf(world, 'restarts')) + lost;
}

/**
 * For how many ticks one that is dead or frozen may answer beside another. It is silent before
 * another takes over, who waits longer than its lease lasts; or its kernel hears the advert of one
 * that is better and does not wait. Only who has not heard its last advert finds that lease
 * running.
 */
function remainsLimit(world: World, settings: Settings): number {
  const { delayTicks, advertisementInterval } = settings;
  const lease = ticksIn(times(advertisementInterval, 2.5), settings);
  const deaths = timesOf(world, 'crashes') + timesOf(world, 'freezes');
  // What comes while a host is down is lost to it.
  const unheard = timesOf(world, 'losses') + timesOf(world, 'restarts') > 0;
  return unheard ? deaths * lease : delayTicks;
}

function timesOf({ spent }: World, kind: FaultKind): number {
  return spent[faultKinds.indexOf(kind)] ?? 0;
}

/** Throws where something is wrong with the state itself. */
export function judge(world: World, { settings, cores }: Laws): void {
  const { overlap, remains } = world;
  if (overlap > 0 && overlap > overlapLimit(world, settings)) {
    throw new Violation(`two hosts have answered for ${overlap} ticks`);
  }
  if (remains > 0 && remains > remainsLimit(world, settings)) {
    throw new Violation(`a dead or frozen host has answered beside another for ${remains} ticks`);
  }
  for (const [index, host] of world.hosts.entries()) {
    if (!runs(host) || host.core === null || host.held === 0) continue;
    const state = cores.stateName(host.core);
    if (state !== 'Master') throw new Violation(`${hostName(index)} is ${state} with the address`);
  }
}

/** Exactly one host answers: one that is fit, and none that is fit is better. */
export function isSettled({ hosts }: World, { priorities }: Settings): boolean {
  const fit = [...hosts.keys()].filter((index) => {
    const host = hosts[index];
    return host !== undefined && runs(host) && host.fit;
  });
  const best = Math.max(0, ...fit.map((index) => priorities[index] ?? 0));
  const answering = [...hosts.keys()].filter((index) => {
    const host = hosts[index];
    return host !== undefined && answers(host);
  });
  if (fit.length === 0) return answering.length === 0;
  const [only] = answering;
  if (only === undefined || answering.length > 1) return false;
  return fit.includes(only) && priorities[only] === best;
}

/**
 * How long it may take, in ticks, until the right host answers when nothing more goes wrong: the
 * worst of them hears of nobody for its Master_Down_Interval; the adverts of who has taken over are
 * on their way.
 */
export function convergenceLimit(settings: Settings): number {
  const { advertisementInterval, priorities, delayTicks, latenessTicks } = settings;
  const skews = priorities.map((priority) => ((256 - priority) / 256) * advertisementInterval);
  const slowest = (3 * advertisementInterval + Math.max(...skews)) as Duration;
  return ticksIn(slowest, settings) + 2 * latenessTicks + delayTicks * priorities.length;
}
