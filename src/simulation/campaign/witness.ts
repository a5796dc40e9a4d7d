/**
 * What can be seen of the world from outside, and who looks at it: which kernel
 * answers for the address, whom a client reaches, what is on the wire. Nothing here
 * knows what Baton thinks.
 */
import type { Instant } from '../../base/units.ts';

/** A host as it can be seen. */
export interface HostFacts {
  readonly name: string;
  /** Its kernel has the address. */
  readonly has: boolean;
  /** And lets packets in that are for it. */
  readonly answers: boolean;
  /** The client's frames reach it, and its own reach the client. */
  readonly reachable: boolean;
  readonly life: 'running' | 'frozen' | 'ended';
  /** Baton runs on it, its cable is in, and what Baton watches there is well. */
  readonly fit: boolean;
  /** Its priority, as its configuration and what Baton watches have it. */
  readonly priority: number;
  /** As its configuration has it. */
  readonly preempts: boolean;
  /** Preempts, and has not been told to pass since it was started. */
  readonly claims: boolean;
}

/** A stretch of time in which nothing changed. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly hosts: readonly HostFacts[];
  /** Since when every frame arrives in time, where there is a cable; null: not now. */
  readonly calmSince: Instant | null;
  /** Whom the client's neighbour cache names. */
  readonly resolved: string | null;
}

export interface WireAdvert {
  readonly at: Instant;
  readonly from: string;
  readonly priority: number;
}

/** A fault has begun or is over. */
export interface Happening {
  readonly at: Instant;
  /** Null: the network's. */
  readonly host: string | null;
  /** What it may change: who lives (anew), acts how soon, hands over, is better, or is heard. */
  readonly of: 'life' | 'start' | 'pace' | 'leave' | 'rank' | 'links';
}

export interface Watcher {
  elapsed?(stretch: Stretch): void;
  advertised?(advert: WireAdvert): void;
  happened?(happening: Happening): void;
}

export interface Finding {
  readonly kind: 'safety' | 'liveness';
  readonly at: Instant;
  readonly text: string;
}

/** Takes what a watcher has found. */
export type Report = (finding: Finding) => void;

type View = Omit<Stretch, 'from' | 'to' | 'calmSince'> & { readonly calm: boolean };

/** Collects stretches: whoever is about to change anything says so before. */
export class Witness {
  private readonly look: () => View;
  private readonly now: () => Instant;
  private readonly watchers: Watcher[] = [];
  private since: Instant;
  /** What is to be seen, since it was looked at last; null: something may have changed. */
  private view: View | null = null;
  private calmSince: Instant | null = null;

  constructor(now: () => Instant, look: () => View) {
    this.now = now;
    this.look = look;
    this.since = now();
  }

  add(watchers: readonly Watcher[]): void {
    this.watchers.push(...watchers);
  }

  /** To be called before anything changes that can be seen. */
  beforeChange(): void {
    this.tellStretch();
    this.view = null;
  }

  advertised(advert: WireAdvert): void {
    // What stood until now is told first, so that everybody sees things in their order.
    this.tellStretch();
    for (const watcher of this.watchers) watcher.advertised?.(advert);
  }

  happened(happening: Happening): void {
    this.beforeChange();
    for (const watcher of this.watchers) watcher.happened?.(happening);
  }

  private tellStretch(): void {
    const to = this.now();
    if (to === this.since) return;
    this.view ??= this.look();
    const { hosts, resolved, calm } = this.view;
    this.calmSince = calm ? (this.calmSince ?? this.since) : null;
    const stretch = { from: this.since, to, hosts, resolved, calmSince: this.calmSince };
    this.since = to;
    for (const watcher of this.watchers) watcher.elapsed?.(stretch);
  }
}
