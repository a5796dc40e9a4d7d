/**
 * One Ethernet switch with its cables. Frames are octets, as on a real wire; each
 * reaches every port that may hear it after a delay of its own, and two that go
 * the same way never overtake each other unless that way is out of order.
 */
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { Instant } from '../base/units.ts';
import type { MacAddress } from '../model/address.ts';
import { macLength, writeMac } from '../wire/address-octets.ts';
import { ethernetHeaderLength } from '../wire/ethernet.ts';
import type { DurationRange } from './draw.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { Way, type Impairment } from './way.ts';

/** What is plugged into the switch. */
export interface Station {
  readonly name: string;
  readonly macAddress: MacAddress;
  receive(frame: Uint8Array): void;
  /** Its hardware's filter: whether it wants a frame that is for all; without it, it does. */
  wants?(frame: Uint8Array): boolean;
  /** The cable to the switch carries a signal, or no longer does. */
  carrierChanged(up: boolean): void;
}

/** A station's end of its cable. */
export interface Port {
  /** Sends a copy of the frame; without a carrier it is lost without a word. */
  send(frame: Uint8Array): void;
}

interface Plug {
  readonly station: Station;
  readonly macOctets: Uint8Array;
  /** By the station at the other end. */
  readonly ways: Map<string, Way>;
  up: boolean;
}

/** Takes a line for each thing that happens. */
export type Trace = (line: string) => void;

export interface LanOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly delay: DurationRange;
  readonly trace: Trace | null;
  /** Called before it changes who can reach whom. */
  readonly beforeChange?: () => void;
  /** Sees each frame as it leaves a station that has a carrier. */
  readonly tap?: (from: string, frame: Uint8Array) => void;
}

/** A way by the names of its ends. */
export type WayName = readonly [from: string, to: string];

export class Lan {
  private readonly options: LanOptions;
  private readonly plugs = new Map<string, Plug>();

  constructor(options: LanOptions) {
    this.options = options;
  }

  plug(station: Station): Port {
    assert(!this.plugs.has(station.name), `station ${station.name} is plugged in twice`);
    const macOctets = new Uint8Array(macLength);
    writeMac(macOctets, 0, station.macAddress);
    const plug: Plug = { station, macOctets, ways: new Map(), up: true };
    for (const other of this.plugs.values()) {
      other.ways.set(station.name, new Way());
      plug.ways.set(other.station.name, new Way());
    }
    this.plugs.set(station.name, plug);
    return {
      send: (frame) => {
        this.send(plug, frame);
      },
    };
  }

  /** Cuts the cable of a station or plugs it in again; its interface sees the carrier change. */
  setCable(name: string, state: 'up' | 'down'): void {
    const plug = this.plugNamed(name);
    const up = state === 'up';
    if (plug.up === up) return;
    this.options.beforeChange?.();
    plug.up = up;
    this.options.trace?.(`cable of ${name} ${state}`);
    plug.station.carrierChanged(up);
  }

  /** Lets something be wrong with these ways, until what is returned is called. */
  impair(ways: readonly WayName[], impairment: Impairment): () => void {
    this.options.beforeChange?.();
    // A value of its own: what is equal may be wrong with a way twice at a time.
    const own = { ...impairment };
    for (const [from, to] of ways) this.way(from, to).impair(own);
    return () => {
      this.options.beforeChange?.();
      for (const [from, to] of ways) this.way(from, to).mend(own);
    };
  }

  /** Lets frames pass only within a group, until what is returned is called. */
  partition(groups: readonly (readonly string[])[]): () => void {
    const ways: WayName[] = [];
    for (const group of groups) {
      for (const other of groups) {
        if (group === other) continue;
        for (const from of group) for (const to of other) ways.push([from, to]);
      }
    }
    return this.impair(ways, { type: 'blocked' });
  }

  /** Whether frames pass both ways between two stations, if maybe not all. */
  connects(one: string, other: string): boolean {
    return this.passes(one, other) && this.passes(other, one);
  }

  /** Whether every frame passes in time and in order between all stations that have a carrier. */
  get perfect(): boolean {
    for (const plug of this.plugs.values()) {
      for (const way of plug.ways.values()) if (!way.perfect) return false;
    }
    return true;
  }

  hasCarrier(name: string): boolean {
    return this.plugNamed(name).up;
  }

  private passes(from: string, to: string): boolean {
    return this.plugNamed(from).up && this.plugNamed(to).up && !this.way(from, to).blocked;
  }

  private way(from: string, to: string): Way {
    const way = this.plugNamed(from).ways.get(to);
    assert(way !== undefined, `no way from ${from} to ${to}`);
    return way;
  }

  private plugNamed(name: string): Plug {
    const plug = this.plugs.get(name);
    assert(plug !== undefined, `no station ${name}`);
    return plug;
  }

  private send(sender: Plug, frame: Uint8Array): void {
    assert(frame.length >= ethernetHeaderLength, 'a station sends whole frames');
    const { trace, tap } = this.options;
    trace?.(`${sender.station.name} sends ${hexadecimal(frame)}`);
    if (!sender.up) return;
    tap?.(sender.station.name, frame);
    const forAll = isGroup(frame);
    // Receivers only read it, so one copy does for all.
    const copy = Uint8Array.from(frame);
    for (const receiver of this.plugs.values()) {
      if (receiver === sender || !receiver.up) continue;
      const wanted = forAll ? (receiver.station.wants?.(frame) ?? true) : isFor(receiver, frame);
      if (wanted) this.carry(sender, receiver, copy);
    }
  }

  private carry(sender: Plug, receiver: Plug, frame: Uint8Array): void {
    const { clock, random, delay } = this.options;
    const way = sender.ways.get(receiver.station.name);
    assert(way !== undefined, 'there is a way between any two stations');
    const arrive = (): void => {
      // What is under way when a cable is cut is lost.
      if (sender.up && receiver.up && !way.blocked) receiver.station.receive(frame);
    };
    const arrivals: readonly Instant[] = way.arrivals(clock.now(), random, delay);
    for (const arrival of arrivals) clock.scheduleAt(arrival, arrive);
  }
}

function isFor({ macOctets }: Plug, frame: Uint8Array): boolean {
  for (let index = 0; index < macOctets.length; index += 1) {
    if (frame[index] !== macOctets[index]) return false;
  }
  return true;
}

/** Multicast and broadcast addresses have the lowest bit of their first octet set. */
function isGroup(frame: Uint8Array): boolean {
  return ((frame[0] ?? 0) & 1) === 1;
}

function hexadecimal(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet.toString(16).padStart(2, '0');
  return text;
}
