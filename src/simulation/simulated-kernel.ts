/**
 * The kernel of one simulated host: its interface on the LAN, its addresses with
 * their lifetimes, the guard before them, its processes. All of it lives on when Baton
 * is dead or frozen; that is what guard and lifetimes are for.
 */
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { after, between, milliseconds, type Duration, type Instant } from '../base/units.ts';
import { isIpv6 } from '../model/address.ts';
import type { InterfaceName, IpAddress, Ipv4Address, MacAddress } from '../model/address.ts';
import type { AddressAppeared, AddressVanished, LinkChanged } from '../model/core-event.ts';
import { ipv6Length, writeIp } from '../wire/address-octets.ts';
import { arpLength, arpOperations, emitArp, parseArp, type ArpPacket } from '../wire/arp.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from '../wire/ethernet.ts';
import { readUint16, readUint8 } from '../wire/octets.ts';
import { drawDuration } from './draw.ts';
import type { Timekeeper } from './host-clock.ts';
import type { Lan, Port, Trace } from './lan.ts';
import { ProcessTable } from './process-table.ts';
import { SimulatedGuard } from './simulated-guard.ts';
import type { Appointment } from './virtual-clock.ts';

/** How late an address goes after its lifetime: measured on Linux 6, 0.02 to 0.25 s. */
const expiryLateness = { least: milliseconds(20), most: milliseconds(250) };
export const latestExpiry = expiryLateness.most;

/** Where an ARP packet has its sender's address: all zeros in a probe (RFC 5227). */
const arpSender = 14;

/** CONFIG_HZ=250 */
export const jiffy = milliseconds(4);

const octetBits = 8;

export type KernelEvent = LinkChanged | AddressAppeared | AddressVanished;

/** The sockets of one process: told of what changes on the host but by its own requests. */
export interface KernelListener {
  event(event: KernelEvent): void;
  /** An IP packet, from its header on. */
  packet(name: InterfaceName, packet: Uint8Array): void;
  /** Whether any ARP is of interest. */
  hearsArp(): boolean;
  /** An ARP packet; whether all stations were sent it. */
  arp(packet: Uint8Array, toAll: boolean): void;
}

export interface HostAddress {
  readonly address: IpAddress;
  readonly prefixLength: number;
}

export interface KernelOptions {
  readonly hostName: string;
  readonly clock: Timekeeper;
  readonly lan: Lan;
  readonly random: Random;
  readonly interface: InterfaceName;
  readonly macAddress: MacAddress;
  /** The host's own address on the LAN, there to stay. */
  readonly ownAddress: HostAddress;
  readonly trace: Trace | null;
  /** Whether it can have a lease guard; it can unless this says no. */
  readonly guarded?: boolean;
  /** Called before it begins, or ceases, to answer for an address. */
  readonly beforeChange?: () => void;
}

/** The kernel tells the age of an address in these. */
const addressTick = milliseconds(10);

interface KnownAddress extends HostAddress {
  /** Baton has set it, with its mark (IFA_PROTO). */
  readonly own: boolean;
  /** When it was last set; null: it is for good. */
  renewedAt: Instant | null;
  /** When it goes; null: it stays until it is removed. */
  goesAt: Instant | null;
  /** When next to look whether it has to go: never later than it has to. */
  expiry: { readonly at: Instant; readonly appointment: Appointment } | null;
}

const unlimited = { renewedAt: null, goesAt: null, expiry: null };

export class SimulatedKernel {
  readonly processes: ProcessTable;
  /** Routes and rules that were asked for, as the configuration has them. */
  readonly routing = new Set<string>();
  readonly guard: SimulatedGuard;
  readonly interface: InterfaceName;
  readonly macAddress: MacAddress;
  private readonly options: KernelOptions;
  private readonly port: Port;
  private carrier = true;
  private addresses: KnownAddress[];
  private readonly listeners = new Set<KernelListener>();

