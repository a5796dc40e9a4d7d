/**
 * The kernel's guard: keeps the nftables table of `lease-table.ts` as the core wants it. What
 * renews leases in it are the packets themselves.
 */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import { milliseconds, type Duration } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { GuardFrame, Lease } from '../model/lease.ts';
import type { Clock } from '../ports/clock.ts';
import type { KernelError, LeaseChange, LeaseRemainder } from '../ports/network.ts';
import { uint32 } from '../wire/netlink-octets.ts';
import { parseElementNumbers } from '../wire/nftables-elements.ts';
import type { Batch, SetElement, TableChange } from '../wire/nftables.ts';
import { emitChangeTable, emitListElements, emitReplaceTable } from '../wire/nftables.ts';
import {
  emptyTable,
  entriesOf,
  guardTable,
  inTicks,
  leaseChains,
  leaseSet,
  vrrpHeaderOffset,
  withoutChains,
  type Entry,
} from './lease-table.ts';
import { LeaseRenewals, type Renewal } from './lease-renewal.ts';
import { GuardedAddresses } from './guarded-addresses.ts';
import type { LinkLookup } from './link-lookup.ts';
import type { NetlinkExchange } from './netlink-exchange.ts';
import { openNetlinkExchange } from './netlink-exchange.ts';
import { answeringSet } from './rival-adverts.ts';
import { tickOfKernel } from './tick.ts';

/** What has the number of a lease that lives. */
const lifeSets = [leaseSet, answeringSet] as const;

interface KeptLease {
  readonly lease: Lease;
  /** The advert that began it. */
  readonly begunBy: Advert | null;
  /** As they were when it was taken: an interface may be another by now. */
  readonly entries: readonly Entry[];
}

export class LeaseGuard {
  readonly #links: LinkLookup;
  readonly #exchange: NetlinkExchange;
  readonly #tick: Duration;
  #interfaces: readonly InterfaceName[] = [];
  #present = false;
  readonly #leases = new Map<number, KeptLease>();
  /** Those whose chains are there, with no way that leads to them. */
  readonly #prepared = new Map<number, Lease>();
  /** By map and key: the lease that an entry is of. The last one to take it has it. */
  readonly #owners = new Map<string, number>();
  readonly #addresses = new GuardedAddresses();
  readonly #renewals = new LeaseRenewals();

  constructor(options: {
    readonly links: LinkLookup;
    readonly exchange: NetlinkExchange;
    readonly tick: Duration;
  }) {
    this.#links = options.links;
    this.#exchange = options.exchange;
    this.#tick = options.tick;
  }

  /** The names of the tables that are there by its doing. */
  get tables(): readonly string[] {
    return this.#present ? [guardTable.name] : [];
  }

