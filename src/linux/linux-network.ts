/**
 * The Network port on a Linux kernel. It lives on the pulse thread and is made
 * of one socket a channel for adverts, one packet socket for frames, clients of
 * the kernel's netlink families, a pidfd for each watched process and an eventfd
 * by which the main thread wakes this one; all are waited for by one ppoll(2).
 * `receive` hands over in this order: what became of links and addresses, then
 * routes, then processes, then packets, so that a packet is judged by what the
 * host is now; then the side channel's datagrams, and last claims of addresses, since
 * an advert tells better whether one is in order.
 */
import { constants } from 'node:os';
import { assert } from '../base/assert.ts';
import { success, type Result } from '../base/result.ts';
import { between, earliest, zero, type Duration, type Instant } from '../base/units.ts';
import type { InterfaceName, IpAddress, MacAddress } from '../model/address.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import type { GuardFrame } from '../model/lease.ts';
import type { SideEndpoint, SideSession } from '../model/side-channel.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kept, SweptThing } from '../ports/leftovers.ts';
import type {
  AddressOutcome,
  AddressRequest,
  FirewallContent,
  KernelError,
  LeaseChange,
  LeaseRemainder,
  Network,
  NetworkEvent,
  NetworkSink,
  RoutingOutcome,
  RoutingRequest,
  SendFailure,
} from '../ports/network.ts';
import { Channels } from './channels.ts';
import { kernelError } from './libc.ts';
import { closeNetwork, openNetwork, type NetworkSettings } from './open-network.ts';
import type { OpenNetwork } from './open-network.ts';
import { PollSet } from './poll-set.ts';
import type { ProcessTracker } from './process-counter.ts';
import { ProcessWatch } from './process-watch.ts';
import { sweepLeftovers } from './leftovers.ts';
import { rehearseOnLoopback } from './rehearsal.ts';
import { openSideSocket, type SideSocket } from './side-socket.ts';
import { makeTimersExact } from './timer-slack.ts';

const { errno } = constants;

const noFailures: readonly SendFailure[] = [];

export interface LinuxNetworkOptions extends NetworkSettings {
  readonly clock: Clock;
  /** Is told how much later than its deadline each wait has ended that lasted until then. */
  readonly timerFired?: (lateness: Duration) => void;
  /**
   * `stop` leaves `wakeDescriptor` open, until the process ends: who writes there may not know yet
   * that this is over, and its number would soon be that of some other file.
   */
  readonly wakeUpStays?: boolean;
}

export class LinuxNetwork implements Network {
  readonly #clock: Clock;
  readonly #settings: NetworkSettings;
  readonly #timerFired: (lateness: Duration) => void;
  readonly #wakeUpStays: boolean;
  #open: OpenNetwork | null = null;

  readonly #channels = new Channels();
  readonly #processes = new ProcessWatch();
  #side: SideSocket | null = null;

  readonly #poll = new PollSet();
  /** What is polled has changed since the poll set was told. */
  #pollSetStale = true;
  /** `wait` has polled and `receive` has not yet used what it found. */
  #polled = false;

  #events: NetworkEvent[] = [];
  #failures: SendFailure[] = [];