  constructor(options: KernelOptions) {
    this.options = options;
    this.interface = options.interface;
    this.macAddress = options.macAddress;
    this.addresses = [{ ...options.ownAddress, ...unlimited, own: false }];
    this.processes = new ProcessTable(options.beforeChange);
    this.guard = new SimulatedGuard({
      clock: options.clock,
      available: options.guarded ?? true,
      jiffy,
      beforeChange: () => options.beforeChange?.(),
      told: (text) => options.trace?.(`${options.hostName}: ${text}`),
    });
    this.port = options.lan.plug({
      name: options.hostName,
      macAddress: options.macAddress,
      // Nobody on it listens to ARP.
      wants: (frame) => this.wants(frame),
      receive: (frame) => {
        this.guard.hears(frame);
        this.receive(frame);
      },
      carrierChanged: (up) => {
        this.carrier = up;
        this.report(this.linkEvent(), null);
      },
    });
  }

  /** Tells the listener of all that changes from now on, and returns what is there now. */
  listen(listener: KernelListener): readonly KernelEvent[] {
    this.listeners.add(listener);
    return [this.linkEvent(), ...this.addresses.map((one) => this.appearance(one))];
  }

  ignore(listener: KernelListener): void {
    this.listeners.delete(listener);
  }

  has(address: IpAddress): boolean {
    return this.addresses.some((one) => one.address === address);
  }

  /** Whether it answers who asks for the address: it is there, and the guard lets packets in. */
  answers(address: IpAddress): boolean {
    return this.has(address) && this.guard.lets(address);
  }

  /** All addresses but the host's own one. */
  guests(): readonly HostAddress[] {
    return this.addresses.slice(1);
  }

  /** The power goes, and comes back: what was not the host's own is gone. */
  reset(): void {
    this.options.beforeChange?.();
    this.options.trace?.(`${this.options.hostName} loses its power`);
    for (const { expiry } of this.addresses) expiry?.appointment.cancel();
    this.addresses = this.addresses.slice(0, 1);
    this.guard.set(null, []);
    this.routing.clear();
    for (const id of this.processes.all()) this.processes.signal(id, 'SIGKILL');
  }

  /**
   * Sees to it that the address is there for `lifetime`, for good where that is null; `by` is not
   * told of its own doing.
   */
  hold(wanted: HostAddress, lifetime: Duration | null, by: KernelListener): void {
    const known = this.find(wanted) ?? this.add(wanted, by);
    known.goesAt = null;
    known.renewedAt = null;
    if (lifetime === null) return;
    const { clock, random } = this.options;
    known.renewedAt = (Math.floor(clock.now() / addressTick) * addressTick) as Instant;
    const due = (lifetime + drawDuration(random, expiryLateness)) as Duration;
    known.goesAt = after(clock.now(), due);
    this.watch(known);
  }

  /** Removes the address, if it is there. `by` is null where it was no process of Baton's. */
  release(unwanted: HostAddress, by: KernelListener | null): void {
    const known = this.find(unwanted);
    if (known !== undefined) this.remove(known, 'it was removed', by);
  }

  /** Sends a frame, if there is a carrier; a driver does not tell that there is none. */
  send(frame: Uint8Array): void {
    if (this.carrier && this.guard.letsOut(frame)) this.port.send(frame);
  }

  /** Most lifetimes are renewed before they end: then the alarm that is set already waits on. */
  private watch(known: KnownAddress): void {
    const { goesAt } = known;
    if (goesAt === null) return;
    if (known.expiry !== null && known.expiry.at <= goesAt) return;
    known.expiry?.appointment.cancel();
    const { clock } = this.options;
    const appointment = clock.schedule(between(clock.now(), goesAt), () => {
      known.expiry = null;
      if (known.goesAt === null || known.goesAt > clock.now()) this.watch(known);
      else this.remove(known, 'its lifetime is over', null);
    });
    known.expiry = { at: goesAt, appointment };
  }

  private find(wanted: HostAddress): KnownAddress | undefined {
    return this.addresses.find(
      (one) => one.address === wanted.address && one.prefixLength === wanted.prefixLength,
    );
  }

  private add({ address, prefixLength }: HostAddress, by: KernelListener): KnownAddress {
    const added: KnownAddress = { address, prefixLength, ...unlimited, own: true };
    this.options.beforeChange?.();
    this.addresses.push(added);
    this.options.trace?.(`${this.options.hostName} has ${address}`);
    this.report(this.appearance(added), by);
    return added;
  }

