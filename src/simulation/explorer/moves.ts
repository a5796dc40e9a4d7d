/**
 * What can happen next, in every order: an advert arrives or is lost, a timer fires, a host
 * crashes, freezes, wakes, starts or is stopped, its service fails or recovers, a tick passes.
 * Time can't pass while an advert is as late as it may be, or a timer is.
 */
import { assert } from '../../base/assert.ts';
import { addressExpiryLateness } from '../../model/lease-duration.ts';
import { times } from '../../base/units.ts';
import type { Cores, Output, Step } from './cores.ts';
import { faultKinds, ticksIn, tickOf, type FaultKind, type Settings } from './settings.ts';
import { beginning, hostName, type Occurrences } from './site.ts';
import { answers, runs, type Host, type World } from './world.ts';

/** `tick`, `deliver` and `fire` happen by themselves; all else is a fault, or the end of one. */
export const moveTypes = [
  'tick',
  'deliver',
  'fire',
  'lose',
  'crash',
  'freeze',
  'wake',
  'start',
  'stop',
  'fail',
  'recover',
] as const;

export type MoveType = (typeof moveTypes)[number];

export interface Move {
  readonly type: MoveType;
  /** Which host, or which of the adverts in flight; 0 of a tick. */
  readonly index: number;
}

export function isFault({ type }: Move): boolean {
  return type !== 'tick' && type !== 'deliver' && type !== 'fire';
}

/** What must never happen, and did. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

const toleratedLosses = 2;

/** Adverts that are on their way at once; more would be a storm. */
const flightLimit = 24;

export interface Laws {
  readonly settings: Settings;
  readonly cores: Cores;
  readonly occurrences: Occurrences;
}

export class Moves {
  private readonly laws: Laws;
  private readonly leaseTicks: number;
  private readonly expiryTicks: number;

  constructor(laws: Laws) {
    this.laws = laws;
    const { settings } = laws;
    // The kernel's guard (docs/architecture.md): half an interval less than a backup waits.
    this.leaseTicks = ticksIn(times(settings.advertisementInterval, 2.5), settings);
    this.expiryTicks = ticksIn(addressExpiryLateness, settings);
  }

  /** All hosts have just been started. */
  initial(): World {
    const hosts = this.laws.settings.priorities.map((): Host => ({
      core: null,
      frozen: false,
      fit: true,
      follows: false,
      held: 0,
      age: 0,
      lease: 0,
      inbox: [],
    }));
    const world: World = {
      hosts,
      flights: [],
      spent: faultKinds.map(() => 0),
      overlap: 0,
      remains: 0,
    };
    for (const index of hosts.keys()) this.start(world, index);
    return world;
  }

  possible(world: World): readonly Move[] {
    const moves: Move[] = [];
    const add = (type: MoveType, index: number): void => void moves.push({ type, index });
    const { cores } = this.laws;
    const may = (kind: FaultKind): boolean => this.mayHappen(world, kind);
    if (this.timeMayPass(world)) add('tick', 0);
    for (const index of world.flights.keys()) {
      add('deliver', index);
      if (may('losses')) add('lose', index);
    }
    for (const [index, host] of world.hosts.entries()) {
      if (host.core === null) {
        if (may('restarts')) add('start', index);
        continue;
      }
      if (may('crashes')) add('crash', index);
      if (host.frozen) {
        add('wake', index);
        continue;
      }
      const dueIn = cores.dueIn(host.core);
      if (dueIn !== null && dueIn <= 0) add('fire', index);
      if (may('freezes')) add('freeze', index);
      if (may('stops')) add('stop', index);
      if (!host.fit) add('recover', index);
      else if (may('failures')) add('fail', index);
    }
    return moves;
  }

  /** Makes the move; `world` is changed. */
  make(world: World, move: Move): void {
    this.happen(world, move);
    const { alive, dead } = answering(world);
    if (alive < 2) world.overlap = 0;
    if (dead === 0 || alive + dead < 2) world.remains = 0;
  }