  /** The whole table anew, in one batch: no packet sees anything in between. */
  set(frame: GuardFrame | null, held: readonly LeaseRemainder[]): KernelError | null {
    const former = new Map(this.#leases);
    this.#leases.clear();
    this.#prepared.clear();
    this.#owners.clear();
    this.#addresses.clear();
    this.#renewals.clear();
    this.#present = frame !== null;
    if (frame === null) {
      return this.#send((first) => emitReplaceTable(first, guardTable, null), 'remove lease guard');
    }
    this.#interfaces = frame.interfaces.filter((name) => this.#links.indexOf(name) !== null);
    const table = emptyTable(this.#interfaces);
    const changes: TableChange[] = [];
    for (const { lease, remaining } of held) {
      const begunBy = former.get(lease.number)?.begunBy ?? null;
      this.#add({ lease, begunBy }, remaining, changes);
    }
    return this.#send(
      (first) => emitReplaceTable(first, guardTable, table, changes),
      'set lease guard',
    );
  }

  change(wanted: readonly LeaseChange[]): KernelError | null {
    const changes: TableChange[] = [];
    for (const one of wanted) {
      if (one.type === 'prepare') {
        this.#prepared.set(one.lease.number, one.lease);
        changes.push(...leaseChains(one.lease, one.advert, this.#tick));
      } else if (one.type === 'take') {
        this.#add(one, one.begunBy === null ? null : one.lease.duration, changes);
      } else this.#end(one.number, changes);
    }
    if (changes.length === 0) return null;
    return this.#send((first) => emitChangeTable(first, guardTable, changes), 'change leases');
  }

  /** What has to be sent beside an advert, for it to renew its lease wherever it goes. */
  renewalBeside(channel: AdvertChannel, packet: Uint8Array): Renewal | null {
    return this.#renewals.beside(channel, packet, vrrpHeaderOffset(channel));
  }

  /** Which of these no longer live. Asked from time to time: what has waited for time is done. */
  lapsed(numbers: readonly number[]): Result<readonly number[], KernelError> {
    const changes = this.#addresses.settle();
    if (changes.length > 0) {
      const error = this.#send((first) => emitChangeTable(first, guardTable, changes), 'settle');
      if (error !== null) return failure(error);
    }
    const alive = this.#numbersIn(leaseSet);
    if (!alive.ok) return alive;
    return success(numbers.filter((number) => !alive.value.has(number)));
  }

  /**
   * The clock, by which an earlier run has a right to what it has left. Null where a better advert
   * has silenced that: then nobody has a right to it, however lately it was renewed.
   */
  rightBy(clock: Clock): Clock | null {
    // In this order: one that ends meanwhile has not been silenced.
    const answering = this.#numbersIn(answeringSet);
    const alive = this.#numbersIn(leaseSet);
    if (!answering.ok || !alive.ok) return clock;
    return [...alive.value].every((number) => answering.value.has(number)) ? clock : null;
  }

  /**
   * Builds what a lease takes, and sends nothing of it; what it asks of the kernel instead goes the
   * same way. A change that the kernel refused would cost it 10 ms each time.
   */
  rehearse(lease: Lease, begunBy: Advert): void {
    const changes: TableChange[] = [];
    this.#add({ lease, begunBy }, lease.duration, changes);
    this.#end(lease.number, changes);
    emitChangeTable(0, guardTable, changes);
    this.lapsed([lease.number]);
  }

  close(): void {
    if (this.#present) this.set(null, []);
    this.#exchange.close();
  }

  /** `remaining`: how long it lives without another advert; null: it does not. */
  #add(
    { lease, begunBy }: Pick<KeptLease, 'lease' | 'begunBy'>,
    remaining: Duration | null,
    changes: TableChange[],
  ): void {
    const entries = entriesOf(lease, this.#interfaces, this.#links);
    const former = entries.filter((entry) => this.#owners.has(idOf(entry)));
    for (const entry of entries) this.#owners.set(idOf(entry), lease.number);
    this.#leases.set(lease.number, { lease, begunBy, entries });
    this.#renewals.add(lease, this.#interfaces, this.#links);
    if (!this.#prepared.delete(lease.number)) {
      changes.push(...leaseChains(lease, begunBy, this.#tick));
    }
    if (remaining !== null) {
      const elements = [this.#alive(lease.number, remaining)];
      for (const set of lifeSets) changes.push({ type: 'add-elements', set, elements });
    }
    const led = entries.flatMap(({ map, element }) => this.#addresses.add(map, element));
    changes.push(...led, ...deletions(former), ...additions(entries));
  }

  #end(number: number, changes: TableChange[]): void {
    const prepared = this.#prepared.get(number);
    if (prepared !== undefined) {
      this.#prepared.delete(number);
      changes.push(...withoutChains(prepared));
    }
    const kept = this.#leases.get(number);
    if (kept === undefined) return;
    this.#leases.delete(number);
    this.#renewals.delete(kept.lease);
    const own = kept.entries.filter((entry) => this.#owners.get(idOf(entry)) === number);
    for (const entry of own) this.#owners.delete(idOf(entry));
    const led = own.flatMap(({ map, element }) => this.#addresses.delete(map, element));
    changes.push(...led, ...deletions(own), ...withoutChains(kept.lease));
    const alive = this.#alive(number, kept.lease.duration);
    for (const set of lifeSets) {
      // Added first, since to delete what has lapsed would be an error.
      changes.push(
        { type: 'add-elements', set, elements: [alive] },
        { type: 'delete-elements', set, elements: [{ key: alive.key }] },
      );
    }
  }

  #alive(number: number, remaining: Duration): SetElement {
    const least = milliseconds(1);
    const timeout = inTicks(remaining > least ? remaining : least, this.#tick);
    return { key: uint32(number), timeout };
  }

  #numbersIn(set: string): Result<ReadonlySet<number>, KernelError> {
    const sequence = this.#exchange.takeSequence();
    const answer = this.#exchange.send(emitListElements(sequence, guardTable, set), 'list leases');
    if (!answer.ok) return failure(answer.error);
    return success(new Set(answer.value.flatMap((datagram) => parseElementNumbers(datagram))));
  }

  #send(emit: (firstSequence: number) => Batch, call: string): KernelError | null {
    const first = this.#exchange.takeSequence();
    const batch = emit(first);
    this.#exchange.takeSequence(batch.messages);
    const answer = this.#exchange.send(batch.octets, call);
    return answer.ok ? null : answer.error;
  }
}

export function openLeaseGuard(options: {
  readonly links: LinkLookup;
}): Result<LeaseGuard, KernelError> {
  const exchange = openNetlinkExchange('netfilter');
  if (!exchange.ok) return exchange;
  const tick = tickOfKernel();
  return success(new LeaseGuard({ ...options, exchange: exchange.value, tick }));
}

function additions(entries: readonly Entry[]): readonly TableChange[] {
  return byMap(entries, (entry) => entry.element).map(([set, elements]) => {
    return { type: 'add-elements', set, elements };
  });
}

function deletions(entries: readonly Entry[]): readonly TableChange[] {
  return byMap(entries, ({ element: { key } }) => ({ key })).map(([set, elements]) => {
    return { type: 'delete-elements', set, elements };
  });
}

function byMap(
  entries: readonly Entry[],
  elementOf: (entry: Entry) => SetElement,
): readonly (readonly [string, readonly SetElement[]])[] {
  const maps = new Map<string, SetElement[]>();
  for (const entry of entries) {
    const elements = maps.get(entry.map) ?? [];
    elements.push(elementOf(entry));
    maps.set(entry.map, elements);
  }
  return [...maps];
}

function idOf({ map, element: { key } }: Entry): string {
  return `${map} ${key.join()}`;
}
