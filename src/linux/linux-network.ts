/**
 * The Network port on a Linux kernel. It lives on the pulse thread and is made
 * of one socket an interface for adverts, one packet socket for frames, an
 * rtnetlink client, a pidfd for each watched process and an eventfd by which the
 * main thread wakes this one; all of them are waited for by one ppoll(2).
 *
 * `receive` hands over in this order: what became of links and addresses, then
 * processes, then packets, so that a packet is judged by what the host is now.
 */
import { constants } from 'node:os';
import { assert } from '../base/assert.ts';
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { Duration, Instant } from '../base/units.ts';
import { between, zero } from '../base/units.ts';
import type { InterfaceName, MacAddress } from '../model/address.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  AddressOutcome,
  AddressRequest,
  KernelError,
  Network,
  NetworkEvent,
  NetworkSink,
} from '../ports/network.ts';
import type { AdvertSocket } from './advert-socket.ts';
import { openAdvertSocket } from './advert-socket.ts';
import type { FrameSocket } from './frame-socket.ts';
import { openFrameSocket } from './frame-socket.ts';
import { kernelError, lastError, prctl } from './libc.ts';
import { ReceiveBatch } from './message-batch.ts';
import { PollSet } from './poll-set.ts';
import { ProcessWatch } from './process-watch.ts';
import { rehearseOnLoopback } from './rehearsal.ts';
import type { RtnetlinkClient } from './rtnetlink-client.ts';
import { openRtnetlinkClient } from './rtnetlink-client.ts';
import type { WakeUp } from './wake-up.ts';
import { openWakeUp } from './wake-up.ts';

const { errno } = constants;

/** Packets taken from one interface a `receive`; the others get their turn before the rest. */
const packetsAtOnce = 64;
/** Longer than any advert: 20 octets of IP header, 8 of VRRP, 255 addresses, authentication. */
const packetOctets = 2048;

/** Everything that is open between `start` and `stop`. */
interface OpenNetwork {
  readonly wakeUp: WakeUp;
  readonly rtnetlink: RtnetlinkClient;
  readonly frames: FrameSocket;
}

interface Failure {
  readonly interface: InterfaceName;
  readonly error: KernelError;
}

const noFailures: readonly Failure[] = [];

export class LinuxNetwork implements Network {
  readonly #clock: Clock;
  readonly #monitorBufferOctets: number;
  #open: OpenNetwork | null = null;

  /** Replaced, never changed, so that a sink may join and leave while they are gone through. */
  #adverts: ReadonlyMap<InterfaceName, AdvertSocket> = new Map();
  readonly #processes = new ProcessWatch();
  readonly #packets = new ReceiveBatch({ capacity: packetsAtOnce, datagramOctets: packetOctets });

  readonly #poll = new PollSet();
  /** What is polled has changed since the poll set was told. */
  #pollSetStale = true;
  /** `wait` has polled and `receive` has not yet used what it found. */
  #polled = false;

  #events: NetworkEvent[] = [];
  #failures: Failure[] = [];