  private happen(world: World, { type, index }: Move): void {
    const { occurrences } = this.laws;
    switch (type) {
      case 'tick':
        this.tick(world);
        return;
      case 'deliver':
        this.deliver(world, index);
        return;
      case 'fire':
        this.tell(world, index, occurrences.timePassed);
        this.seeThatDeadlineLeadsOn(hostOf(world, index));
        this.seeThatTakeoverIsDue(world, index);
        return;
      case 'lose':
        spend(world, 'losses');
        world.flights.splice(index, 1);
        return;
      case 'crash':
        spend(world, 'crashes');
        this.end(world, index);
        return;
      case 'freeze':
        spend(world, 'freezes');
        hostOf(world, index).frozen = true;
        return;
      case 'wake':
        this.wake(world, index);
        return;
      case 'start':
        spend(world, 'restarts');
        this.start(world, index);
        return;
      case 'stop':
        spend(world, 'stops');
        this.tell(world, index, occurrences.stopRequested);
        return;
      case 'fail':
        spend(world, 'failures');
        hostOf(world, index).fit = false;
        this.tell(world, index, occurrences.failed);
        return;
      case 'recover':
        hostOf(world, index).fit = true;
        this.tell(world, index, occurrences.recovered);
        return;
    }
  }

  private mayHappen({ spent }: World, kind: FaultKind): boolean {
    return (spent[faultKinds.indexOf(kind)] ?? 0) < this.laws.settings.faults[kind];
  }

  private timeMayPass({ flights, hosts }: World): boolean {
    const { cores, settings } = this.laws;
    if (flights.some(({ age }) => age >= settings.delayTicks)) return false;
    return hosts.every((host) => {
      const dueIn = runs(host) && host.core !== null ? cores.dueIn(host.core) : null;
      return dueIn === null || dueIn > -settings.latenessTicks;
    });
  }

  private tick(world: World): void {
    const { cores, occurrences } = this.laws;
    const { alive, dead } = answering(world);
    if (alive > 1) world.overlap += 1;
    if (dead > 0 && alive + dead > 1) world.remains += 1;
    world.flights = world.flights.map((flight) => ({ ...flight, age: flight.age + 1 }));
    for (const [index, host] of world.hosts.entries()) {
      if (host.core !== null) host.core = cores.elapse(host.core);
      if (host.lease > 0) host.lease -= 1;
      if (host.held === 0) continue;
      host.held -= 1;
      host.age += 1;
      if (host.held > 0) continue;
      host.age = 0;
      this.reach(world, index, occurrences.addressVanished);
    }
  }

  private deliver(world: World, index: number): void {
    const [flight] = world.flights.splice(index, 1);
    assert(flight !== undefined, 'there is no such advert');
    const { to, occurrence } = flight;
    this.reach(world, to, occurrence);
    const better = this.isBetter(occurrence, to);
    const host = hostOf(world, to);
    host.follows = better && runs(host);
    // The kernel hears it too, whatever becomes of the process; an advert of its own ends that.
    if (better && (!runs(host) || answers(host))) host.lease = 0;
  }

  /** Whether what comes to a host whose process is gone changes anything there. */
  private matters(host: Host, index: number, occurrence: number): boolean {
    return answers(host) && this.isBetter(occurrence, index);
  }

  /** Whether it is the advert of a master that is better than this host. */
  private isBetter(occurrence: number, index: number): boolean {
    const { priorities } = this.laws.settings;
    const { master } = this.laws.occurrences.at(occurrence);
    return master !== null && (priorities[master] ?? 0) > (priorities[index] ?? 0);
  }

  /** Something comes to a host: it is told, or it will be when it wakes. */
  private reach(world: World, index: number, occurrence: number): void {
    const host = hostOf(world, index);
    if (host.core === null) return;
    if (!host.frozen) this.tell(world, index, occurrence);
    // To read the same twice at one moment is to read it once.
    else if (host.inbox.at(-1) !== occurrence) host.inbox.push(occurrence);
  }

