/**
 * The right to answer for a virtual router's addresses, as the kernel keeps it: while an advert of
 * this host has left less than `duration` ago (docs/lease.md).
 */
import type { Duration } from '../base/units.ts';
import type { InterfaceName, IpAddress } from './address.ts';
import type { AdvertChannel } from './channel.ts';
import type { VirtualAddress } from './config.ts';

export interface Lease {
  /** Of the virtual router; no other has it while Baton runs. Above 0, below 2^31. */
  readonly number: number;
  /** How long it lasts after each advert. */
  readonly duration: Duration;
  /** The adverts that renew it, told by where they leave and go to and their VRID. */
  readonly adverts: LeasedAdverts;
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

/** A lease and how much of it is left. */
export interface HeldLease {
  readonly lease: Lease;
  readonly remaining: Duration;
}
