/**
 * The addresses, routes and rules that are there as long as Baton runs, whoever is
 * master (`static_ipaddress`, `static_routes`, `static_rules`): put in place as soon as
 * their interfaces are there, put back when others have removed them unless `no_track`,
 * and taken away at the end. Those of a `track_group` are a fault of its instances while
 * they can't be kept.
 */
import { after, earliest, type Instant } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type { FixedConfig, TrackGroupConfig, VirtualAddress } from '../model/config.ts';
import type {
  AddressVanished,
  EffectSettled,
  RouteVanished,
  RuleVanished,
} from '../model/core-event.ts';
import type { Route, Rule } from '../model/route.ts';
import { matching, release, retryInterval, sameRouting, type Holding } from './holding.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';

export type Thing =
  | { readonly what: 'address'; readonly value: VirtualAddress }
  | { readonly what: 'route'; readonly value: Route }
  | { readonly what: 'rule'; readonly value: Rule };

type Progress =
  | { readonly type: 'missing' }
  | { readonly type: 'asked'; readonly effectId: number }
  | { readonly type: 'kept' }
  | { readonly type: 'failed'; readonly error: string }
  /** Removed by others, with `no_track`. */
  | { readonly type: 'given-up' };

interface Entry {
  readonly thing: Thing;
  progress: Progress;
  /** Not put in place before; null: as soon as its interfaces are there. */
  notBefore: Instant | null;
  /** When it was last put back: bounds a fight with other software. */
  restoredAt: Instant | null;
  /** The log has said that it can't be kept. */
  complained: boolean;
}

export class FixedHoldings {
  private entries: Entry[] = [];

  /** Takes a configuration over; what is in it no more is taken away. */
  adopt(config: FixedConfig, outbox: Outbox): void {
    const former = new Map(this.entries.map((entry) => [keyOf(entry.thing), entry]));
    this.entries = thingsOf(config).map((thing) => {
      const key = keyOf(thing);
      const known = former.get(key);
      former.delete(key);
      if (known === undefined) return newEntry(thing);
      // What was given up when nobody was to put it back is missed from now on.
      const missed = known.progress.type === 'given-up' && thing.value.tracked;
      return { ...known, thing, progress: missed ? { type: 'missing' } : known.progress };
    });
    takeAway([...former.values()], outbox);
  }

  settle(at: Instant, network: NetworkView, outbox: Outbox): void {
    if (this.entries.length === 0) return;
    for (const entry of this.entries) {
      // With an interface the kernel takes away what was on it.
      if (obstacle(entry.thing, network) === null) continue;
      entry.progress = { type: 'missing' };
      entry.notBefore = null;
    }
    for (const what of ['address', 'route', 'rule'] as const) {
      const due = this.entries.filter(
        (entry) =>
          entry.thing.what === what && isDue(entry, at) && obstacle(entry.thing, network) === null,
      );
      // One effect each: what the kernel refuses says nothing of the others.
      for (const entry of due) ask(entry, outbox);
    }
  }

  addressVanished(at: Instant, event: AddressVanished, outbox: Outbox): void {
    const gone = (thing: Thing): boolean =>
      thing.what === 'address' && matching([thing.value], event).length > 0;
    this.lost(at, gone, outbox);
  }

  routingVanished(at: Instant, event: RouteVanished | RuleVanished, outbox: Outbox): void {
    const gone = (thing: Thing): boolean =>
      event.type === 'route-vanished'
        ? thing.what === 'route' && sameRouting(thing.value, event.route)
        : thing.what === 'rule' && sameRouting(thing.value, event.rule);
    this.lost(at, gone, outbox);
  }

  /** Whether the answer was for something that is kept here. */
  effectSettled(at: Instant, { id, error }: EffectSettled, outbox: Outbox): boolean {
    const asked = this.entries.filter(
      ({ progress }) => progress.type === 'asked' && progress.effectId === id,
    );
    for (const entry of asked) {
      entry.progress = error === null ? { type: 'kept' } : { type: 'failed', error };
      if (error !== null && !entry.complained) {
        outbox.log('error', `static ${nameOf(entry.thing)} can't be set: ${error}`);
      }
      entry.complained = error !== null;
      entry.notBefore = error === null ? null : after(at, retryInterval);
    }
    return asked.length > 0;
  }

  /** Why this instance is in Fault, by the track groups that it is in. */
  faultsOf(
    instance: string,
    trackGroups: readonly TrackGroupConfig[],
    network: NetworkView,
  ): readonly string[] {
    const groups = trackGroups.filter((one) => one.instances.includes(instance));
    if (groups.length === 0) return [];
    return this.faults(new Set(groups.map(({ name }) => name)), network);
  }