  private wake(world: World, index: number): void {
    const host = hostOf(world, index);
    const { inbox } = host;
    host.frozen = false;
    host.inbox = [];
    for (const occurrence of inbox) this.tell(world, index, occurrence);
  }

  private start(world: World, index: number): void {
    const { cores, settings } = this.laws;
    const { held, age } = hostOf(world, index);
    const sinceRenewal = held > 0 ? times(tickOf(settings), age) : null;
    this.perform(world, index, cores.start(index, beginning(index, sinceRenewal)));
  }

  /** The process is gone; its kernel is not. */
  private end(world: World, index: number): void {
    const host = hostOf(world, index);
    host.core = null;
    host.frozen = false;
    host.follows = false;
    host.inbox = [];
    world.flights = world.flights.filter(
      ({ to, occurrence }) => to !== index || this.matters(host, index, occurrence),
    );
  }

  private tell(world: World, index: number, occurrence: number): void {
    const { core } = hostOf(world, index);
    if (core !== null) this.perform(world, index, this.laws.cores.tell(core, occurrence));
  }

  private perform(world: World, index: number, { core, outputs }: Step): void {
    const host = hostOf(world, index);
    host.core = core;
    for (const output of outputs) this.performOne(world, index, output);
  }

  private performOne(world: World, index: number, output: Output): void {
    const { settings, occurrences } = this.laws;
    const host = hostOf(world, index);
    switch (output.type) {
      case 'send':
        // The guard is renewed by every advert that leaves, but for one that resigns.
        if (!output.resigns) host.lease = this.leaseTicks;
        this.send(world, index, output.occurrence);
        return;
      case 'hold':
        host.held = ticksIn(output.lifetime, settings) + this.expiryTicks;
        host.age = 0;
        return;
      case 'release':
        host.held = 0;
        host.age = 0;
        host.lease = 0;
        return;
      case 'announce':
        if (!answers(host)) throw new Violation(`${hostName(index)} announces what it lacks`);
        return;
      case 'watch-health':
        this.tell(world, index, host.fit ? occurrences.recovered : occurrences.failed);
        return;
      case 'finish':
        if (host.held > 0) throw new Violation(`${hostName(index)} stops and keeps the address`);
        this.end(world, index);
        return;
    }
  }

  private send(world: World, from: number, occurrence: number): void {
    for (const [to, host] of world.hosts.entries()) {
      const hears = host.core !== null || this.matters(host, to, occurrence);
      if (to !== from && hears) world.flights.push({ to, occurrence, age: 0 });
    }
    if (world.flights.length > flightLimit) throw new Violation('adverts beget adverts');
  }

  private seeThatDeadlineLeadsOn({ core }: Host): void {
    const dueIn = core === null ? null : this.laws.cores.dueIn(core);
    if (dueIn !== null && dueIn <= 0) throw new Violation('a timer that has fired is due still');
  }

  /** Two adverts in a row may be lost before a Backup counts its master as down. */
  private seeThatTakeoverIsDue(world: World, index: number): void {
    const host = hostOf(world, index);
    if (host.core === null || this.laws.cores.stateName(host.core) !== 'Master') return;
    const { follows } = host;
    host.follows = false;
    const [lost = 0, ...others] = world.spent;
    if (!follows || lost > toleratedLosses || others.some((count) => count > 0)) return;
    throw new Violation(`${hostName(index)} takes over from a master that lives`);
  }
}

/** How many hosts answer: of those that run, and of those that don't. */
function answering({ hosts }: World): { readonly alive: number; readonly dead: number } {
  let [alive, dead] = [0, 0];
  for (const host of hosts) {
    if (!answers(host)) continue;
    if (runs(host)) alive += 1;
    else dead += 1;
  }
  return { alive, dead };
}

function spend({ spent }: World, kind: FaultKind): void {
  const place = faultKinds.indexOf(kind);
  spent[place] = (spent[place] ?? 0) + 1;
}

function hostOf({ hosts }: World, index: number): Host {
  const host = hosts[index];
  assert(host !== undefined, 'there is no such host');
  return host;
}
