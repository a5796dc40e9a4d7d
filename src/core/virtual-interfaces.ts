/**
 * The interfaces that Baton makes (`use_vmac`, `use_ipvlan`): made as soon as the one
 * below is there, made again where it came back or somebody took them away, and deleted
 * when no instance uses them any more.
 */
import { after, seconds, sooner, type Instant } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type { Config, InstanceConfig, InterfaceDelayConfig } from '../model/config.ts';
import type { EffectSettled } from '../model/core-event.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';

/** How long to wait before an interface that could not be made, or has not shown, is made again. */
const retryInterval = seconds(1);

type Progress =
  | { readonly type: 'to-make' }
  | { readonly type: 'making'; readonly effectId: number }
  | { readonly type: 'made'; readonly retryAt: Instant }
  | { readonly type: 'failed'; readonly error: string; readonly retryAt: Instant };

interface Entry {
  readonly virtual: VirtualInterface;
  progress: Progress;
  /** Since it was there last: one that has just been made is not up yet. */
  hasBeenUp: boolean;
}

/** What stands between an instance and an interface of its own: neither once it is there. */
export interface InterfaceObstacle {
  readonly fault: string | null;
  readonly awaited: string | null;
}

export class VirtualInterfaces {
  private entries = new Map<InterfaceName, Entry>();

  /** Takes a configuration over; what is in it no more, or differs, is deleted. */
  adopt(instances: readonly InstanceConfig[], outbox: Outbox): void {
    const former = this.entries;
    this.entries = new Map();
    for (const virtual of instances.flatMap(virtualInterfacesOf)) {
      const known = former.get(virtual.name);
      const kept = known !== undefined && sameValue(known.virtual, virtual);
      this.entries.set(
        virtual.name,
        kept ? known : { virtual, progress: { type: 'to-make' }, hasBeenUp: false },
      );
      if (kept) former.delete(virtual.name);
    }
    for (const entry of former.values()) takeAway(entry, outbox);
  }

  settle(at: Instant, network: NetworkView, outbox: Outbox): void {
    for (const entry of this.entries.values()) {
      const { virtual, progress } = entry;
      const lasts = entry.hasBeenUp && network.present(virtual.name);
      entry.hasBeenUp = lasts || network.up(virtual.name);
      // With the interface below the kernel takes away what stands on it.
      if (!network.present(virtual.base)) entry.progress = { type: 'to-make' };
      else if (isDue(progress, at, network.present(virtual.name))) {
        const effectId = outbox.nextId();
        entry.progress = { type: 'making', effectId };
        outbox.push({ type: 'create-interface', id: effectId, virtual });
      }
    }
  }

  /** Whether the answer was for a creation. */
  effectSettled(at: Instant, { id, error }: EffectSettled, outbox: Outbox): boolean {
    for (const entry of this.entries.values()) {
      if (entry.progress.type !== 'making' || entry.progress.effectId !== id) continue;
      const retryAt = after(at, retryInterval);
      entry.progress =
        error === null ? { type: 'made', retryAt } : { type: 'failed', error, retryAt };
      if (error !== null) {
        outbox.log('error', `interface ${entry.virtual.name} can't be made: ${error}`);
      }
      return true;
    }
    return false;
  }

  obstacle(name: InterfaceName, network: NetworkView): InterfaceObstacle {
    const none: InterfaceObstacle = { fault: null, awaited: null };
    const entry = this.entries.get(name);
    if (entry === undefined) return none;
    const { virtual, progress } = entry;
    if (!network.present(virtual.base)) {
      return { ...none, fault: `interface ${virtual.base} does not exist` };
    }
    if (progress.type === 'failed') {
      return { ...none, fault: `interface ${name} can't be made: ${progress.error}` };
    }
    return this.ready(name, network) ? none : { ...none, awaited: `waiting for interface ${name}` };
  }

  /** Whether somebody has set it down: then nothing leaves or arrives by it. */
  hasGoneDown(name: InterfaceName, network: NetworkView): boolean {
    return (this.entries.get(name)?.hasBeenUp ?? false) && !network.up(name);
  }

  /** The macvlans that are there: what they say of themselves leaves by the interface below. */
  quiet(network: NetworkView): readonly InterfaceName[] {
    if (this.entries.size === 0) return [];
    return [...this.entries.values()]
      .filter(({ virtual }) => virtual.kind.type === 'macvlan' && this.ready(virtual.name, network))
      .map(({ virtual }) => virtual.name);
  }

  nextDeadline(network: NetworkView): Instant | null {
    let first: Instant | null = null;
    for (const { virtual, progress } of this.entries.values()) {
      const missing = progress.type === 'made' && !network.present(virtual.name);
      if (progress.type === 'failed' || missing) first = sooner(first, progress.retryAt);
    }
    return first;
  }

  stop(outbox: Outbox): void {
    for (const entry of this.entries.values()) takeAway(entry, outbox);
    this.entries.clear();
  }

  private ready(name: InterfaceName, network: NetworkView): boolean {
    return this.entries.get(name)?.progress.type === 'made' && network.present(name);
  }
}

export function virtualInterfacesOf(instance: InstanceConfig): readonly VirtualInterface[] {
  if (instance.virtualMac === null) return instance.addressInterfaces;
  return [instance.virtualMac.virtual, ...instance.addressInterfaces];
}

/** An interface of ours has the delays of the one below, whose link it follows. */
export function delaysOf({ instances, interfaceDelays }: Config): readonly InterfaceDelayConfig[] {
  const inherited = instances.flatMap(virtualInterfacesOf).flatMap(({ name, base }) => {
    const ofBase = interfaceDelays.filter((one) => one.interface === base);
    return ofBase.map((one) => ({ ...one, interface: name }));
  });
  return [...inherited, ...interfaceDelays];
}

function isDue(progress: Progress, at: Instant, present: boolean): boolean {
  switch (progress.type) {
    case 'to-make':
      return true;
    case 'making':
      return false;
    case 'made':
      return !present && progress.retryAt <= at;
    case 'failed':
      return progress.retryAt <= at;
  }
}

function takeAway({ virtual, progress }: Entry, outbox: Outbox): void {
  if (progress.type !== 'made' && progress.type !== 'making') return;
  outbox.push({ type: 'delete-interface', id: outbox.nextId(), name: virtual.name });
}