  readonly #report = (event: NetworkEvent): void => {
    this.#events.push(event);
    if (event.type !== 'link-changed' || event.present) return;
    // Its sockets are bound to an interface that is no more; a new one of that name is another.
    this.#channels.leaveInterface(event.interface);
    this.#pollSetStale = true;
  };

  readonly #isReady = (descriptor: number): boolean => this.#poll.isReady(descriptor);

  readonly #packetFailed = (channel: AdvertChannel, errorNumber: number): void => {
    this.#fail(channel.interface, kernelError(errorNumber, 'send'));
  };

  readonly #frameFailed = (name: InterfaceName, errorNumber: number): void => {
    this.#fail(name, kernelError(errorNumber, 'send'));
  };

  constructor({ clock, timerFired, wakeUpStays, ...settings }: LinuxNetworkOptions) {
    this.#clock = clock;
    this.#timerFired = timerFired ?? (() => undefined);
    this.#wakeUpStays = wakeUpStays ?? false;
    this.#settings = settings;
  }

  /** The channels that are open. */
  get channels(): readonly AdvertChannel[] {
    return this.#channels.list();
  }

  /** Where another thread writes 8 octets, a number above 0, to end `wait`. Valid once started. */
  get wakeDescriptor(): number {
    return this.#opened.wakeUp.descriptor;
  }

  start(): KernelError | null {
    assert(this.#open === null, 'started twice');
    const opened = openNetwork(this.#clock, this.#settings);
    if (!opened.ok) return opened.error;
    this.#open = opened.value;
    this.#pollSetStale = true;
    const { rtnetlink, leaseGuard: guard } = opened.value;
    const error = makeTimersExact() ?? rtnetlink.list(this.#report, guard.rightBy(this.#clock));
    if (error === null) rehearseOnLoopback(this, guard);
    return error;
  }

  join(channel: JoinedChannel): KernelError | null {
    const { interface: name } = channel;
    const index = name === null ? 0 : this.#currentIndex(name);
    if (index === null) return kernelError(errno.ENODEV, `join on ${name ?? ''}`);
    const below = name === null ? null : this.#opened.virtualInterfaces.belowMacvlan(name);
    this.#pollSetStale = true;
    return this.#channels.join(channel, { index, below });
  }

  leave(channel: AdvertChannel): void {
    this.#channels.leave(channel);
    this.#pollSetStale = true;
  }

  macAddress(name: InterfaceName): MacAddress | null {
    return this.#opened.rtnetlink.link(name)?.macAddress ?? null;
  }

  queuePacket(channel: AdvertChannel, packet: Uint8Array): void {
    const socket = this.#channels.socket(channel);
    if (socket === null) {
      this.#fail(channel.interface, kernelError(errno.ENODEV, 'send packet: not joined'));
      return;
    }
    if (!socket.queue(packet)) {
      this.#sendQueued();
      if (!socket.queue(packet)) {
        this.#fail(channel.interface, kernelError(errno.EMSGSIZE, 'queue packet'));
      }
    }
    const { frames, leaseGuard } = this.#opened;
    const renewal = leaseGuard.renewalBeside(channel, packet);
    if (renewal === null || frames.queue(null, renewal.index, renewal.frame)) return;
    this.#sendQueued();
    frames.queue(null, renewal.index, renewal.frame);
  }

  queueFrame(name: InterfaceName, frame: Uint8Array): void {
    const { frames, rtnetlink } = this.#opened;
    const link = rtnetlink.link(name);
    if (link === null) {
      this.#fail(name, kernelError(errno.ENODEV, 'send frame: no such interface'));
      return;
    }
    if (frames.queue(name, link.index, frame)) return;
    this.#sendQueued();
    if (!frames.queue(name, link.index, frame)) {
      this.#fail(name, kernelError(errno.EMSGSIZE, 'queue frame'));
    }
  }

  watchAddresses(addresses: readonly IpAddress[]): KernelError | null {
    return this.#opened.claims.watch(addresses);
  }

  openSideChannel(own: SideEndpoint): Result<SideSession, KernelError> {
    this.closeSideChannel();
    const opened = openSideSocket(own);
    if (!opened.ok) return opened;
    this.#side = opened.value;
    this.#pollSetStale = true;
    return success(opened.value.session);
  }

  closeSideChannel(): void {
    this.#side?.close();
    this.#side = null;
    this.#pollSetStale = true;
  }

  queueSideDatagram(to: SideEndpoint, octets: Uint8Array): void {
    if (this.#side === null || this.#side.queue(to, octets)) return;
    this.#sendQueued();
    this.#side.queue(to, octets);
  }

  flush(): readonly SendFailure[] {
    this.#sendQueued();
    if (this.#failures.length === 0) return noFailures;
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  changeAddresses(requests: readonly AddressRequest[]): readonly AddressOutcome[] {
    return this.#opened.rtnetlink.change(requests, this.#report);
  }

  changeRouting(requests: readonly RoutingRequest[]): readonly RoutingOutcome[] {
    const { rtnetlink, routing } = this.#opened;
    rtnetlink.drain(this.#report);
    return routing.change(requests, this.#report);
  }

  createInterface(virtual: VirtualInterface): KernelError | null {
    const { rtnetlink, virtualInterfaces } = this.#opened;
    rtnetlink.drain(this.#report);
    const error = virtualInterfaces.create(virtual);
    // So that it can be joined, and its hardware address is known, at once.
    rtnetlink.drain(this.#report);
    return error;
  }

  deleteInterface(name: InterfaceName): KernelError | null {
    const { rtnetlink, virtualInterfaces } = this.#opened;
    rtnetlink.drain(this.#report);
    const error = virtualInterfaces.delete(name);
    rtnetlink.drain(this.#report);
    return error;
  }

  promoteSecondaries(name: InterfaceName): KernelError | null {
    return this.#opened.virtualInterfaces.promoteSecondaries(name);
  }

  suppressLocalReports(suppressed: boolean): KernelError | null {
    const { localReports } = this.#opened;
    localReports.restore();
    return suppressed ? localReports.set('ipv4/igmp_link_local_mcast_reports', '0') : null;
  }

  setFirewall(content: FirewallContent): KernelError | null {
    const { rtnetlink, firewall } = this.#opened;
    rtnetlink.drain(this.#report);
    return firewall.set(content);
  }

  setGuard(frame: GuardFrame | null, held: readonly LeaseRemainder[]): KernelError | null {
    const { rtnetlink, leaseGuard } = this.#opened;
    rtnetlink.drain(this.#report);
    return leaseGuard.set(frame, held);
  }

  changeLeases(changes: readonly LeaseChange[]): KernelError | null {
    return this.#opened.leaseGuard.change(changes);
  }

  lapsedLeases(numbers: readonly number[]): Result<readonly number[], KernelError> {
    return this.#opened.leaseGuard.lapsed(numbers);
  }

  /**
   * Takes away what an earlier run has left and is neither kept nor made since `start`; with
   * `alone` false, where others may have left it, only what its own state file names.
   */
  sweepLeftovers(kept: Omit<Kept, 'tables'>, alone: boolean): readonly SweptThing[] {
    const { firewall, leaseGuard, ledger } = this.#opened;
    const tables = [...firewall.tables, ...leaseGuard.tables];
    return sweepLeftovers({ kept: { ...kept, tables }, alone, ledger });
  }

  countProcesses(trackers: readonly ProcessTracker[]): KernelError | null {
    this.#pollSetStale = true;
    this.#opened.counter.count(trackers);
    return null;
  }

  watchProcess(service: string, processId: number): void {
    this.#processes.add(service, processId);
    this.#pollSetStale = true;
  }

  unwatchProcess(service: string): void {
    this.#processes.remove(service);
    this.#pollSetStale = true;
  }

  receive(sink: NetworkSink): void {
    if (!this.#polled || this.#pollSetStale) this.#pollFor(zero);
    this.#polled = false;
    this.#collectEvents();
    const events = this.#events;
    this.#events = [];
    for (const event of events) sink.event(event);
    this.#channels.receive(this.#isReady, sink);
    if (this.#side !== null && this.#poll.isReady(this.#side.descriptor)) {
      this.#side.receive((received) => {
        sink.sideDatagram(received);
      });
    }
    this.#open?.claims.receive(this.#isReady, (received) => {
      sink.claim(received);
    });
  }

  wait(deadline: Instant | null): void {
    if (this.#events.length > 0 || this.#processes.pending) return;
    const end = earliest([deadline, this.#opened.counter.nextScan]);
    if (end === null) {
      this.#pollFor(null);
    } else {
      const remaining = between(this.#clock.now(), end);
      this.#pollFor(remaining > zero ? remaining : zero);
      const lateness = between(end, this.#clock.now());
      if (remaining > zero && lateness >= zero) this.#timerFired(lateness);
    }
    this.#polled = true;
  }

  stop(): void {
    this.#channels.close();
    this.#processes.close();
    this.closeSideChannel();
    if (this.#open !== null) {
      closeNetwork(this.#open);
      if (!this.#wakeUpStays) this.#open.wakeUp.close();
    }
    this.#open = null;
    this.#events = [];
    this.#failures = [];
  }

  get #opened(): OpenNetwork {
    assert(this.#open !== null, 'the network is used before start or after stop');
    return this.#open;
  }

  /** Its index now: an interface that has just come may not have been told of yet. */
  #currentIndex(name: InterfaceName): number | null {
    const { rtnetlink } = this.#opened;
    rtnetlink.drain(this.#report);
    return rtnetlink.link(name)?.index ?? null;
  }

  #pollFor(timeout: Duration | null): void {
    if (this.#pollSetStale) {
      const { wakeUp, rtnetlink, routing, counter, claims } = this.#opened;
      this.#poll.watch([
        wakeUp.descriptor,
        rtnetlink.monitorDescriptor,
        ...routing.descriptors,
        ...this.#channels.descriptors(),
        ...claims.descriptors,
        ...(this.#side === null ? [] : [this.#side.descriptor]),
        ...this.#processes.descriptors(),
        ...counter.descriptors(),
      ]);
      this.#pollSetStale = false;
    }
    this.#poll.poll(timeout);
  }

  #collectEvents(): void {
    const { wakeUp, rtnetlink, routing, counter } = this.#opened;
    if (this.#poll.isReady(wakeUp.descriptor)) wakeUp.take();
    if (this.#poll.isReady(rtnetlink.monitorDescriptor)) rtnetlink.drain(this.#report);
    if (routing.descriptors.some(this.#isReady)) routing.drain(this.#report);
    const exited = this.#processes.collect(this.#isReady, this.#report);
    const recounted = counter.collect(this.#isReady, this.#report);
    if (exited || recounted) this.#pollSetStale = true;
  }

  #sendQueued(): void {
    this.#channels.send(this.#packetFailed);
    this.#opened.frames.send(this.#frameFailed);
    this.#side?.send();
  }

  /** One failure an interface and kind is kept, so that their number stays bounded. */
  #fail(name: InterfaceName | null, error: KernelError): void {
    const known = this.#failures.some(
      ({ interface: place, error: { code, call } }) =>
        place === name && code === error.code && call === error.call,
    );
    if (!known) this.#failures.push({ interface: name, error });
  }
}
