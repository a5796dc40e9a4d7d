/** What the core knows of the host's interfaces and addresses. */
import { sooner, type Instant } from '../base/units.ts';
import {
  familyOf,
  isLinkLocal,
  type AddressFamily,
  type InterfaceName,
  type IpAddress,
  type MacAddress,
} from '../model/address.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import type {
  AddressAppeared,
  AddressDuplicate,
  AddressVanished,
  EffectSettled,
  LinkChanged,
} from '../model/core-event.ts';
import type { InterfaceDelayConfig, VirtualAddress } from '../model/config.ts';
import { ChannelMembership, mergeChannels } from './channel-membership.ts';
import { LinkState, noDelays } from './link-state.ts';
import type { Outbox } from './outbox.ts';

interface KnownAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
  readonly secondary: boolean;
  readonly tentative: boolean;
  /** It carries Baton's mark: an earlier run has left it. */
  readonly own: boolean;
  readonly renewedAt: Instant | null;
}

interface Interface {
  readonly link: LinkState;
  multicast: boolean;
  macAddress: MacAddress | null;
  addresses: KnownAddress[];
}

/** Which address of an interface is asked for as the source of adverts. */
export interface SourceWanted {
  readonly family: AddressFamily;
  /** IPv6: of the link (RFC 9568 section 5.1.2.1), or a global one for distant peers. */
  readonly scope: 'link' | 'global';
  /** A virtual address is no source (RFC 3768 section 1.3). */
  readonly excluded: ReadonlySet<IpAddress>;
}

export class NetworkView {
  private readonly interfaces = new Map<InterfaceName, Interface>();
  private readonly membership = new ChannelMembership();
  private delays = new Map<InterfaceName, InterfaceDelayConfig>();

  adoptDelays(delays: readonly InterfaceDelayConfig[]): void {
    this.delays = new Map(delays.map((one) => [one.interface, one]));
  }

  linkChanged(at: Instant, event: LinkChanged): void {
    const known = this.interface(event.interface);
    known.link.changed(at, event, this.delays.get(event.interface) ?? noDelays);
    known.multicast = event.multicast;
    known.macAddress = event.macAddress;
    if (!event.present) {
      known.addresses = [];
      this.membership.forget(event.interface);
    }
  }

  addressAppeared(event: AddressAppeared): void {
    const known = this.interface(event.interface);
    const { address, prefixLength, secondary, tentative, own, renewedAt } = event;
    remove(known.addresses, event);
    known.addresses.push({ address, prefixLength, secondary, tentative, own, renewedAt });
  }

  addressVanished(event: AddressVanished | AddressDuplicate): void {
    remove(this.interface(event.interface).addresses, event);
  }

  /** Baton itself takes these off, or holds them from now on, which nobody will tell of. */
  forget(addresses: readonly VirtualAddress[]): void {
    for (const one of addresses) {
      const known = this.interface(one.interface);
      known.addresses = known.addresses.filter(({ address }) => address !== one.address);
    }
  }

  present(name: InterfaceName): boolean {
    return this.interfaces.get(name)?.link.present ?? false;
  }

  up(name: InterfaceName): boolean {
    return this.interfaces.get(name)?.link.up ?? false;
  }

  /** Whether the link is up at this moment, whatever its delays. */
  carries(name: InterfaceName): boolean {
    return this.interfaces.get(name)?.link.reported ?? false;
  }

  /** A tracked interface; one that is not there is down. */
  trackedStatus(name: string): 'up' | 'down' {
    return this.up(name as InterfaceName) ? 'up' : 'down';
  }

  /** Why an interface can't be used; null when it can. */
  linkObstacle(name: InterfaceName): string | null {
    if (!this.present(name)) return `interface ${name} does not exist`;
    return this.up(name) ? null : `interface ${name} down`;
  }

  /** Whether one of the host's own interfaces has this hardware address. */
  isOwnMac(macAddress: MacAddress): boolean {
    return [...this.interfaces.values()].some((one) => one.macAddress === macAddress);
  }

