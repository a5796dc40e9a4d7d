/**
 * The right to answer for a virtual router's addresses, as the kernel keeps it: while an advert of
 * this host has left less than `duration` ago (docs/lease.md).
 */
import type { Duration, Instant } from '../base/units.ts';
import type { InterfaceName, IpAddress } from './address.ts';
import type { Advert, Priority } from './advert.ts';
import type { AdvertChannel } from './channel.ts';
import type { VirtualAddress } from './config.ts';

export interface Lease {
  /** Of the virtual router; no other has it while Baton runs. Above 0, below 2^31. */
  readonly number: number;
  /** How long it lasts after each advert. */
  readonly duration: Duration;
  /** The adverts that renew it, told by where they leave and go to and their VRID. */
  readonly adverts: LeasedAdverts;
  /**
   * An advert like ours, but of a priority above this, silences the host until the next of ours
   * leaves; null: none does.
   */
  readonly outrankedAbove: Priority | null;
  /**
   * Where our adverts come from: so does one of that same priority from a greater address
   * (RFC 9568 section 6.4.3). Null: it is not known, and none does.
   */
  readonly source: IpAddress | null;
  /** What is answered for while it lasts. */
  readonly addresses: readonly VirtualAddress[];
}

export interface LeasedAdverts {
  readonly channel: AdvertChannel;
  readonly destinations: readonly IpAddress[];
  readonly virtualRouterId: number;
}

/** What the kernel's guard is made for; leases come and go in it. */
export interface GuardFrame {
  /** Packets that leave or reach one of these are looked at. All of them are there. */
  readonly interfaces: readonly InterfaceName[];
}

/** A lease, and when it ends without another advert: that is so however late it is acted on. */
export interface HeldLease {
  readonly lease: Lease;
  readonly endsAt: Instant;
}

/**
 * Make the kernel's guard for this, with these leases in it and no others; null: there is to be
 * none. While it is there no packet for an address is answered without the address's lease.
 */
export interface SetGuard {
  readonly type: 'set-guard';
  readonly id: number;
  readonly frame: GuardFrame | null;
  readonly held: readonly HeldLease[];
}

/**
 * Begin this lease with the adverts that follow, and guard its addresses. Where they do not leave,
 * or `notAfter` has passed (what was decided before may be wrong by now), the addresses are
 * guarded and nothing is sent, and leases-lapsed tells of it.
 */
export interface TakeLease {
  readonly type: 'take-lease';
  readonly id: number;
  readonly lease: Lease;
  readonly notAfter: Instant;
}

/** Get ready to take this lease with this advert, soon; end-lease ends that too. */
export interface PrepareLease {
  readonly type: 'prepare-lease';
  readonly lease: Lease;
  readonly advert: Advert;
}

/** End the lease at once, and guard its addresses no longer; one that is over is no error. */
export interface EndLease {
  readonly type: 'end-lease';
  readonly number: number;
}

/** Report by leases-lapsed which of these the kernel has no more. */
export interface ConfirmLeases {
  readonly type: 'confirm-leases';
  readonly numbers: readonly number[];
}
