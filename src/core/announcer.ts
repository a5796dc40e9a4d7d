/**
 * Gratuitous ARPs and unsolicited neighbour advertisements with pauses between them
 * (`garp_group`, `vrrp_garp_interval`, `vrrp_gna_interval`). Without a pause they leave
 * at once and together. The first of each address comes before the second of any.
 */
import { after, sooner, zero, type Duration, type Instant } from '../base/units.ts';
import { isIpv4 } from '../model/address.ts';
import type { AnnouncementGroupConfig } from '../model/announcement-config.ts';
import type { VirtualAddress } from '../model/config.ts';
import type { Outbox } from './outbox.ts';

/** What shares a pause: the interfaces of a group, or one interface, and one family. */
interface Lane {
  readonly interval: Duration;
  queue: VirtualAddress[];
  /** How often each address (by its place) is in the queue. */
  readonly waiting: Map<string, number>;
  /** The next one may leave then. */
  freeAt: Instant;
}

export class Announcer {
  private groups: readonly AnnouncementGroupConfig[] = [];
  private readonly lanes = new Map<string, Lane>();

  adopt(groups: readonly AnnouncementGroupConfig[]): void {
    this.groups = groups;
  }

  /**
   * Announces each of them so many times. What of it still waits for its turn counts, so
   * that refreshes quicker than the pauses allow don't pile up.
   */
  announce(
    at: Instant,
    addresses: readonly VirtualAddress[],
    repeat: number,
    outbox: Outbox,
  ): void {
    if (repeat === 0) return;
    const prompt = addresses.filter((one) => this.intervalFor(one) === zero);
    if (prompt.length > 0) outbox.push({ type: 'announce-addresses', addresses: prompt, repeat });
    const paced = addresses.filter((one) => this.intervalFor(one) !== zero);
    for (let round = 0; round < repeat; round += 1) {
      for (const one of paced) queue(this.laneFor(at, one), one, repeat);
    }
    if (paced.length > 0) this.timePassed(at, outbox);
  }

  /** They are about to be let go: no announcement of them may follow. */
  forget(addresses: readonly VirtualAddress[]): void {
    const gone = new Set(addresses.map(placeOf));
    for (const lane of this.lanes.values()) {
      lane.queue = lane.queue.filter((one) => !gone.has(placeOf(one)));
      for (const place of gone) lane.waiting.delete(place);
    }
  }

  timePassed(at: Instant, outbox: Outbox): void {
    for (const [key, lane] of this.lanes) {
      if (lane.freeAt > at) continue;
      const next = lane.queue.shift();
      if (next === undefined) {
        this.lanes.delete(key);
        continue;
      }
      lane.waiting.set(placeOf(next), waitingIn(lane, next) - 1);
      lane.freeAt = after(at, lane.interval);
      outbox.push({ type: 'announce-addresses', addresses: [next], repeat: 1 });
    }
  }

  nextDeadline(): Instant | null {
    let first: Instant | null = null;
    for (const { freeAt } of this.lanes.values()) first = sooner(first, freeAt);
    return first;
  }

  private laneFor(at: Instant, address: VirtualAddress): Lane {
    const group = this.groupFor(address);
    const family = isIpv4(address.address) ? 'ARP' : 'ND';
    const place = group?.interfaces?.join(' ') ?? address.interface;
    const key = `${family} ${place}`;
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = { interval: this.intervalFor(address), queue: [], waiting: new Map(), freeAt: at };
      this.lanes.set(key, lane);
    }
    return lane;
  }

  private intervalFor(address: VirtualAddress): Duration {
    const group = this.groupFor(address);
    if (group === undefined) return zero;
    return isIpv4(address.address) ? group.arpInterval : group.neighbourInterval;
  }

  /** The group that names the interface, else the one for all others. */
  private groupFor({ interface: name }: VirtualAddress): AnnouncementGroupConfig | undefined {
    return (
      this.groups.find(({ interfaces }) => interfaces?.includes(name) === true) ??
      this.groups.find(({ interfaces }) => interfaces === null)
    );
  }
}

function queue(lane: Lane, address: VirtualAddress, atMost: number): void {
  const waiting = waitingIn(lane, address);
  if (waiting >= atMost) return;
  lane.queue.push(address);
  lane.waiting.set(placeOf(address), waiting + 1);
}

function waitingIn(lane: Lane, address: VirtualAddress): number {
  return lane.waiting.get(placeOf(address)) ?? 0;
}

function placeOf({ address, interface: name }: VirtualAddress): string {
  return `${address} ${name}`;
}