  /** Whether multicast can leave the interface; true of one that is not known. */
  multicast(name: InterfaceName): boolean {
    return this.interfaces.get(name)?.multicast ?? true;
  }

  /** Why a channel could not be joined; null when it is, or will be at once. */
  joinFailure(channel: AdvertChannel): string | null {
    const failure = this.membership.failure(channel);
    if (failure === null) return null;
    return channel.interface === null
      ? `adverts can't be received: ${failure}`
      : `interface ${channel.interface} can't be joined: ${failure}`;
  }

  joined(channel: AdvertChannel): boolean {
    return this.membership.joined(channel);
  }

  has(name: InterfaceName, address: IpAddress): boolean {
    return this.find(name, address) !== undefined;
  }

  /** Whether the address is there and carries Baton's mark. */
  hasLeftover(name: InterfaceName, address: IpAddress): boolean {
    return this.find(name, address)?.own ?? false;
  }

  /** When an earlier run has last renewed this very address; null where none has left it. */
  renewedAt({ interface: name, address, prefixLength, peer }: VirtualAddress): Instant | null {
    const known = this.find(name, address);
    if (known?.own !== true || known.tentative) return null;
    return known.prefixLength === (peer?.prefixLength ?? prefixLength) ? known.renewedAt : null;
  }

  /** Whether adverts can be sent from this address; `name` null: on whatever interface it is. */
  usable(name: InterfaceName | null, address: IpAddress): boolean {
    if (name !== null) return this.find(name, address)?.tentative === false;
    for (const place of this.interfaces.keys()) {
      if (this.find(place, address)?.tentative === false) return true;
    }
    return false;
  }

  /**
   * The source of adverts on an interface: its first address of the kind that is
   * neither secondary nor tentative, in want of one the first secondary.
   */
  primaryAddress(name: InterfaceName, wanted: SourceWanted): IpAddress | null {
    const candidates = (this.interfaces.get(name)?.addresses ?? []).filter(
      (one) =>
        familyOf(one.address) === wanted.family &&
        !one.tentative &&
        one.address !== '0.0.0.0' &&
        // What an earlier run held as Master is no more a source than what this one holds.
        one.renewedAt === null &&
        !wanted.excluded.has(one.address) &&
        (wanted.family === 'IPv4' || isLinkLocal(one.address) === (wanted.scope === 'link')),
    );
    const primary = candidates.find((one) => !one.secondary) ?? candidates[0];
    return primary?.address ?? null;
  }

  /** Joins the channels that instances use, and leaves those that none uses any more. */
  joinWanted(at: Instant, wanted: readonly JoinedChannel[], outbox: Outbox): void {
    const present = wanted.filter(
      (channel) => channel.interface === null || this.present(channel.interface),
    );
    this.membership.joinWanted(at, mergeChannels(present), outbox);
  }

  /** Whether the answer was for a join. */
  effectSettled(at: Instant, event: EffectSettled): boolean {
    return this.membership.effectSettled(at, event);
  }

  timePassed(at: Instant): void {
    for (const { link } of this.interfaces.values()) link.timePassed(at);
  }

  nextDeadline(): Instant | null {
    let first = this.membership.nextDeadline();
    for (const { link } of this.interfaces.values()) first = sooner(first, link.nextDeadline());
    return first;
  }

  private find(name: InterfaceName, address: IpAddress): KnownAddress | undefined {
    return this.interfaces.get(name)?.addresses.find((one) => one.address === address);
  }

  private interface(name: InterfaceName): Interface {
    let known = this.interfaces.get(name);
    if (known === undefined) {
      known = { link: new LinkState(), multicast: true, macAddress: null, addresses: [] };
      this.interfaces.set(name, known);
    }
    return known;
  }
}

function remove(
  addresses: KnownAddress[],
  gone: { readonly address: IpAddress; readonly prefixLength: number },
): void {
  const index = addresses.findIndex(
    (one) => one.address === gone.address && one.prefixLength === gone.prefixLength,
  );
  if (index >= 0) addresses.splice(index, 1);
}
