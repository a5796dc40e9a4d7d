/**
 * Executes the prompt effects in batches: all adverts in one flush, then all
 * address changes in one request, then all routes and rules in another, then all
 * gratuitous ARPs and neighbour advertisements in another flush, then what is listened
 * and asked for, and last what other Batons are told, since they may rely on all of that.
 *
 * Within one instance the core orders its effects so, and batching keeps that
 * order. Where it does not (addresses released that a route before them needs),
 * what came before is done first. What is to be released is announced no more, and an
 * address that the kernel has refused is not announced until it has been set. Leases
 * begin once the adverts have left, and end once the addresses are gone. What others need
 * to be there, interfaces and sysctls and the firewall, is made at once.
 */
import type {
  EffectSettled,
  SendFailed,
  SideChannelFailed,
  SideChannelOpened,
  SideMessageDropped,
  SideMessageReceived,
} from '../model/core-event.ts';
import { isIpv6 } from '../model/address.ts';
import { channelKey } from '../model/channel.ts';
import type { VirtualAddress } from '../model/config.ts';
import type {
  AddressProbe,
  AdvertTrailer,
  AnnounceAddresses,
  HoldAddresses,
  InstallRoutes,
  InstallRules,
  ProbeAddresses,
  PulseEffect,
  ReleaseAddresses,
  SendAdvert,
  SetFirewall,
  WatchAddresses,
  WithdrawRoutes,
  WithdrawRules,
} from '../model/effect.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  AddressRequest,
  KernelError,
  Network,
  RoutingRequest,
  SendFailure,
  ReceivedSideDatagram,
} from '../ports/network.ts';
import { emitGratuitousArp, gratuitousArpLength } from '../wire/arp.ts';
import {
  emitUnsolicitedAdvertisement,
  unsolicitedAdvertisementLength,
} from '../wire/neighbour-advertisement.ts';
import { emitPacket } from '../wire/vrrp-packet.ts';
import { AddressProbes } from './address-probes.ts';
import { SideChannelTransport } from './side-channel.ts';
import { LeaseExecutor, type LeaseEvent } from './lease-executor.ts';
import { TrailerClock, type TrailerTime } from './trailer-clock.ts';

/** The answers to the effects, as the core takes them. */
export type ExecutionEvent =
  EffectSettled | SendFailed | LeaseEvent | SideChannelOpened | SideChannelFailed;

/** The longest advert: IPv6 header, 8 octets, 255 addresses, keepalived's trailer. */
const longestPacket = 40 + 8 + 255 * 16 + 28;

export class PulseExecutor {
  private readonly network: Network;
  private readonly clock: Clock;
  private readonly sideChannel: SideChannelTransport;
  private readonly trailerClock = new TrailerClock();
  private readonly packet = new Uint8Array(longestPacket);
  private readonly arp = new Uint8Array(gratuitousArpLength);
  private readonly advertisement = new Uint8Array(unsolicitedAdvertisementLength);
  /** The IP header's identification; as keepalived's it counts from 1 and is never 0. */
  private identification = 0;
  private events: ExecutionEvent[] = [];
  private requests: AddressRequest[] = [];
  /** Effects whose address requests are in `requests`: they are settled together. */
  private unsettled: number[] = [];
  private routing: RoutingRequest[] = [];
  /** Effects whose requests are in `routing`. */
  private unsettledRouting: number[] = [];
  private announcements: AnnounceAddresses[] = [];
  /** What is to be listened for, where that changes. */
  private watching: WatchAddresses | null = null;
  private probes: AddressProbe[] = [];
  private readonly prober: AddressProbes;
  private readonly leases: LeaseExecutor;
  /** Addresses that could not be set, and have not been set since. */
  private readonly refused = new Set<string>();

  /** The clock's time is what goes into keepalived's trailer. */
  constructor(network: Network, clock: Clock) {
    this.network = network;
    this.clock = clock;
    this.prober = new AddressProbes(network);
    this.leases = new LeaseExecutor(network, clock, (event) => {
      this.events.push(event);
    });
    this.sideChannel = new SideChannelTransport(network);
  }

  /** What a datagram of the side channel says, verified by the key of the channel that is open. */
  readSideDatagram(received: ReceivedSideDatagram): SideMessageReceived | SideMessageDropped {
    return this.sideChannel.read(received);
  }

  /** Does all of them, in the order that their kinds demand, and returns what came of it. */
  execute(effects: readonly PulseEffect[]): readonly ExecutionEvent[] {
    for (const effect of effects) this.take(effect);
    this.finishBatch();
    this.leases.ask();
    const { events } = this;
    this.events = [];
    return events;
  }

