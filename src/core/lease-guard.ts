/**
 * The kernel's guard over the addresses, as the core sees it: what it is made for, which leases
 * are held in it, and whether it is there at all. See docs/lease.md.
 *
 * A lease is taken when a virtual router becomes Master and begins with its first advert; each
 * advert renews it without a word from here. Whether the kernel has it still is looked at after an
 * advert that left late, and from time to time: what lapsed unseen (the adverts did not leave, the
 * process was held up) must not be believed in.
 */
import { after, milliseconds, seconds, sooner, times, type Instant } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type { Advert } from '../model/advert.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import type { EffectSettled, GuardVanished, LeasesLapsed } from '../model/core-event.ts';
import type { GuardFrame, HeldLease, Lease } from '../model/lease.ts';
import type { GuardSnapshot } from '../model/snapshot.ts';
import { leaseDuration } from '../model/lease-duration.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import { advertInterface, type Leases } from './router.ts';

/** How often the kernel is asked whether it has the leases still. */
const confirmInterval = seconds(1);

/** It may be asked so much earlier, so that the adverts and the question take one wake-up. */
const coalescing = milliseconds(1);

/** How long to wait before a guard that could not be set is asked for again. */
const retryInterval = seconds(10);

/** What the kernel has to say of it. */
export type GuardNews = LeasesLapsed | GuardVanished;

/** The virtual routers. */
export interface LeaseHolders {
  heldLeases(): readonly HeldLease[];
}

type State =
  | { readonly name: 'off' }
  | { readonly name: 'asked'; readonly effectId: number }
  | { readonly name: 'set' }
  | { readonly name: 'unavailable'; readonly error: string; readonly retryAt: Instant };

export class LeaseGuard implements Leases {
  private state: State = { name: 'off' };
  /** What the kernel was last asked for; null: nothing. */
  private frame: GuardFrame | null = null;
  private lastNumber = 0;
  private confirmAt: Instant | null = null;
  private config: Config | null = null;
  /** The interfaces of `config` that are to be guarded, whether they are there or not. */
  private guarded: readonly InterfaceName[] = [];
  private complained = false;

  get inForce(): boolean {
    return this.state.name === 'set' || this.state.name === 'asked';
  }

  nextDeadline(): Instant | null {
    const { state } = this;
    return sooner(this.confirmAt, state.name === 'unavailable' ? state.retryAt : null);
  }

  snapshot(): GuardSnapshot {
    const { state } = this;
    switch (state.name) {
      case 'off':
        return { state: 'off', error: null };
      case 'asked':
      case 'set':
        return { state: 'set', error: null };
      case 'unavailable':
        return { state: 'unavailable', error: state.error };
    }
  }

  /** Sees to it that the guard is made for what there is; `holders` hold the leases of now. */
  settle(
    at: Instant,
    config: Config,
    network: NetworkView,
    holders: LeaseHolders,
    outbox: Outbox,
  ): void {
    // This is asked with every event, and hardly ever is there anything new.
    const retry = this.state.name === 'unavailable' && this.state.retryAt <= at;
    if (this.config !== config) {
      this.config = config;
      this.guarded = config.global.leaseGuard ? guardedInterfaces(config.instances) : [];
    }
    const interfaces = this.guarded.filter((name) => network.present(name));
    if (!retry && isSameList(interfaces, this.frame?.interfaces ?? [])) return;
    const frame = interfaces.length === 0 ? null : { interfaces };
    this.set(frame, holders.heldLeases(), outbox);
  }

  /** The kernel has lost it: `nft flush ruleset`, say. */
  vanished(held: readonly HeldLease[], outbox: Outbox): void {
    if (this.frame === null) return;
    outbox.log('warning', 'the lease guard was removed by others: setting it again');
    this.set(this.frame, held, outbox);
  }

  effectSettled(at: Instant, { id, error }: EffectSettled, outbox: Outbox): boolean {
    if (this.state.name !== 'asked' || this.state.effectId !== id) return false;
    if (error === null) {
      if (this.complained) outbox.log('notice', 'the lease guard is set');
      this.complained = false;
      this.state = { name: 'set' };
      return true;
    }
    this.state = { name: 'unavailable', error, retryAt: after(at, retryInterval) };
    if (this.complained) return true;
    this.complained = true;
    outbox.log(
      'warning',
      `the lease guard can't be set: ${error}: if Baton dies as Master, its addresses are ` +
        'answered for until their lifetime in the kernel is over',
    );
    return true;
  }

  draw(leaseOf: (number: number) => Lease): Lease {
    this.lastNumber += 1;
    return leaseOf(this.lastNumber);
  }

  prepare(lease: Lease, advert: Advert, outbox: Outbox): void {
    outbox.push({ type: 'prepare-lease', lease, advert });
  }

  take(at: Instant, lease: Lease, outbox: Outbox): void {
    // A decision that is carried out late, since the process was held up, is void.
    const notAfter = after(at, times(lease.duration, 0.2));
    outbox.push({ type: 'take-lease', id: outbox.nextId(), lease, notAfter });
    this.confirmAt ??= after(at, confirmInterval);
  }

  end(lease: Lease | null, outbox: Outbox): void {
    if (lease !== null) outbox.push({ type: 'end-lease', number: lease.number });
  }

  leftLate(at: Instant): void {
    this.confirmAt = at;
  }

  /** Asks the kernel for the leases that are held, where it is time to. */
  confirm(at: Instant, holders: LeaseHolders, outbox: Outbox): void {
    if (this.confirmAt === null || this.confirmAt > after(at, coalescing)) return;
    const numbers = holders.heldLeases().map(({ lease }) => lease.number);
    this.confirmAt = numbers.length === 0 ? null : after(at, confirmInterval);
    if (numbers.length > 0) outbox.push({ type: 'confirm-leases', numbers });
  }

  stop(outbox: Outbox): void {
    this.confirmAt = null;
    if (this.frame !== null) this.set(null, [], outbox);
  }

  private set(frame: GuardFrame | null, held: readonly HeldLease[], outbox: Outbox): void {
    this.frame = frame;
    const effectId = outbox.nextId();
    this.state = frame === null ? { name: 'off' } : { name: 'asked', effectId };
    outbox.push({ type: 'set-guard', id: effectId, frame, held });
  }
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((one, place) => one === right[place]);
}

export function leaseDurationOf(config: InstanceConfig): Lease['duration'] {
  return leaseDuration(config.advertisementInterval, config.downTimerAdverts);
}

/** Where adverts leave, and where packets for the addresses may arrive. */
function guardedInterfaces(instances: readonly InstanceConfig[]): readonly InterfaceName[] {
  const names = new Set<InterfaceName>();
  for (const instance of instances) {
    const { interface: name, virtualAddresses, excludedAddresses } = instance;
    const places = [...virtualAddresses, ...excludedAddresses].map((one) => one.interface);
    for (const one of [advertInterface(instance), name, ...places]) {
      if (one !== null) names.add(one);
    }
  }
  return [...names];
}
