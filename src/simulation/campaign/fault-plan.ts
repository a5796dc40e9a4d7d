/**
 * What one scenario is: a site and the faults that befall it, all drawn from one
 * number. The same number gives the same plan; a smaller plan is the same number
 * with the places of the faults that are kept.
 */
import { milliseconds, seconds, times, zero, type Duration } from '../../base/units.ts';
import type { Random } from '../../base/random.ts';
import { clientName } from '../client.ts';
import { streamOf } from '../draw.ts';
import type { WayName } from '../lan.ts';
import type { Impairment } from '../way.ts';
import { chance, drawTime, pick, shuffled } from './chance.ts';
import { theHolder, type Fault, type HostFault } from './fault.ts';
import { longestSettling, silence } from './bounds.ts';
import { drawSite, type Site, type SiteOptions } from './site.ts';

export interface FaultPlan {
  readonly seed: number;
  readonly site: Site;
  /** When Baton is started on each host, in the order of the site. */
  readonly starts: readonly Duration[];
  readonly faults: readonly Fault[];
  /** The places of `faults` among all that the seed gives. */
  readonly kept: readonly number[];
}

/** The start and the end of a scenario take long, so that much is to happen in between. */
const mostFaults = 48;
const longestStartDelay = seconds(1);

export function drawPlan(seed: number, options: SiteOptions): FaultPlan {
  const site = drawSite(streamOf(seed, 'site'), options);
  const random = streamOf(seed, 'faults');
  const starts = site.hosts.map(() =>
    chance(random, 0.5) ? zero : drawTime(random, zero, longestStartDelay),
  );
  const count = 1 + Math.floor(random.next() * mostFaults);
  const faults: Fault[] = [];
  let at = chance(random, 0.5) ? longestSettling(site) : drawTime(random, zero, silence(site, 1));
  at = (at + longestStartDelay) as Duration;
  for (let place = 0; place < count; place += 1) {
    faults.push(drawFault(random, site, at));
    at = (at + drawGap(random, site)) as Duration;
  }
  return { seed, site, starts, faults, kept: faults.map((_, place) => place) };
}

/** The same plan with only the faults at these places of the whole one. */
export function keepFaults(whole: FaultPlan, places: readonly number[]): FaultPlan {
  const kept = whole.kept.filter((place) => places.includes(place));
  return { ...whole, kept, faults: whole.faults.filter((_, place) => kept.includes(place)) };
}

/** Faults come together, one after the other, or when all is quiet again. */
function drawGap(random: Random, site: Site): Duration {
  const turn = random.next();
  const interval = unitOf(site);
  if (turn < 0.2) return drawTime(random, zero, times(interval, 0.2));
  if (turn < 0.75) return drawTime(random, zero, times(interval, 5));
  return drawTime(random, times(interval, 3), (longestSettling(site) + interval) as Duration);
}

/** By which the times of faults are measured: something may happen within it. */
function unitOf({ interval }: Site): Duration {
  return Math.max(interval, milliseconds(100)) as Duration;
}

function drawFault(random: Random, site: Site, at: Duration): Fault {
  const host = drawHost(random, site);
  const lasts = drawLength(random, site);
  const turn = random.next();
  if (turn < 0.2) return { type: 'kill', at, host, down: drawDown(random, site) };
  if (turn < 0.3) return { type: 'stop', at, host, down: drawDown(random, site) };
  if (turn < 0.5) return { type: 'freeze', at, host, lasts };
  if (turn < 0.57) return { type: 'pass', at, host };
  if (turn < 0.59) return { type: 'upgrade', at, host };
  if (turn < 0.63) return drawReload(random, { at, host });
  if (turn < 0.67) return { type: 'cable-cut', at, host, lasts };
  if (turn < 0.7) return { type: 'power-cut', at, host, down: drawDown(random, site) };
  if (turn < 0.73) return { type: 'address-removed', at, host };
  if (turn < 0.77) return drawLate(random, site, { at, host, lasts });
  if (turn < 0.85) return drawCare(random, site, { at, host, lasts });
  return drawLinkFault(random, site, { at, lasts });
}

/** Mostly a host that is master, or is to be, for that is where something has to move. */
function drawHost(random: Random, { hosts }: Site): string {
  const turn = random.next();
  if (turn < 0.35) return pick(random, hosts).name;
  if (turn < 0.7) return theHolder;
  return hosts.reduce((best, one) => (one.priority > best.priority ? one : best)).name;
}

function drawLength(random: Random, site: Site): Duration {
  const unit = unitOf(site);
  return chance(random, 0.5)
    ? drawTime(random, milliseconds(1), times(unit, 4))
    : drawTime(random, times(unit, 2), times(unit, 8));
}

/** A third of all restarts is as quick as systemd's with RestartSec=0. */
function drawDown(random: Random, site: Site): Duration {
  return chance(random, 0.33) ? zero : drawLength(random, site);
}

function drawReload(random: Random, place: Pick<HostFault, 'at' | 'host'>): Fault {
  const priority = chance(random, 0.6) ? 1 + Math.floor(random.next() * 254) : null;
  return { type: 'reload', ...place, priority };
}

/** Up to a fifth of an interval: what is later is a freeze. */
function drawLate(
  random: Random,
  site: Site,
  place: { readonly at: Duration; readonly host: string; readonly lasts: Duration },
): Fault {
  const by = drawTime(random, milliseconds(1), times(site.interval, 0.2));
  return { type: 'late', ...place, by };
}

/** What can go wrong with what Baton watches; where it watches nothing, a kill. */
function drawCare(
  random: Random,
  site: Site,
  place: { readonly at: Duration; readonly host: string; readonly lasts: Duration },
): Fault {
  const { at, host } = place;
  if (site.script !== null) return { type: 'script-failure', ...place };
  if (!site.service) return { type: 'kill', at, host, down: drawDown(random, site) };
  return chance(random, 0.5)
    ? { type: 'service-killed', at, host }
    : { type: 'service-broken', ...place };
}

function drawLinkFault(
  random: Random,
  site: Site,
  span: { readonly at: Duration; readonly lasts: Duration },
): Fault {
  const stations = [...site.hosts.map(({ name }) => name), clientName];
  return {
    type: 'link',
    ...span,
    ways: drawWays(random, stations),
    impairment: drawImpairment(random, site),
  };
}

/** One way, both ways between two, or all between two groups. */
function drawWays(random: Random, stations: readonly string[]): readonly WayName[] {
  const [one = '', other = '', ...rest] = shuffled(random, stations);
  const turn = random.next();
  if (turn < 0.4) return [[one, other]];
  const both = (left: string, right: string): readonly WayName[] => [
    [left, right],
    [right, left],
  ];
  if (turn < 0.7) return both(one, other);
  const cut = Math.floor(random.next() * rest.length);
  const left = [one, ...rest.slice(0, cut)];
  const right = [other, ...rest.slice(cut)];
  return left.flatMap((from) => right.flatMap((to) => both(from, to)));
}

function drawImpairment(random: Random, { interval }: Site): Impairment {
  const turn = random.next();
  if (turn < 0.45) return { type: 'blocked' };
  if (turn < 0.65) return { type: 'lossy', share: 0.1 * (1 + Math.floor(random.next() * 9)) };
  if (turn < 0.75) return { type: 'duplicating', share: 0.5 };
  const most = drawTime(random, milliseconds(1), times(interval, 2));
  return turn < 0.88 ? { type: 'slow', most } : { type: 'reordering', most };
}
