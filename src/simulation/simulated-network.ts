/**
 * The Network port on a simulated kernel: the sockets of one Baton process. What
 * arrives is queued until the process takes it, however long it is frozen, up
 * to what a real socket would keep.
 */
import { assert } from '../base/assert.ts';
import { microseconds, type Duration, type Instant } from '../base/units.ts';
import { vrrpGroupIpv4, type InterfaceName, type MacAddress } from '../model/address.ts';
import type {
  AddressOutcome,
  AddressRequest,
  KernelError,
  Network,
  NetworkEvent,
  NetworkSink,
} from '../ports/network.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from '../wire/ethernet.ts';
import { ipProtocols, parseIpv4Header } from '../wire/ipv4.ts';
import type { KernelListener, SimulatedKernel } from './simulated-kernel.ts';
import type { Appointment, VirtualClock } from './virtual-clock.ts';

/** Where IPv4 multicast to 224.0.0.18 goes on Ethernet (RFC 1112 section 6.4). */
const vrrpGroupMac = '01:00:5e:00:00:12' as MacAddress;

/** As on a real host: packets taken a `receive`, and kept in a socket's buffer. */
const packetsAtOnce = 64;
const packetsKept = 256;

export interface SimulatedNetworkOptions {
  readonly clock: VirtualClock;
  readonly kernel: SimulatedKernel;
  /** How long the process takes to run once something has woken it. */
  readonly drawLatency: () => Duration;
  /** Something arrived, or the deadline that was waited for has come. */
  readonly onWake: () => void;
}

interface SendFailure {
  readonly interface: InterfaceName;
  readonly error: KernelError;
}

export class SimulatedNetwork implements Network {
  private readonly options: SimulatedNetworkOptions;
  private started = false;
  private joined = false;
  private events: NetworkEvent[] = [];
  private packets: Uint8Array[] = [];
  private outgoing: Uint8Array[] = [];
  private readonly failures: SendFailure[] = [];
  /** By service: how to call the watch on its process off. */
  private readonly watched = new Map<string, () => void>();
  private alarm: Appointment | null = null;
  /** The process has been woken and has not yet looked at what there is. */
  private woken = false;
  private readonly listener: KernelListener = {
    event: (event) => {
      this.report(event);
    },
    packet: (_, packet) => {
      this.arrive(packet);
    },
  };

  constructor(options: SimulatedNetworkOptions) {
    this.options = options;
  }

  start(): KernelError | null {
    assert(!this.started, 'started twice');
    this.started = true;
    this.events.push(...this.options.kernel.listen(this.listener));
    return null;
  }

  join(name: InterfaceName): KernelError | null {
    if (name !== this.options.kernel.interface) return noSuchDevice(`join on ${name}`);
    this.joined = true;
    return null;
  }

  leave(name: InterfaceName): void {
    if (name === this.options.kernel.interface) this.joined = false;
  }

  macAddress(name: InterfaceName): MacAddress | null {
    const { kernel } = this.options;
    return name === kernel.interface ? kernel.macAddress : null;
  }

  queuePacket(name: InterfaceName, packet: Uint8Array): void {
    const { kernel } = this.options;
    if (!this.joined || name !== kernel.interface) {
      this.failures.push({ interface: name, error: noSuchDevice('send packet: not joined') });
      return;
    }
    const frame = new Uint8Array(ethernetHeaderLength + packet.length);
    const header = { destination: vrrpGroupMac, source: kernel.macAddress };
    emitEthernetHeader(frame, 0, { ...header, etherType: etherTypes.ipv4 });
    frame.set(packet, ethernetHeaderLength);
    this.outgoing.push(frame);
  }

  queueFrame(name: InterfaceName, frame: Uint8Array): void {
    if (name === this.options.kernel.interface) this.outgoing.push(Uint8Array.from(frame));
    else this.failures.push({ interface: name, error: noSuchDevice('send frame') });
  }

  flush(): readonly SendFailure[] {
    for (const frame of this.outgoing.splice(0)) this.options.kernel.send(frame);
    return this.failures.splice(0);
  }

  changeAddresses(requests: readonly AddressRequest[]): readonly AddressOutcome[] {
    return requests.map((request) => ({
      id: request.id,
      address: request.address,
      error: this.changeAddress(request),
    }));
  }

  watchProcess(service: string, processId: number): void {
    this.unwatchProcess(service);
    const callOff = this.options.kernel.processes.watch(processId, () => {
      this.report({ type: 'process-exited', service, processId });
    });
    this.watched.set(service, callOff);
  }

  unwatchProcess(service: string): void {
    this.watched.get(service)?.();
    this.watched.delete(service);
  }

  receive(sink: NetworkSink): void {
    this.woken = false;
    for (const event of this.events.splice(0)) sink.event(event);
    const { interface: name } = this.options.kernel;
    for (const packet of this.packets.splice(0, packetsAtOnce)) {
      sink.packet({ interface: name, packet });
    }
  }

  /** Does not block, for nobody would move the clock: asks to be woken instead. */
  wait(deadline: Instant | null): void {
    this.alarm?.cancel();
    this.alarm = null;
    const { clock, drawLatency, onWake } = this.options;
    if (this.events.length > 0 || this.packets.length > 0) {
      this.wake();
    } else if (deadline !== null) {
      const due = microseconds(Math.max(0, deadline - clock.now()) + drawLatency());
      this.alarm = clock.schedule(due, onWake);
    }
  }

  /** Has the process run soon, as something that arrives does. */
  wake(): void {
    if (!this.started || this.woken) return;
    this.woken = true;
    const { clock, drawLatency, onWake } = this.options;
    clock.schedule(drawLatency(), onWake);
  }

  stop(): void {
    this.options.kernel.ignore(this.listener);
    for (const callOff of this.watched.values()) callOff();
    this.watched.clear();
    this.alarm?.cancel();
    this.alarm = null;
    this.joined = false;
  }

  private changeAddress(request: AddressRequest): KernelError | null {
    const { kernel } = this.options;
    const { address } = request;
    if (address.interface !== kernel.interface) return noSuchDevice(`${request.type} address`);
    if (request.type === 'hold') kernel.hold(address, request.lifetime, this.listener);
    else kernel.release(address, this.listener);
    return null;
  }

  private report(event: NetworkEvent): void {
    this.events.push(event);
    this.wake();
  }

  /** A raw socket of protocol 112 that has joined 224.0.0.18, and so nothing else is seen. */
  private arrive(packet: Uint8Array): void {
    const header = parseIpv4Header(packet);
    if (!header.ok || header.value.protocol !== ipProtocols.vrrp) return;
    const meant = this.joined && header.value.destination === vrrpGroupIpv4;
    if (!meant || this.packets.length >= packetsKept) return;
    this.packets.push(packet);
    this.wake();
  }
}

function noSuchDevice(call: string): KernelError {
  return { code: 'ENODEV', call };
}
