/**
 * The lease guard of a simulated kernel (what src/linux/lease-table.ts makes of a real one): each
 * advert that leaves renews its lease, and once that is over what comes for the addresses is
 * dropped, and what would leave for them. No process has a part in it.
 */
import { milliseconds, type Duration, type Instant } from '../base/units.ts';
import { compareAddresses, type IpAddress } from '../model/address.ts';
import type { GuardFrame, Lease } from '../model/lease.ts';
import type { KernelError, LeaseChange, LeaseRemainder } from '../ports/network.ts';
import type { OctetRange } from '../wire/advert-likeness.ts';
import { likenessOf } from '../wire/advert-likeness.ts';
import { readIp } from '../wire/address-octets.ts';
import { parseArp } from '../wire/arp.ts';
import { ethernetHeaderLength, etherTypes } from '../wire/ethernet.ts';
import { parseNeighbourAdvertisement } from '../wire/neighbour-advertisement.ts';
import { readUint16 } from '../wire/octets.ts';
import { glimpseAdvert, type GlimpsedAdvert } from './advert-frame.ts';
import type { Timekeeper } from './host-clock.ts';
import type { Appointment } from './virtual-clock.ts';

/** From the IP header on. */
const sourceOffset = { IPv4: 12, IPv6: 8 } as const;

interface KeptLease {
  readonly lease: Lease;
  /** What its adverts look like; null: not known. */
  readonly likeness: readonly OctetRange[] | null;
  endsAt: Instant;
  /** Another host's advert was better than its last one. */
  outranked: boolean;
  /** It has never begun, or `endsAt` has come: until then what it lets through is unchanged. */
  ended: boolean;
  alarm: Appointment | null;
}

export interface SimulatedGuardOptions {
  readonly clock: Timekeeper;
  /** Whether the kernel can have one. */
  readonly available: boolean;
  /** The kernel's timers know no shorter time. */
  readonly jiffy: Duration;
  /** Called before the guard lets more, or less, through. */
  readonly beforeChange: () => void;
  readonly told: (text: string) => void;
}

export class SimulatedGuard {
  private readonly options: SimulatedGuardOptions;
  private present = false;
  /** The one that took an address last guards it. */
  private leases: KeptLease[] = [];

  constructor(options: SimulatedGuardOptions) {
    this.options = options;
  }

  /** Whether it would let everything through for ever. */
  get isEmpty(): boolean {
    return this.leases.length === 0;
  }

  set(frame: GuardFrame | null, held: readonly LeaseRemainder[]): KernelError | null {
    const { available, beforeChange } = this.options;
    if (!available) return { code: 'EOPNOTSUPP', call: 'set lease guard' };
    beforeChange();
    this.present = frame !== null;
    const former = this.leases;
    for (const { alarm } of former) alarm?.cancel();
    this.leases = [];
    for (const { lease, remaining } of held) {
      const known = former.find((one) => one.lease.number === lease.number);
      this.add(lease, known?.likeness ?? null, remaining);
    }
    return null;
  }

  change(changes: readonly LeaseChange[]): KernelError | null {
    if (!this.present) return { code: 'ENOENT', call: 'change leases' };
    this.options.beforeChange();
    for (const change of changes) {
      if (change.type === 'end') this.end(change.number);
      else if (change.type === 'take') {
        const { lease, begunBy } = change;
        if (begunBy === null) this.add(lease, null, null);
        else this.add(lease, likenessOf(begunBy), lease.duration);
      }
    }
    return null;
  }

  /** Null where there is no guard. */
  lapsed(numbers: readonly number[]): readonly number[] | null {
    if (!this.present) return null;
    return numbers.filter(
      (number) => !this.leases.some(({ lease, ended }) => lease.number === number && !ended),
    );
  }

  /** Whether packets for the address get through. */
  lets(address: IpAddress): boolean {
    const kept = this.leases.findLast(({ lease }) =>
      lease.addresses.some((one) => one.address === address),
    );
    return kept === undefined || (!kept.ended && !kept.outranked);
  }