  private take(effect: PulseEffect): void {
    const { network } = this;
    switch (effect.type) {
      case 'join-interface':
        this.settle(effect.id, network.join(effect.channel));
        return;
      case 'leave-interface':
        // What is queued for it, a resignation maybe, has to go out before it is closed.
        this.finishBatch();
        network.leave(effect.channel);
        return;
      case 'send-advert':
        this.queueAdvert(effect);
        return;
      case 'hold-addresses':
      case 'release-addresses':
        this.queueAddresses(effect);
        return;
      case 'announce-addresses':
        this.announcements.push(effect);
        return;
      case 'watch-addresses':
      case 'probe-addresses':
        this.queueQuestion(effect);
        return;
      case 'install-routes':
      case 'withdraw-routes':
      case 'install-rules':
      case 'withdraw-rules':
        this.queueRouting(effect);
        return;
      case 'create-interface':
        this.settle(effect.id, network.createInterface(effect.virtual));
        return;
      case 'delete-interface':
        this.finishBatch();
        this.settle(effect.id, network.deleteInterface(effect.name));
        return;
      case 'promote-secondaries':
        this.settle(effect.id, network.promoteSecondaries(effect.interface));
        return;
      case 'suppress-local-reports':
        this.settle(effect.id, network.suppressLocalReports(effect.suppressed));
        return;
      case 'set-firewall':
        this.setFirewall(effect);
        return;
      case 'set-guard':
        this.finishBatch();
        this.settle(
          effect.id,
          network.setGuard(effect.frame, this.leases.remaindersOf(effect.held)),
        );
        return;
      case 'prepare-lease':
      case 'take-lease':
      case 'end-lease':
      case 'confirm-leases':
        this.leases.change(effect);
        return;
      case 'open-side-channel':
        this.events.push(this.sideChannel.open(effect));
        return;
      case 'close-side-channel':
        this.finishBatch();
        this.sideChannel.close();
        return;
      case 'send-side-message':
        this.sideChannel.add(effect);
        return;
      case 'count-processes':
        network.countProcesses(effect.trackers);
        return;
      case 'watch-process':
        network.watchProcess(effect.service, effect.processId);
        return;
      case 'unwatch-process':
        network.unwatchProcess(effect.service);
        return;
    }
  }

  private setFirewall({ id, firewall, unaccepted, quietInterfaces }: SetFirewall): void {
    // An address has to be gone before packets to it are no longer dropped.
    if (this.requests.some((request) => request.type === 'release')) this.finishBatch();
    this.settle(id, this.network.setFirewall({ firewall, unaccepted, quietInterfaces }));
  }

  private queueAdvert(effect: SendAdvert): void {
    if (!this.leases.mayLeave(effect)) return;
    this.identification = (this.identification % 0xffff) + 1;
    const { source, destination, timeToLive, advert, authenticationHeader, hmac } = effect;
    const length = emitPacket(this.packet, {
      source,
      destination,
      identification: this.identification,
      timeToLive,
      advert,
      authenticationHeader,
      hmac: hmac && { ...hmac, ...this.trailerTime(effect, hmac) },
    });
    this.network.queuePacket(effect.channel, this.packet.subarray(0, length));
  }

  private trailerTime({ channel, advert }: SendAdvert, { timeWindow }: AdvertTrailer): TrailerTime {
    const router = `${channelKey(channel)} ${String(advert.virtualRouterId)}`;
    return this.trailerClock.next(router, this.clock.wallClockMs(), timeWindow);
  }

  private queueAddresses(effect: HoldAddresses | ReleaseAddresses): void {
    // Neither an announcement nor a route that needs it may follow the release of an address. And
    // who lets go has often heard of another master just now: its announcement has to be the last.
    if (effect.type === 'release-addresses') this.forgetAnnouncements(effect.addresses);
    const before = this.announcements.length + this.routing.length;
    if (effect.type === 'release-addresses' && before > 0) this.finishBatch();
    this.unsettled.push(effect.id);
    for (const address of effect.addresses) {
      this.requests.push(
        effect.type === 'hold-addresses'
          ? { type: 'hold', id: effect.id, address, lifetime: effect.lifetime }
          : { type: 'release', id: effect.id, address },
      );
    }
  }

  private forgetAnnouncements(released: readonly VirtualAddress[]): void {
    if (this.announcements.length === 0) return;
    const gone = new Set(released.map(placeOf));
    this.announcements = this.announcements.map((one) => ({
      ...one,
      addresses: one.addresses.filter((address) => !gone.has(placeOf(address))),
    }));
  }

