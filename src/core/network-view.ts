/** What the core knows of the host's interfaces, and which of them it has joined. */
import { after, earliest, seconds, type Instant } from '../base/units.ts';
import { ipv4ToNumber, type InterfaceName, type Ipv4Address } from '../model/address.ts';
import type {
  AddressAppeared,
  AddressVanished,
  EffectSettled,
  LinkChanged,
} from '../model/core-event.ts';
import type { VirtualAddress } from '../model/config.ts';
import type { Outbox } from './outbox.ts';

/** How long to wait before a join that failed is tried again. */
const joinRetryInterval = seconds(1);

interface KnownAddress {
  readonly address: Ipv4Address;
  readonly prefixLength: number;
  readonly secondary: boolean;
}

type Membership =
  | { readonly type: 'none' }
  | { readonly type: 'joining'; readonly effectId: number }
  | { readonly type: 'joined' }
  | { readonly type: 'failed'; readonly error: string; readonly retryAt: Instant };

interface Interface {
  present: boolean;
  up: boolean;
  readonly addresses: KnownAddress[];
  membership: Membership;
}

export class NetworkView {
  private readonly interfaces = new Map<InterfaceName, Interface>();

  linkChanged(event: LinkChanged): void {
    const known = this.interface(event.interface);
    known.present = event.present;
    known.up = event.present && event.up;
    if (!event.present) {
      known.addresses.length = 0;
      known.membership = { type: 'none' };
    }
  }

  addressAppeared(event: AddressAppeared): void {
    const { addresses } = this.interface(event.interface);
    remove(addresses, event);
    addresses.push({
      address: event.address,
      prefixLength: event.prefixLength,
      secondary: event.secondary,
    });
  }

  addressVanished(event: AddressVanished): void {
    remove(this.interface(event.interface).addresses, event);
  }

  /** Baton itself takes these off, which nobody will tell of. */
  released(addresses: readonly VirtualAddress[]): void {
    for (const one of addresses) {
      const known = this.interface(one.interface).addresses;
      const rest = known.filter(({ address }) => address !== one.address);
      known.splice(0, known.length, ...rest);
    }
  }

  /** Why adverts can't be exchanged on this interface; null when they can, or will be at once. */
  obstacle(name: InterfaceName): string | null {
    const known = this.interfaces.get(name);
    if (known?.present !== true) return `interface ${name} does not exist`;
    if (!known.up) return `interface ${name} down`;
    if (known.membership.type === 'failed') {
      return `interface ${name} can't be joined: ${known.membership.error}`;
    }
    return null;
  }

  joined(name: InterfaceName): boolean {
    return this.interfaces.get(name)?.membership.type === 'joined';
  }

  has(name: InterfaceName, address: Ipv4Address): boolean {
    const addresses = this.interfaces.get(name)?.addresses ?? [];
    return addresses.some((one) => one.address === address);
  }

  /**
   * The primary address of an interface: the first that is not secondary and is
   * none of `excluded` (RFC 3768 section 1.3: a virtual address is no source).
   */
  primaryAddress(name: InterfaceName, excluded: ReadonlySet<Ipv4Address>): Ipv4Address | null {
    const candidates = (this.interfaces.get(name)?.addresses ?? []).filter(
      (one) => !excluded.has(one.address) && ipv4ToNumber(one.address) !== 0,
    );
    const primary = candidates.find((one) => !one.secondary) ?? candidates[0];
    return primary?.address ?? null;
  }

  /** Joins the interfaces that instances use, and leaves those that none uses any more. */
  joinWanted(at: Instant, wanted: ReadonlySet<InterfaceName>, outbox: Outbox): void {
    for (const name of wanted) {
      const known = this.interfaces.get(name);
      if (known?.present !== true) continue;
      if (known.membership.type === 'failed' && known.membership.retryAt > at) continue;
      if (known.membership.type === 'joining' || known.membership.type === 'joined') continue;
      const effectId = outbox.nextId();
      known.membership = { type: 'joining', effectId };
      outbox.push({ type: 'join-interface', id: effectId, interface: name });
    }
    for (const [name, known] of this.interfaces) {
      if (wanted.has(name) || known.membership.type === 'none') continue;
      if (known.membership.type === 'joined')
        outbox.push({ type: 'leave-interface', interface: name });
      if (known.membership.type !== 'joining') known.membership = { type: 'none' };
    }
  }

  /** Whether the answer was for a join. */
  effectSettled(at: Instant, event: EffectSettled): boolean {
    for (const known of this.interfaces.values()) {
      if (known.membership.type !== 'joining' || known.membership.effectId !== event.id) continue;
      known.membership =
        event.error === null
          ? { type: 'joined' }
          : { type: 'failed', error: event.error, retryAt: after(at, joinRetryInterval) };
      return true;
    }
    return false;
  }

  nextDeadline(): Instant | null {
    return earliest(
      [...this.interfaces.values()].map(({ membership }) =>
        membership.type === 'failed' ? membership.retryAt : null,
      ),
    );
  }

  private interface(name: InterfaceName): Interface {
    let known = this.interfaces.get(name);
    if (known === undefined) {
      known = { present: false, up: false, addresses: [], membership: { type: 'none' } };
      this.interfaces.set(name, known);
    }
    return known;
  }
}

function remove(
  addresses: KnownAddress[],
  gone: { readonly address: Ipv4Address; readonly prefixLength: number },
): void {
  const index = addresses.findIndex(
    (one) => one.address === gone.address && one.prefixLength === gone.prefixLength,
  );
  if (index >= 0) addresses.splice(index, 1);
}
