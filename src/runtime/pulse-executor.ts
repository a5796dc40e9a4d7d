/**
 * Executes the prompt effects in batches: all adverts in one flush, then all
 * address changes in one request, then all gratuitous ARPs in another flush.
 *
 * Within one instance the core orders its effects advert, addresses, ARP, so
 * batching keeps that order. Where it does not (addresses released after an ARP
 * for them was asked for), what came before is flushed first. An address that the
 * kernel has refused is not announced until it has been set.
 */
import type { EffectSettled, SendFailed } from '../model/core-event.ts';
import type { VirtualAddress } from '../model/config.ts';
import type {
  AnnounceAddresses,
  HoldAddresses,
  JoinInterface,
  PulseEffect,
  ReleaseAddresses,
  SendAdvert,
} from '../model/effect.ts';
import type { AddressRequest, KernelError, Network } from '../ports/network.ts';
import { emitGratuitousArp, gratuitousArpLength } from '../wire/arp.ts';
import { emitPacket } from '../wire/vrrp-packet.ts';

/** The answers to the effects, as the core takes them. */
export type ExecutionEvent = EffectSettled | SendFailed;

/** The longest advert: IP header, 8 octets, 255 addresses, 8 octets of authentication. */
const longestPacket = 20 + 8 + 255 * 4 + 8;

export class PulseExecutor {
  private readonly network: Network;
  private readonly packet = new Uint8Array(longestPacket);
  private readonly frame = new Uint8Array(gratuitousArpLength);
  /** The IP header's identification; as keepalived's it counts from 1 and is never 0. */
  private identification = 0;
  private events: ExecutionEvent[] = [];
  private requests: AddressRequest[] = [];
  /** Effects whose address requests are in `requests`: they are settled together. */
  private unsettled: number[] = [];
  private announcements: AnnounceAddresses[] = [];
  /** Addresses that could not be set, and have not been set since. */
  private readonly refused = new Set<string>();

  constructor(network: Network) {
    this.network = network;
  }

  /** Does all of them, in the order that their kinds demand, and returns what came of it. */
  execute(effects: readonly PulseEffect[]): readonly ExecutionEvent[] {
    for (const effect of effects) this.take(effect);
    this.finishBatch();
    const { events } = this;
    this.events = [];
    return events;
  }

  private take(effect: PulseEffect): void {
    switch (effect.type) {
      case 'join-interface':
        this.join(effect);
        return;
      case 'leave-interface':
        // What is queued for it, a resignation maybe, has to go out before it is closed.
        this.finishBatch();
        this.network.leave(effect.interface);
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
      case 'watch-process':
        this.network.watchProcess(effect.service, effect.processId);
        return;
      case 'unwatch-process':
        this.network.unwatchProcess(effect.service);
        return;
    }
  }

  private join(effect: JoinInterface): void {
    const error = this.network.join(effect.interface);
    this.settle(effect.id, error === null ? null : describe(error));
  }

  private queueAdvert(effect: SendAdvert): void {
    this.identification = (this.identification % 0xffff) + 1;
    const { source, destination, advert } = effect;
    const { identification } = this;
    const length = emitPacket(this.packet, { source, destination, identification, advert });
    this.network.queuePacket(effect.interface, this.packet.subarray(0, length));
  }

  private queueAddresses(effect: HoldAddresses | ReleaseAddresses): void {
    // An ARP must never follow the release of its address.
    if (effect.type === 'release-addresses' && this.announcements.length > 0) this.finishBatch();
    this.unsettled.push(effect.id);
    for (const address of effect.addresses) {
      this.requests.push(
        effect.type === 'hold-addresses'
          ? { type: 'hold', id: effect.id, address, lifetime: effect.lifetime }
          : { type: 'release', id: effect.id, address },
      );
    }
  }

  private finishBatch(): void {
    this.flush();
    this.changeAddresses();
    this.announce();
  }

  private changeAddresses(): void {
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
    for (const id of this.unsettled) this.settle(id, errors.get(id) ?? null);
    this.requests = [];
    this.unsettled = [];
  }

  /** The first ARP of each address before the second of any. */
  private announce(): void {
    const rounds = Math.max(0, ...this.announcements.map((one) => one.repeat));
    for (let round = 0; round < rounds; round += 1) {
      for (const { addresses, repeat } of this.announcements) {
        if (round >= repeat) continue;
        for (const one of addresses) this.queueGratuitousArp(one);
      }
    }
    if (rounds > 0) this.flush();
    this.announcements = [];
  }

  private queueGratuitousArp(one: VirtualAddress): void {
    const macAddress = this.network.macAddress(one.interface);
    if (macAddress === null || this.refused.has(placeOf(one))) return;
    emitGratuitousArp(this.frame, 0, { address: one.address, hardware: macAddress });
    this.network.queueFrame(one.interface, this.frame);
  }

  private flush(): void {
    for (const { interface: name, error } of this.network.flush()) {
      this.events.push({ type: 'send-failed', interface: name, error: describe(error) });
    }
  }

  private settle(id: number, error: string | null): void {
    this.events.push({ type: 'effect-settled', id, error });
  }
}

function placeOf({ address, interface: name }: VirtualAddress): string {
  return `${address} ${name}`;
}

function describe(error: KernelError): string {
  return `${error.call}: ${error.code}`;
}
