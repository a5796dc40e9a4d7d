/**
 * The rules in a simulated kernel that let a host answer for virtual addresses only
 * while its adverts leave it: each advert renews the lease, and once that is over
 * what comes for the addresses is dropped. No process has a part in it.
 */
import type { Duration, Instant } from '../base/units.ts';
import type { IpAddress } from '../model/address.ts';
import { glimpseAdvert } from './advert-frame.ts';
import type { Timekeeper } from './host-clock.ts';
import type { Appointment } from './virtual-clock.ts';

/** One virtual router's part of the rules. */
export interface GuardRule {
  readonly virtualRouterId: number;
  readonly ipv6: boolean;
  readonly addresses: readonly IpAddress[];
  readonly lease: Duration;
}

interface Lease {
  readonly rule: GuardRule;
  endsAt: Instant;
  alarm: Appointment | null;
}

export interface SimulatedGuardOptions {
  readonly clock: Timekeeper;
  /** The kernel's timers know no shorter time. */
  readonly jiffy: Duration;
  /** Called before the guard lets more, or less, through. */
  readonly beforeChange: () => void;
  readonly told: (text: string) => void;
}

export class SimulatedGuard {
  private readonly options: SimulatedGuardOptions;
  private leases: Lease[] = [];

  constructor(options: SimulatedGuardOptions) {
    this.options = options;
  }

  get isEmpty(): boolean {
    return this.leases.length === 0;
  }

  /** Replaces all rules; the lease of a virtual router that had a rule goes on. */
  set(rules: readonly GuardRule[]): void {
    this.options.beforeChange();
    const former = this.leases;
    this.leases = rules.map((rule) => {
      const known = former.find((one) => isSame(one.rule, rule));
      const lease: Lease = { rule, endsAt: known?.endsAt ?? (0 as Instant), alarm: null };
      this.watch(lease);
      return lease;
    });
    for (const { alarm } of former) alarm?.cancel();
  }

  /** Whether packets for the address get through. */
  lets(address: IpAddress): boolean {
    const now = this.options.clock.now();
    for (const { rule, endsAt } of this.leases) {
      if (rule.addresses.includes(address) && endsAt <= now) return false;
    }
    return true;
  }

  /** A frame leaves: an advert of a virtual router renews its lease. */
  leaves(frame: Uint8Array): void {
    if (this.leases.length === 0) return;
    const advert = glimpseAdvert(frame);
    if (advert === null) return;
    for (const lease of this.leases) if (isSame(lease.rule, advert)) this.renew(lease);
  }

  private renew(lease: Lease): void {
    const { clock, jiffy, beforeChange } = this.options;
    const now = clock.now();
    const tick = Math.floor(now / jiffy);
    const endsAt = ((tick + Math.ceil(lease.rule.lease / jiffy)) * jiffy) as Instant;
    if (lease.endsAt <= now) beforeChange();
    lease.endsAt = endsAt;
    if (lease.alarm === null) this.watch(lease);
  }

  /** One alarm a lease: when it goes off and the lease was renewed, it is set anew. */
  private watch(lease: Lease): void {
    const { clock, beforeChange, told } = this.options;
    const left = lease.endsAt - clock.now();
    if (left <= 0) return;
    lease.alarm = clock.schedule(left as Duration, () => {
      lease.alarm = null;
      if (lease.endsAt > clock.now()) {
        this.watch(lease);
        return;
      }
      told(`the lease of ${lease.rule.addresses.join(', ')} is over`);
      beforeChange();
    });
  }
}

type Router = Pick<GuardRule, 'virtualRouterId' | 'ipv6'>;

function isSame(one: Router, other: Router): boolean {
  return one.virtualRouterId === other.virtualRouterId && one.ipv6 === other.ipv6;
}