  /** Whether the frame may leave; an advert that does renews its lease. */
  letsOut(frame: Uint8Array): boolean {
    if (this.leases.length === 0) return true;
    const advert = glimpseAdvert(frame);
    const kept = advert && this.leases.findLast(({ lease }) => isOf(lease, advert));
    if (advert !== null && kept !== null && kept !== undefined) {
      if (kept.ended) return false;
      if (advert.priority === 0) return true;
      kept.endsAt = this.endOf(kept.lease.duration);
      if (kept.outranked) this.options.beforeChange();
      kept.outranked = false;
      return true;
    }
    const address = claimedIn(frame);
    return address === null || this.lets(address);
  }

  /** A frame arrives: a better advert than ours silences the host. */
  hears(frame: Uint8Array): void {
    if (this.leases.length === 0) return;
    const advert = glimpseAdvert(frame);
    if (advert === null) return;
    const kept = this.leases.findLast(({ lease }) => isOf(lease, advert));
    if (kept === undefined || !isBetter(advert, frame, kept.lease)) return;
    if (kept.outranked || kept.likeness?.every((range) => isIn(advert.message, range)) !== true)
      return;
    this.options.beforeChange();
    kept.outranked = true;
    this.options.told(`a better advert silences ${addressesOf(kept.lease)}`);
  }

  private add(lease: Lease, likeness: KeptLease['likeness'], remaining: Duration | null): void {
    const endsAt = remaining === null ? this.options.clock.now() : this.endOf(remaining);
    const ended = endsAt <= this.options.clock.now();
    const kept: KeptLease = { lease, likeness, endsAt, ended, outranked: false, alarm: null };
    this.leases.push(kept);
    this.watch(kept);
  }

  private end(number: number): void {
    for (const { lease, alarm } of this.leases) if (lease.number === number) alarm?.cancel();
    this.leases = this.leases.filter(({ lease }) => lease.number !== number);
  }

  private endOf(duration: Duration): Instant {
    const { clock, jiffy } = this.options;
    const least = milliseconds(1);
    const ticks = Math.ceil(Math.max(duration, least) / jiffy);
    return ((Math.floor(clock.now() / jiffy) + ticks) * jiffy) as Instant;
  }

  /** One alarm a lease: when it goes off and the lease was renewed, it is set anew. */
  private watch(kept: KeptLease): void {
    const { clock, beforeChange, told } = this.options;
    if (kept.ended) return;
    kept.alarm = clock.schedule((kept.endsAt - clock.now()) as Duration, () => {
      kept.alarm = null;
      if (kept.endsAt > clock.now()) {
        this.watch(kept);
        return;
      }
      told(`the lease of ${addressesOf(kept.lease)} is over`);
      beforeChange();
      kept.ended = true;
    });
  }
}

function addressesOf({ addresses }: Lease): string {
  return addresses.map(({ address }) => address).join(', ');
}

/** Of a higher priority, or of the same one from a greater address. */
function isBetter(
  { priority, ipv6 }: GlimpsedAdvert,
  frame: Uint8Array,
  { outrankedAbove: above, source }: Lease,
): boolean {
  if (above === null || priority < above) return false;
  if (priority > above) return true;
  const offset = ethernetHeaderLength + (ipv6 ? sourceOffset.IPv6 : sourceOffset.IPv4);
  const sender = readIp(frame, offset, ipv6 ? 'IPv6' : 'IPv4');
  return source !== null && compareAddresses(sender, source) > 0;
}

function isIn(message: Uint8Array, { offset, octets }: OctetRange): boolean {
  return octets.every((octet, place) => message[offset + place] === octet);
}

/** A simulated host has one interface, and one instance a VRID and family on it. */
function isOf({ adverts }: Lease, advert: GlimpsedAdvert): boolean {
  return (
    adverts.virtualRouterId === advert.virtualRouterId &&
    (adverts.channel.family === 'IPv6') === advert.ipv6
  );
}

/** Whose address an ARP or neighbour advertisement speaks of. */
function claimedIn(frame: Uint8Array): IpAddress | null {
  const payload = frame.subarray(ethernetHeaderLength);
  switch (readUint16(frame, ethernetHeaderLength - 2)) {
    case etherTypes.arp:
      return parseArp(payload)?.senderProtocol ?? null;
    case etherTypes.ipv6:
      return parseNeighbourAdvertisement(payload)?.target ?? null;
    default:
      return null;
  }
}
