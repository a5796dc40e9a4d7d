/**
 * Executes what the core asks of the lease guard, in batches. A lease begins once adverts of its
 * virtual router have left, and not without: what was decided too long ago, since the process was
 * held up, is not carried out, and what could not be sent gives no right to anything.
 */
import type { EffectSettled, GuardVanished, LeasesLapsed } from '../model/core-event.ts';
import { between } from '../base/units.ts';
import type { Advert } from '../model/advert.ts';
import { channelKey } from '../model/channel.ts';
import type { SendAdvert } from '../model/effect.ts';
import type {
  ConfirmLeases,
  EndLease,
  HeldLease,
  LeasedAdverts,
  PrepareLease,
  TakeLease,
} from '../model/lease.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  KernelError,
  LeaseChange,
  LeaseRemainder,
  Network,
  SendFailure,
} from '../ports/network.ts';

export type LeaseEvent = LeasesLapsed | GuardVanished;

export class LeaseExecutor {
  private readonly network: Network;
  private readonly clock: Clock;
  private readonly tell: (event: EffectSettled | LeaseEvent) => void;
  private prepared: PrepareLease[] = [];
  private taken: TakeLease[] = [];
  private ended: number[] = [];
  private confirmed: number[] = [];
  /** By virtual router, the adverts of this batch; and the ones that must not have any. */
  private readonly sent = new Map<string, Advert>();
  private readonly barred = new Set<string>();

  constructor(network: Network, clock: Clock, tell: (event: EffectSettled | LeaseEvent) => void) {
    this.network = network;
    this.clock = clock;
    this.tell = tell;
  }

  /** It is done with the batch. */
  change(effect: PrepareLease | TakeLease | EndLease | ConfirmLeases): void {
    switch (effect.type) {
      case 'prepare-lease':
        this.prepared.push(effect);
        return;
      case 'take-lease':
        this.taken.push(effect);
        if (this.clock.now() > effect.notAfter) this.barred.add(routerOf(effect.lease.adverts));
        return;
      case 'end-lease':
        this.ended.push(effect.number);
        return;
      case 'confirm-leases':
        this.confirmed.push(...effect.numbers);
        return;
    }
  }

  /** What is left of them by now: this may have been held up since it was asked for. */
  remaindersOf(held: readonly HeldLease[]): readonly LeaseRemainder[] {
    const now = this.clock.now();
    return held.map(({ lease, endsAt }) => {
      return { lease, remaining: endsAt > now ? between(now, endsAt) : null };
    });
  }

  /** Whether this advert may be sent; if so, it is. */
  mayLeave({ channel, advert }: SendAdvert): boolean {
    if (this.taken.length === 0) return true;
    const router = routerOf({ channel, virtualRouterId: advert.virtualRouterId });
    if (this.barred.has(router)) return false;
    this.sent.set(router, advert);
    return true;
  }

  /** The adverts of the batch have left, but for these: they begin leases. */
  begin(failures: readonly SendFailure[]): void {
    if (this.taken.length > 0) this.beginTaken(failures);
  }

  /** Addresses are gone: what was held for them ends, which lets everything through. */
  finish(): void {
    const { ended, prepared } = this;
    if (ended.length + prepared.length === 0) return;
    this.ended = [];
    this.prepared = [];
    this.apply([
      ...ended.map((number) => ({ type: 'end', number }) as const),
      ...prepared.map(({ lease, advert }) => ({ type: 'prepare', lease, advert }) as const),
    ]);
  }

  /** All is done: asks the kernel for what the core wants to know of. */
  ask(): void {
    const { confirmed } = this;
    if (confirmed.length === 0) return;
    this.confirmed = [];
    const lapsed = this.network.lapsedLeases(confirmed);
    if (!lapsed.ok) this.failed(lapsed.error);
    else if (lapsed.value.length > 0) this.tell({ type: 'leases-lapsed', numbers: lapsed.value });
  }

  private beginTaken(failures: readonly SendFailure[]): void {
    const { taken, sent } = this;
    const changes = taken.map(({ lease }) => {
      const { adverts } = lease;
      const failed = failures.some((failure) => failure.interface === adverts.channel.interface);
      const begunBy = failed ? null : (sent.get(routerOf(adverts)) ?? null);
      return { type: 'take', lease, begunBy } as const;
    });
    this.apply(changes);
    for (const { id } of taken) this.tell({ type: 'effect-settled', id, error: null });
    const lapsed = changes.filter(({ begunBy }) => begunBy === null);
    const numbers = lapsed.map(({ lease }) => lease.number);
    if (numbers.length > 0) this.tell({ type: 'leases-lapsed', numbers });
    this.taken = [];
    this.sent.clear();
    this.barred.clear();
  }

  private apply(changes: readonly LeaseChange[]): void {
    const error = this.network.changeLeases(changes);
    if (error !== null) this.failed(error);
  }

  /** Whatever it is: to set the guard anew mends it, or tells why it can't be had. */
  private failed({ call, code }: KernelError): void {
    this.tell({ type: 'guard-vanished', error: `${call}: ${code}` });
  }
}

function routerOf({
  channel,
  virtualRouterId,
}: Pick<LeasedAdverts, 'channel' | 'virtualRouterId'>): string {
  return `${channelKey(channel)} ${String(virtualRouterId)}`;
}
