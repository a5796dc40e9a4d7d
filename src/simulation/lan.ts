/**
 * One Ethernet switch with its cables. Frames are octets, as on a real wire; each
 * reaches every port that may hear it after a delay of its own, and two that go
 * the same way never overtake each other.
 */
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { after, type Instant } from '../base/units.ts';
import type { MacAddress } from '../model/address.ts';
import { parseEthernetHeader } from '../wire/ethernet.ts';
import { drawDuration, type DurationRange } from './draw.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What is plugged into the switch. */
export interface Station {
  readonly name: string;
  readonly macAddress: MacAddress;
  receive(frame: Uint8Array): void;
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
  up: boolean;
}

/** Takes a line for each thing that happens. */
export type Trace = (line: string) => void;

export interface LanOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly delay: DurationRange;
  readonly trace: Trace | null;
}

export class Lan {
  private readonly options: LanOptions;
  private readonly plugs = new Map<string, Plug>();
  /** Ways that carry nothing, as "from>to". */
  private readonly blocked = new Set<string>();
  /** When the last frame on a way arrives. */
  private readonly lastArrival = new Map<string, Instant>();

  constructor(options: LanOptions) {
    this.options = options;
  }

  plug(station: Station): Port {
    assert(!this.plugs.has(station.name), `station ${station.name} is plugged in twice`);
    const plug: Plug = { station, up: true };
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
    plug.up = up;
    this.options.trace?.(`cable of ${name} ${state}`);
    plug.station.carrierChanged(up);
  }

  /** Lets frames pass only within a group; no station sees its carrier change. */
  partition(groups: readonly (readonly string[])[]): void {
    this.blocked.clear();
    for (const group of groups) {
      for (const other of groups) {
        if (group === other) continue;
        for (const from of group) for (const to of other) this.blocked.add(wayOf(from, to));
      }
    }
  }

  heal(): void {
    this.blocked.clear();
  }

  /** Whether frames pass both ways between two stations. */
  connects(one: string, other: string): boolean {
    return this.passes(one, other) && this.passes(other, one);
  }

  private passes(from: string, to: string): boolean {
    const bothUp = this.plugNamed(from).up && this.plugNamed(to).up;
    return bothUp && !this.blocked.has(wayOf(from, to));
  }

  private plugNamed(name: string): Plug {
    const plug = this.plugs.get(name);
    assert(plug !== undefined, `no station ${name}`);
    return plug;
  }

  private send(sender: Plug, frame: Uint8Array): void {
    const header = parseEthernetHeader(frame);
    assert(header !== null, 'a station sends whole frames');
    this.options.trace?.(`${sender.station.name} sends ${hexadecimal(frame)}`);
    for (const receiver of this.plugs.values()) {
      const meant =
        isGroup(header.destination) || header.destination === receiver.station.macAddress;
      if (receiver === sender || !meant) continue;
      this.carry(sender.station.name, receiver, Uint8Array.from(frame));
    }
  }

  private carry(from: string, receiver: Plug, frame: Uint8Array): void {
    const { clock, random, delay } = this.options;
    const to = receiver.station.name;
    if (!this.passes(from, to)) return;
    const way = wayOf(from, to);
    const earliest = this.lastArrival.get(way) ?? clock.now();
    const drawn = after(clock.now(), drawDuration(random, delay));
    const arrival = drawn > earliest ? drawn : earliest;
    this.lastArrival.set(way, arrival);
    clock.scheduleAt(arrival, () => {
      // What is under way when a cable is cut is lost.
      if (this.passes(from, to)) receiver.station.receive(frame);
    });
  }
}

function wayOf(from: string, to: string): string {
  return `${from}>${to}`;
}

/** Multicast and broadcast addresses have the lowest bit of their first octet set. */
function isGroup(address: MacAddress): boolean {
  return (Number.parseInt(address.slice(0, 2), 16) & 1) === 1;
}

function hexadecimal(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet.toString(16).padStart(2, '0');
  return text;
}