  private queueRouting(
    effect: InstallRoutes | WithdrawRoutes | InstallRules | WithdrawRules,
  ): void {
    this.unsettledRouting.push(effect.id);
    this.routing.push(...routingRequests(effect));
  }

  private finishBatch(): void {
    this.leases.begin(this.flush());
    this.changeAddresses();
    this.leases.finish();
    this.changeRouting();
    this.announce();
    this.listenAndAsk();
    if (!this.sideChannel.waits) return;
    this.sideChannel.send();
    this.flush();
  }

  private changeAddresses(): void {
    if (this.unsettled.length === 0) return;
    const errors = new Map<number, string>();
    if (this.requests.length > 0) {
      for (const { id, address, error } of this.network.changeAddresses(this.requests)) {
        if (error === null) {
          this.refused.delete(placeOf(address));
          continue;
        }
        this.refused.add(placeOf(address));
        errors.set(id, `${address.address} on ${address.interface}: ${describe(error)}`);
      }
    }
    for (const id of this.unsettled) this.answer(id, errors.get(id) ?? null);
    this.requests = [];
    this.unsettled = [];
  }

  private changeRouting(): void {
    if (this.unsettledRouting.length === 0) return;
    const errors = new Map<number, string>();
    if (this.routing.length > 0) {
      for (const { id, text, error } of this.network.changeRouting(this.routing)) {
        if (error === null) continue;
        const said = describe(error);
        errors.set(id, said.includes(text) ? said : `${text}: ${said}`);
      }
    }
    for (const id of this.unsettledRouting) this.answer(id, errors.get(id) ?? null);
    this.routing = [];
    this.unsettledRouting = [];
  }

  /** The first announcement of each address before the second of any. */
  private announce(): void {
    if (this.announcements.length === 0) return;
    const rounds = Math.max(0, ...this.announcements.map((one) => one.repeat));
    for (let round = 0; round < rounds; round += 1) {
      for (const { addresses, repeat } of this.announcements) {
        if (round >= repeat) continue;
        for (const one of addresses) this.queueAnnouncement(one);
      }
    }
    if (rounds > 0) this.flush();
    this.announcements = [];
  }

  private queueQuestion(effect: WatchAddresses | ProbeAddresses): void {
    if (effect.type === 'probe-addresses') this.probes.push(...effect.probes);
    else {
      // Only the last of them counts.
      if (this.watching !== null) this.answer(this.watching.id, null);
      this.watching = effect;
    }
  }

  /** After the announcements, which must not wait; and listening first, to hear the answers. */
  private listenAndAsk(): void {
    const { watching, probes } = this;
    if (watching !== null) {
      this.watching = null;
      this.settle(watching.id, this.network.watchAddresses(watching.addresses));
    }
    if (probes.length === 0) return;
    this.probes = [];
    for (const probe of probes) this.prober.queue(probe);
    this.flush();
  }

  private queueAnnouncement(one: VirtualAddress): void {
    const { address, interface: name } = one;
    const hardware = this.network.macAddress(name);
    if (hardware === null || this.refused.has(placeOf(one))) return;
    if (isIpv6(address)) {
      emitUnsolicitedAdvertisement(this.advertisement, 0, { address, hardware });
      this.network.queueFrame(name, this.advertisement);
    } else {
      emitGratuitousArp(this.arp, 0, { address, hardware });
      this.network.queueFrame(name, this.arp);
    }
  }

  private flush(): readonly SendFailure[] {
    const failures = this.network.flush();
    for (const { interface: name, error } of failures) {
      this.events.push({ type: 'send-failed', interface: name, error: describe(error) });
    }
    return failures;
  }

  private settle(id: number, error: KernelError | null): void {
    this.answer(id, error === null ? null : describe(error));
  }

  private answer(id: number, error: string | null): void {
    this.events.push({ type: 'effect-settled', id, error });
  }
}

function routingRequests(
  effect: InstallRoutes | WithdrawRoutes | InstallRules | WithdrawRules,
): readonly RoutingRequest[] {
  const { id } = effect;
  switch (effect.type) {
    case 'install-routes':
      return effect.routes.map((route) => ({ type: 'install-route', id, route }));
    case 'withdraw-routes':
      return effect.routes.map((route) => ({ type: 'withdraw-route', id, route }));
    case 'install-rules':
      return effect.rules.map((rule) => ({ type: 'install-rule', id, rule }));
    case 'withdraw-rules':
      return effect.rules.map((rule) => ({ type: 'withdraw-rule', id, rule }));
  }
}

function placeOf({ address, interface: name }: VirtualAddress): string {
  return `${address} ${name}`;
}

function describe(error: KernelError): string {
  return `${error.call}: ${error.code}`;
}
