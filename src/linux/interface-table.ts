/**
 * What is known of the links and addresses of this host. The kernel's
 * messages go in; what they really changed comes out as events, so that a
 * message that repeats what was known, or only renews a lifetime, is no event.
 */
import type { Instant } from '../base/units.ts';
import { after, milliseconds } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type {
  AddressAppeared,
  AddressDuplicate,
  AddressVanished,
  LinkChanged,
} from '../model/core-event.ts';
import type { AddressMessage, LinkMessage } from '../wire/rtnetlink.ts';
import { addressOrigin } from '../wire/rtnetlink.ts';

type InterfaceEvent = LinkChanged | AddressAppeared | AddressVanished | AddressDuplicate;

/** Is told of each change. */
export type Report = (event: InterfaceEvent) => void;

type Link = Pick<LinkMessage, 'index' | 'name' | 'up' | 'multicast' | 'macAddress'>;
type InterfaceAddress = AddressPlace &
  Pick<AddressMessage, 'secondary' | 'tentative' | 'origin' | 'lifetime'>;

/** What tells two addresses apart for the kernel. */
export type AddressPlace = Pick<AddressMessage, 'index' | 'address' | 'prefixLength'>;

/** What a message says, whoever caused it. */
export type InterfaceChange =
  | (Link & Pick<LinkMessage, 'type'>)
  | (InterfaceAddress & Pick<AddressMessage, 'type' | 'duplicate'>);

export class InterfaceTable {
  readonly #links = new Map<number, Link>();
  readonly #linksByName = new Map<InterfaceName, Link>();
  readonly #addresses = new Map<string, InterfaceAddress>();
  /** When the kernel's count of ticks was 0; null: not known. */
  #ticksBeganAt: Instant | null = null;

  /** Lets addresses be told with the moment of their last renewal. */
  countTicksFrom(moment: Instant): void {
    this.#ticksBeganAt = moment;
  }

  link(name: InterfaceName): Link | null {
    return this.#linksByName.get(name) ?? null;
  }

  /** The name of the link that has this index now. */
  nameOf(index: number): InterfaceName | null {
    return this.#links.get(index)?.name ?? null;
  }

  has(place: AddressPlace): boolean {
    return this.#addresses.has(addressKey(place));
  }

  apply(message: InterfaceChange, report: Report): void {
    switch (message.type) {
      case 'new-link':
        this.#putLink(message, report);
        break;
      case 'deleted-link':
        this.#removeLink(message.index, report);
        break;
      case 'new-address':
        this.#putAddress(message, report);
        break;
      case 'deleted-address':
        this.#removeAddress(addressKey(message), report, message.duplicate);
        break;
    }
  }

  /** Makes the table what a complete list says, and reports how it differs from before. */
  replace(listed: readonly InterfaceChange[], report: Report): void {
    const names = new Map<number, InterfaceName>();
    const keys = new Set<string>();
    for (const message of listed) {
      if (message.type === 'new-link') names.set(message.index, message.name);
      if (message.type === 'new-address') keys.add(addressKey(message));
    }
    for (const link of [...this.#links.values()]) {
      if (names.get(link.index) !== link.name) this.#removeLink(link.index, report);
    }
    for (const key of [...this.#addresses.keys()]) {
      if (!keys.has(key)) this.#removeAddress(key, report);
    }
    for (const message of listed) this.apply(message, report);
  }

  /** A link under a new name is an old one that is gone and a new one that is there. */
  #putLink(message: Link, report: Report): void {
    const former = this.#links.get(message.index);
    if (former !== undefined && former.name !== message.name) {
      const addresses = this.#addressesOf(message.index);
      this.#removeLink(message.index, report);
      this.#putLink(message, report);
      for (const address of addresses) this.#putAddress(address, report);
      return;
    }
    const { index, name, up, multicast } = message;
    // A wireless driver's own notifications (IFLA_WIRELESS) leave the hardware address out.
    const macAddress = message.macAddress ?? former?.macAddress ?? null;
    const link = { index, name, up, multicast, macAddress };
    if (former !== undefined && isSameLink(former, link)) return;
    this.#links.set(index, link);
    this.#linksByName.set(name, link);
    report({ type: 'link-changed', interface: name, present: true, up, multicast, macAddress });
  }

  #removeLink(index: number, report: Report): void {
    const link = this.#links.get(index);
    if (link === undefined) return;
    const addresses = this.#addressesOf(index);
    for (const address of addresses) this.#addresses.delete(addressKey(address));
    this.#links.delete(index);
    this.#linksByName.delete(link.name);
    // It comes first: that the link is gone is why the addresses are.
    report({
      type: 'link-changed',
      interface: link.name,
      present: false,
      up: false,
      multicast: false,
      macAddress: null,
    });
    for (const { address, prefixLength } of addresses) {
      report({ type: 'address-vanished', interface: link.name, address, prefixLength });
    }
  }

  #putAddress(message: InterfaceAddress, report: Report): void {
    const link = this.#links.get(message.index);
    if (link === undefined) return;
    const key = addressKey(message);
    const { index, address, prefixLength, secondary, tentative, origin, lifetime } = message;
    const known = this.#addresses.get(key);
    const kept = { index, address, prefixLength, secondary, tentative, origin, lifetime };
    this.#addresses.set(key, kept);
    // Whose mark it bears is told with it, but is no news by itself.
    if (known?.secondary === secondary && known.tentative === tentative) return;
    report({
      type: 'address-appeared',
      interface: link.name,
      address,
      prefixLength,
      secondary,
      tentative,
      own: origin === addressOrigin,
      renewedAt: this.#renewedAt(message),
    });
  }

  /** Only of what Baton holds for a time does anybody want to know. */
  #renewedAt({ origin, lifetime }: InterfaceAddress): Instant | null {
    if (origin !== addressOrigin || lifetime === null || this.#ticksBeganAt === null) return null;
    return after(this.#ticksBeganAt, milliseconds(10 * lifetime.renewedCentiseconds));
  }

  #removeAddress(key: string, report: Report, duplicate = false): void {
    const known = this.#addresses.get(key);
    if (known === undefined) return;
    this.#addresses.delete(key);
    const link = this.#links.get(known.index);
    if (link === undefined) return;
    const { address, prefixLength } = known;
    const type = duplicate ? 'address-duplicate' : 'address-vanished';
    report({ type, interface: link.name, address, prefixLength });
  }

  #addressesOf(index: number): readonly InterfaceAddress[] {
    return [...this.#addresses.values()].filter((address) => address.index === index);
  }
}

function isSameLink(left: Link, right: Link): boolean {
  return (
    left.up === right.up &&
    left.multicast === right.multicast &&
    left.macAddress === right.macAddress
  );
}

/** The same text for the same address at the same place. */
export function addressKey(place: AddressPlace): string {
  return `${place.index} ${place.address}/${place.prefixLength}`;
}
