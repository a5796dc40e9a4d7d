/** One state of everything: cores, kernels, adverts on their way, what has gone wrong. */
import { assert } from '../../base/assert.ts';
import { faultKinds } from './settings.ts';

export interface Host {
  /** The state of its core; null: it does not run. */
  core: number | null;
  frozen: boolean;
  /** The service behind the address works. */
  fit: boolean;
  /** The last that it has heard, as Backup, was the advert of a better master. */
  follows: boolean;
  /** For so many ticks its kernel still has the address. */
  held: number;
  /** So many ticks ago its kernel was last asked to keep the address, while it has it. */
  age: number;
  /** For so many ticks its kernel still lets it answer: its last advert is not older. */
  lease: number;
  /** What has arrived while it was frozen. */
  inbox: number[];
}

export interface Flight {
  readonly to: number;
  readonly occurrence: number;
  readonly age: number;
}

export interface World {
  readonly hosts: Host[];
  flights: Flight[];
  /** By place in `faultKinds`: how often it has happened. */
  readonly spent: number[];
  /** For so many ticks two hosts that run have answered. */
  overlap: number;
  /** For so many ticks one that is dead or frozen has answered beside another. */
  remains: number;
}

/** Its kernel has the address and packets for it are let in. */
export function answers({ held, lease }: Host): boolean {
  return held > 0 && lease > 0;
}

export function runs({ core, frozen }: Host): boolean {
  return core !== null && !frozen;
}

const characters = 0x1_0000;

/** The same text for the same state; numbers are characters. */
export function encode({ hosts, flights, spent, overlap, remains }: World): string {
  const codes = [...spent, overlap, remains, flights.length];
  for (const { core, frozen, fit, follows, held, age, lease, inbox } of hosts) {
    const number = core === null ? 0 : core + 1;
    assert(number < characters * characters, 'there are too many states of cores');
    const flags = (frozen ? 1 : 0) + (fit ? 2 : 0) + (follows ? 4 : 0);
    codes.push(number % characters, Math.floor(number / characters), flags, held, age, lease);
    codes.push(inbox.length, ...inbox);
  }
  // Adverts in flight may arrive in any order.
  const sorted = flights.length < 2 ? flights : [...flights].sort(byPlace);
  for (const { to, occurrence, age } of sorted) codes.push(to, occurrence, age);
  return String.fromCharCode(...codes);
}

function byPlace(left: Flight, right: Flight): number {
  return left.to - right.to || left.occurrence - right.occurrence || left.age - right.age;
}

export function decode(text: string, hostCount: number): World {
  let place = 0;
  const next = (): number => text.charCodeAt(place++);
  const spent = faultKinds.map(next);
  const overlap = next();
  const remains = next();
  const flightCount = next();
  const hosts: Host[] = [];
  for (let index = 0; index < hostCount; index += 1) {
    const number = next() + next() * characters;
    const flags = next();
    const host: Host = {
      core: number === 0 ? null : number - 1,
      frozen: (flags & 1) !== 0,
      fit: (flags & 2) !== 0,
      follows: (flags & 4) !== 0,
      held: next(),
      age: next(),
      lease: next(),
      inbox: [],
    };
    for (let count = next(); count > 0; count -= 1) host.inbox.push(next());
    hosts.push(host);
  }
  const flights: Flight[] = [];
  for (let index = 0; index < flightCount; index += 1) {
    flights.push({ to: next(), occurrence: next(), age: next() });
  }
  return { hosts, flights, spent, overlap, remains };
}