  readonly #report = (event: NetworkEvent): void => {
    this.#events.push(event);
    // Its socket is bound to an interface that is no more; a new one of that name is another.
    if (event.type === 'link-changed' && !event.present) this.leave(event.interface);
  };

  readonly #isReady = (descriptor: number): boolean => this.#poll.isReady(descriptor);

  readonly #sendFailed = (name: InterfaceName, errorNumber: number): void => {
    this.#fail(name, kernelError(errorNumber, 'send'));
  };

  /** A `monitorBufferOctets` too small for a burst of changes costs a new listing, no news. */
  constructor(options: { readonly clock: Clock; readonly monitorBufferOctets?: number }) {
    this.#clock = options.clock;
    this.#monitorBufferOctets = options.monitorBufferOctets ?? 1 << 22;
  }

  /** Where another thread writes 8 octets, a number above 0, to end `wait`. Valid once started. */
  get wakeDescriptor(): number {
    return this.#opened.wakeUp.descriptor;
  }

  start(): KernelError | null {
    assert(this.#open === null, 'started twice');
    const opened = openNetwork(this.#monitorBufferOctets);
    if (!opened.ok) return opened.error;
    this.#open = opened.value;
    this.#pollSetStale = true;
    const error = makeTimersExact() ?? opened.value.rtnetlink.list(this.#report);
    if (error === null) rehearseOnLoopback(this);
    return error;
  }

  join(name: InterfaceName): KernelError | null {
    const { rtnetlink } = this.#opened;
    // An interface that has just come may not have been told of yet.
    const drainError = rtnetlink.drain(this.#report);
    if (drainError !== null) return drainError;
    const link = rtnetlink.link(name);
    if (link === null) return kernelError(errno.ENODEV, `join on ${name}`);
    if (this.#adverts.has(name)) return null;
    const socket = openAdvertSocket({ name, index: link.index });
    if (!socket.ok) return socket.error;
    this.#adverts = new Map([...this.#adverts, [name, socket.value]]);
    this.#pollSetStale = true;
    return null;
  }

  leave(name: InterfaceName): void {
    const socket = this.#adverts.get(name);
    if (socket === undefined) return;
    socket.close();
    this.#adverts = new Map([...this.#adverts].filter(([other]) => other !== name));
    this.#pollSetStale = true;
  }

  macAddress(name: InterfaceName): MacAddress | null {
    return this.#opened.rtnetlink.link(name)?.macAddress ?? null;
  }

  queuePacket(name: InterfaceName, packet: Uint8Array): void {
    const socket = this.#adverts.get(name);
    if (socket === undefined) {
      this.#fail(name, kernelError(errno.ENODEV, 'send packet: not joined'));
      return;
    }
    if (socket.queue(packet)) return;
    this.#sendQueued();
    if (!socket.queue(packet)) this.#fail(name, kernelError(errno.EMSGSIZE, 'queue packet'));
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

  flush(): readonly Failure[] {
    this.#sendQueued();
    if (this.#failures.length === 0) return noFailures;
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  changeAddresses(requests: readonly AddressRequest[]): readonly AddressOutcome[] {
    return this.#opened.rtnetlink.change(requests, this.#report);
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
    for (const socket of this.#adverts.values()) {
      if (this.#poll.isReady(socket.descriptor)) this.#receivePackets(socket, sink);
    }
  }

  wait(deadline: Instant | null): void {
    if (this.#events.length > 0 || this.#processes.pending) return;
    if (deadline === null) {
      this.#pollFor(null);
    } else {
      const remaining = between(this.#clock.now(), deadline);
      this.#pollFor(remaining > zero ? remaining : zero);
    }
    this.#polled = true;
  }

  stop(): void {
    for (const socket of this.#adverts.values()) socket.close();
    this.#adverts = new Map();
    this.#processes.close();
    this.#open?.frames.close();
    this.#open?.rtnetlink.close();
    this.#open?.wakeUp.close();
    this.#open = null;
    this.#events = [];
    this.#failures = [];
  }

  get #opened(): OpenNetwork {
    assert(this.#open !== null, 'the network is used before start or after stop');
    return this.#open;
  }

  #pollFor(timeout: Duration | null): void {
    if (this.#pollSetStale) {
      const { wakeUp, rtnetlink } = this.#opened;
      this.#poll.watch([
        wakeUp.descriptor,
        rtnetlink.monitorDescriptor,
        ...[...this.#adverts.values()].map(({ descriptor }) => descriptor),
        ...this.#processes.descriptors(),
      ]);
      this.#pollSetStale = false;
    }
    this.#poll.poll(timeout);
  }

  #collectEvents(): void {
    const { wakeUp, rtnetlink } = this.#opened;
    if (this.#poll.isReady(wakeUp.descriptor)) wakeUp.take();
    if (this.#poll.isReady(rtnetlink.monitorDescriptor)) rtnetlink.drain(this.#report);
    const changed = this.#processes.collect(this.#isReady, this.#report);
    if (changed) this.#pollSetStale = true;
  }

  #receivePackets(socket: AdvertSocket, sink: NetworkSink): void {
    const { name } = socket.interface;
    const received = this.#packets.receive(socket.descriptor);
    for (let index = 0; index < received; index += 1) {
      sink.packet({ interface: name, packet: this.#packets.datagram(index) });
    }
  }

  #sendQueued(): void {
    for (const socket of this.#adverts.values()) socket.send(this.#sendFailed);
    this.#opened.frames.send(this.#sendFailed);
  }

  /** One failure an interface and kind is kept, so that their number stays bounded. */
  #fail(name: InterfaceName, error: KernelError): void {
    const known = this.#failures.some(
      (failure) =>
        failure.interface === name &&
        failure.error.code === error.code &&
        failure.error.call === error.call,
    );
    if (!known) this.#failures.push({ interface: name, error });
  }
}

/** Opens what serves all interfaces; nothing is left open where that fails half-way. */
function openNetwork(monitorBufferOctets: number): Result<OpenNetwork, KernelError> {
  const wakeUp = openWakeUp();
  if (!wakeUp.ok) return wakeUp;
  const rtnetlink = openRtnetlinkClient({ monitorBufferOctets });
  if (!rtnetlink.ok) {
    wakeUp.value.close();
    return rtnetlink;
  }
  const frames = openFrameSocket();
  if (!frames.ok) {
    wakeUp.value.close();
    rtnetlink.value.close();
    return frames;
  }
  return success({ wakeUp: wakeUp.value, rtnetlink: rtnetlink.value, frames: frames.value });
}

/** The kernel may let a thread's timers be up to 50 us late, to wake several at once; not ours. */
function makeTimersExact(): KernelError | null {
  const setTimerSlack = 29; // PR_SET_TIMERSLACK, in nanoseconds; 0 would restore the default
  return prctl(setTimerSlack, 1) < 0 ? lastError('set timer slack') : null;
}