  /** Why instances of these track groups are in Fault. */
  faults(groups: ReadonlySet<string>, network: NetworkView): readonly string[] {
    return this.entries.flatMap(({ thing, progress }) => {
      const { trackGroup, tracked } = thing.value;
      if (trackGroup === null || !tracked || !groups.has(trackGroup)) return [];
      const reason =
        obstacle(thing, network) ?? (progress.type === 'failed' ? progress.error : null);
      return reason === null ? [] : [`static ${nameOf(thing)}: ${reason}`];
    });
  }

  nextDeadline(): Instant | null {
    const waiting = this.entries.filter(({ progress }) => isWaiting(progress));
    return earliest(waiting.map(({ notBefore }) => notBefore));
  }

  stop(outbox: Outbox): void {
    takeAway(this.entries, outbox);
    this.entries = [];
  }

  private lost(at: Instant, gone: (thing: Thing) => boolean, outbox: Outbox): void {
    for (const entry of this.entries) {
      const { thing, progress } = entry;
      if (progress.type !== 'kept' || !gone(thing)) continue;
      if (!thing.value.tracked) {
        entry.progress = { type: 'given-up' };
        continue;
      }
      entry.progress = { type: 'missing' };
      outbox.log('warning', `static ${nameOf(thing)} is gone: put back`);
      const subject = subjectOf(thing);
      outbox.journal({ kind: 'restored', instance: null, what: thing.what, subject });
      entry.notBefore = entry.restoredAt === null ? null : after(entry.restoredAt, retryInterval);
      entry.restoredAt = at;
    }
  }
}

function newEntry(thing: Thing): Entry {
  return {
    thing,
    progress: { type: 'missing' },
    notBefore: null,
    restoredAt: null,
    complained: false,
  };
}

function isWaiting({ type }: Progress): boolean {
  return type === 'missing' || type === 'failed';
}

function isDue({ progress, notBefore }: Entry, at: Instant): boolean {
  return isWaiting(progress) && (notBefore === null || notBefore <= at);
}

function ask(entry: Entry, outbox: Outbox): void {
  const id = outbox.nextId();
  entry.progress = { type: 'asked', effectId: id };
  const { thing } = entry;
  if (thing.what === 'address') {
    outbox.push({ type: 'hold-addresses', id, addresses: [thing.value], lifetime: null });
  } else if (thing.what === 'route') {
    outbox.push({ type: 'install-routes', id, routes: [thing.value] });
  } else outbox.push({ type: 'install-rules', id, rules: [thing.value] });
}

/** Why the thing can't be where it is to be; null when it can. */
function obstacle(thing: Thing, network: NetworkView): string | null {
  if (thing.what === 'rule') return null;
  for (const name of interfacesOf(thing)) {
    const link = network.linkObstacle(name);
    // An address stays on an interface that is down; a route does not.
    if (link !== null && (thing.what === 'route' || !network.present(name))) return link;
  }
  return null;
}

function interfacesOf(thing: Exclude<Thing, { what: 'rule' }>): readonly InterfaceName[] {
  if (thing.what === 'address') return [thing.value.interface];
  const { interface: name, nextHops } = thing.value;
  return [name, ...nextHops.map((hop) => hop.interface)].filter((one) => one !== null);
}

function takeAway(entries: readonly Entry[], outbox: Outbox): void {
  const there = entries.filter(
    ({ progress }) => progress.type === 'kept' || progress.type === 'asked',
  );
  release(holdingOf(there), outbox);
}

function holdingOf(entries: readonly Entry[]): Holding {
  const things = entries.map(({ thing }) => thing);
  return {
    addresses: things.flatMap((one) => (one.what === 'address' ? [one.value] : [])),
    routes: things.flatMap((one) => (one.what === 'route' ? [one.value] : [])),
    rules: things.flatMap((one) => (one.what === 'rule' ? [one.value] : [])),
  };
}

function thingsOf({ addresses, routes, rules }: FixedConfig): readonly Thing[] {
  return [
    ...addresses.map((value) => ({ what: 'address', value }) as const),
    ...routes.map((value) => ({ what: 'route', value }) as const),
    ...rules.map((value) => ({ what: 'rule', value }) as const),
  ];
}

/** What the kernel knows of it; whether and for whom it is watched may change. */
function keyOf({ what, value }: Thing): string {
  const text = 'text' in value ? { text: '' } : {};
  return JSON.stringify([what, { ...value, ...text, tracked: true, trackGroup: null }]);
}

function subjectOf(thing: Thing): string {
  if (thing.what !== 'address') return thing.value.text;
  return `${thing.value.address} on ${thing.value.interface}`;
}

function nameOf(thing: Thing): string {
  return `${thing.what} ${subjectOf(thing)}`;
}