  private remove(known: KnownAddress, why: string, by: KernelListener | null): void {
    const index = this.addresses.indexOf(known);
    assert(index >= 0, 'an address is removed once');
    this.options.beforeChange?.();
    this.addresses.splice(index, 1);
    known.expiry?.appointment.cancel();
    const { address, prefixLength } = known;
    this.options.trace?.(`${this.options.hostName} no longer has ${address}: ${why}`);
    const place = { interface: this.interface, address, prefixLength };
    this.report({ type: 'address-vanished', ...place }, by);
  }

  private receive(frame: Uint8Array): void {
    const etherType = readUint16(frame, ethernetHeaderLength - 2);
    if (etherType === etherTypes.arp) this.receiveArp(frame);
    if (etherType !== etherTypes.ipv4 && etherType !== etherTypes.ipv6) return;
    const packet = frame.subarray(ethernetHeaderLength);
    for (const listener of this.listeners) listener.packet(this.interface, packet);
  }

  /** Most ARP is for the caches of clients, which is nothing to a host. */
  private wants(frame: Uint8Array): boolean {
    if (readUint16(frame, ethernetHeaderLength - 2) !== etherTypes.arp) return true;
    const sender = ethernetHeaderLength + arpSender;
    const probes = readUint16(frame, sender) === 0 && readUint16(frame, sender + 2) === 0;
    return probes || [...this.listeners].some((listener) => listener.hearsArp());
  }

  private receiveArp(frame: Uint8Array): void {
    const packet = frame.subarray(ethernetHeaderLength);
    const asked = parseArp(packet);
    if (asked === null) return;
    const { operation, targetProtocol, senderProtocol } = asked;
    const asks = operation === arpOperations.request && senderProtocol !== targetProtocol;
    if (asks && this.answers(targetProtocol)) this.answerArp(targetProtocol, asked);
    const toAll = (readUint8(frame, 0) & 1) === 1;
    for (const listener of this.listeners) listener.arp(packet, toAll);
  }

  /** As Linux does, to a probe (RFC 5227 section 2.1.1) as well. */
  private answerArp(address: Ipv4Address, asked: ArpPacket): void {
    const frame = new Uint8Array(ethernetHeaderLength + arpLength);
    const destination = asked.senderHardware;
    const source = this.macAddress;
    emitEthernetHeader(frame, 0, { destination, source, etherType: etherTypes.arp });
    emitArp(frame, ethernetHeaderLength, {
      operation: arpOperations.reply,
      senderHardware: source,
      senderProtocol: address,
      targetHardware: destination,
      targetProtocol: asked.senderProtocol,
    });
    this.send(frame);
  }

  private report(event: KernelEvent, cause: KernelListener | null): void {
    for (const listener of this.listeners) if (listener !== cause) listener.event(event);
  }

  private linkEvent(): LinkChanged {
    const { macAddress, carrier } = this;
    const place = { interface: this.interface, present: true };
    return { type: 'link-changed', ...place, up: carrier, multicast: true, macAddress };
  }

  private appearance(one: KnownAddress): AddressAppeared {
    const { address, prefixLength, own, renewedAt } = one;
    // Who was silenced by a better advert has no right to it, however lately it was renewed.
    const right = this.guard.lets(address) ? renewedAt : null;
    // Of several addresses in one network, the first is the primary (IFA_F_SECONDARY).
    const first = this.addresses.find((other) => isSameNetwork(one, other));
    const secondary = first?.address !== address;
    const place = { interface: this.interface, address, prefixLength };
    const standing = { secondary, tentative: false, own, renewedAt: right };
    return { type: 'address-appeared', ...place, ...standing };
  }
}

function isSameNetwork(one: HostAddress, other: HostAddress): boolean {
  if (one.prefixLength !== other.prefixLength) return false;
  if (isIpv6(one.address) !== isIpv6(other.address)) return false;
  const left = new Uint8Array(ipv6Length);
  const right = new Uint8Array(ipv6Length);
  writeIp(left, 0, one.address);
  writeIp(right, 0, other.address);
  for (let bit = 0; bit < one.prefixLength; bit += octetBits) {
    const unlike = readUint8(left, bit / octetBits) ^ readUint8(right, bit / octetBits);
    const counted = Math.min(octetBits, one.prefixLength - bit);
    if (unlike >>> (octetBits - counted) !== 0) return false;
  }
  return true;
}
