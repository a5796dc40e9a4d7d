/**
 * The Network port on a simulated kernel: the sockets of one Baton process. What
 * arrives is queued until the process takes it, however long it is frozen, up
 * to what a real socket would keep.
 */
import { assert } from '../base/assert.ts';
import { microseconds, type Duration, type Instant } from '../base/units.ts';
import { isIpv6, type InterfaceName, type IpAddress, type MacAddress } from '../model/address.ts';
import { channelKey, type AdvertChannel, type JoinedChannel } from '../model/channel.ts';
import type { SideEndpoint, SideSession } from '../model/side-channel.ts';
import { failure, success, type Result } from '../base/result.ts';
import type { GuardFrame } from '../model/lease.ts';
import type {
  AddressOutcome,
  AddressRequest,
  KernelError,
  LeaseChange,
  LeaseRemainder,
  Network,
  NetworkEvent,
  NetworkSink,
  ReceivedClaim,
  ReceivedPacket,
  RoutingOutcome,
  RoutingRequest,
  SendFailure,
} from '../ports/network.ts';
import { ipv6Length, writeIp } from '../wire/address-octets.ts';
import {
  broadcastMac,
  emitEthernetHeader,
  ethernetHeaderLength,
  etherTypes,
} from '../wire/ethernet.ts';
import { ipProtocols, parseIpv4Header } from '../wire/ipv4.ts';
import { parseIpv6Header } from '../wire/ipv6.ts';
import { SimulatedClaimSockets } from './simulated-claim-sockets.ts';
import { SimulatedSideSocket } from './simulated-side-socket.ts';
import type { KernelListener, SimulatedKernel } from './simulated-kernel.ts';
import type { Timekeeper } from './host-clock.ts';
import type { Appointment } from './virtual-clock.ts';

/** As on a real host: packets taken a `receive`, and kept in a socket's buffer. */
const packetsAtOnce = 64;
const packetsKept = 256;

export interface SimulatedNetworkOptions {
  readonly clock: Timekeeper;
  readonly kernel: SimulatedKernel;
  /** How long the process takes to run once something has woken it. */
  readonly drawLatency: () => Duration;
  /** A session of the side channel: 16 hexadecimal digits that no other has. */
  readonly drawSession: () => SideSession;
  /** Something arrived, or the deadline that was waited for has come. */
  readonly onWake: () => void;
}

export class SimulatedNetwork implements Network {
  private readonly options: SimulatedNetworkOptions;
  private started = false;
  /** By key: the channels that are open. */
  private readonly channels = new Map<string, JoinedChannel>();
  private events: NetworkEvent[] = [];
  private packets: ReceivedPacket[] = [];
  private readonly side = new SimulatedSideSocket();
  private readonly claims = new SimulatedClaimSockets();
  private outgoing: Uint8Array[] = [];
  /** What was found out of destinations: adverts go to the same ones again and again. */
  private readonly groupMacs = new Map<IpAddress, MacAddress | null>();
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
    hearsArp: () => this.claims.watchesAny,
    arp: (packet, toAll) => {
      this.arriveClaim({ family: 'IPv4', packet, toAll });
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

  join(channel: JoinedChannel): KernelError | null {
    const { kernel } = this.options;
    if (channel.interface !== null && channel.interface !== kernel.interface) {
      return noSuchDevice(`join on ${channel.interface}`);
    }
    this.channels.set(channelKey(channel), channel);
    return null;
  }

  leave(channel: AdvertChannel): void {
    this.channels.delete(channelKey(channel));
  }

  macAddress(name: InterfaceName): MacAddress | null {
    const { kernel } = this.options;
    return name === kernel.interface ? kernel.macAddress : null;
  }

  queuePacket(channel: AdvertChannel, packet: Uint8Array): void {
    const addresses = addressesOf(packet);
    if (!this.channels.has(channelKey(channel)) || addresses === null) {
      const { interface: name } = channel;
      this.failures.push({ interface: name, error: noSuchDevice('send packet: not joined') });
      return;
    }
    this.queueTo(addresses.destination, packet);
  }

  private queueTo(destination: IpAddress, packet: Uint8Array): void {
    const { kernel } = this.options;
    const frame = new Uint8Array(ethernetHeaderLength + packet.length);
    emitEthernetHeader(frame, 0, {
      // No station resolves neighbours here: what is for one host, all see and one takes.
      destination: this.groupMacOf(destination) ?? broadcastMac,
      source: kernel.macAddress,
      etherType: isIpv6(destination) ? etherTypes.ipv6 : etherTypes.ipv4,
    });
    frame.set(packet, ethernetHeaderLength);
    this.outgoing.push(frame);
  }

  queueFrame(name: InterfaceName, frame: Uint8Array): void {
    if (name === this.options.kernel.interface) this.outgoing.push(Uint8Array.from(frame));
    else this.failures.push({ interface: name, error: noSuchDevice('send frame') });
  }

  openSideChannel(own: SideEndpoint): Result<SideSession, KernelError> {
    this.side.open(own);
    return success(this.options.drawSession());
  }

  closeSideChannel(): void {
    this.side.close();
  }

  queueSideDatagram(to: SideEndpoint, octets: Uint8Array): void {
    const packet = this.side.packetTo(to, octets);
    if (packet !== null) this.queueTo(to.address, packet);
  }

  watchAddresses(addresses: readonly IpAddress[]): KernelError | null {
    this.claims.watch(addresses);
    return null;
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

  /** A simulated host only remembers: whatever is asked for is there until it is asked away. */
  changeRouting(requests: readonly RoutingRequest[]): readonly RoutingOutcome[] {
    const { routing } = this.options.kernel;
    return requests.map((request) => {
      const text = 'route' in request ? request.route.text : request.rule.text;
      if (request.type === 'install-route' || request.type === 'install-rule') routing.add(text);
      else routing.delete(text);
      return { id: request.id, text, error: null };
    });
  }

  createInterface(): KernelError | null {
    return unsupported('create interface');
  }

  deleteInterface(): KernelError | null {
    return unsupported('delete interface');
  }

  /** Simulated addresses don't go with the first of their network. */
  promoteSecondaries(): KernelError | null {
    return null;
  }

  /** Simulated switches forward everything to everybody. */
  suppressLocalReports(): KernelError | null {
    return null;
  }

  setFirewall(): KernelError | null {
    return unsupported('set firewall');
  }

  setGuard(frame: GuardFrame | null, held: readonly LeaseRemainder[]): KernelError | null {
    return this.options.kernel.guard.set(frame, held);
  }

  changeLeases(changes: readonly LeaseChange[]): KernelError | null {
    return this.options.kernel.guard.change(changes);
  }

  lapsedLeases(numbers: readonly number[]): Result<readonly number[], KernelError> {
    const lapsed = this.options.kernel.guard.lapsed(numbers);
    return lapsed === null ? failure({ code: 'ENOENT', call: 'list leases' }) : success(lapsed);
  }

  countProcesses(): KernelError | null {
    return unsupported('count processes');
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
    for (const received of this.packets.splice(0, packetsAtOnce)) sink.packet(received);
    for (const received of this.side.take()) sink.sideDatagram(received);
    for (const received of this.claims.take()) sink.claim(received);
  }

  /** Does not block, for nobody would move the clock: asks to be woken instead. */
  wait(deadline: Instant | null): void {
    this.alarm?.cancel();
    this.alarm = null;
    const { clock, drawLatency, onWake } = this.options;
    const { events, packets, side, claims } = this;
    if (events.length > 0 || packets.length > 0 || side.holdsAny || claims.holdsAny) {
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
    this.channels.clear();
    this.side.close();
    this.claims.close();
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

  private groupMacOf(address: IpAddress): MacAddress | null {
    let mac = this.groupMacs.get(address);
    if (mac === undefined) {
      mac = groupMacOf(address);
      this.groupMacs.set(address, mac);
    }
    return mac;
  }

  private arriveClaim(claim: Omit<ReceivedClaim, 'interface'>): void {
    if (this.claims.arrive(claim, this.options.kernel.interface)) this.wake();
  }

  /** The raw sockets: each hears its protocol, to its groups and to the host itself. */
  private arrive(packet: Uint8Array): void {
    const addresses = addressesOf(packet);
    if (addresses === null) return;
    const { destination, protocol } = addresses;
    if (protocol === ipProtocols.icmpv6) {
      this.arriveClaim({ family: 'IPv6', packet, toAll: destination.startsWith('ff') });
      return;
    }
    const own = this.options.kernel.has(destination);
    if (own && this.side.arrive(packet)) this.wake();
    for (const channel of this.channels.values()) {
      const ofFamily = (channel.family === 'IPv6') === isIpv6(destination);
      if (!ofFamily || protocolNumbers[channel.protocol] !== protocol) continue;
      if (!own && !channel.groups.includes(destination)) continue;
      if (this.packets.length >= packetsKept) return;
      const { interface: name, family, protocol: carried } = channel;
      this.packets.push({ channel: { interface: name, family, protocol: carried }, packet });
      this.wake();
    }
  }
}

const protocolNumbers = {
  vrrp: ipProtocols.vrrp,
  'authentication-header': ipProtocols.authenticationHeader,
} as const;

function addressesOf(
  packet: Uint8Array,
): { readonly destination: IpAddress; readonly protocol: number } | null {
  const ipv4 = parseIpv4Header(packet);
  if (ipv4.ok) return ipv4.value;
  const ipv6 = parseIpv6Header(packet);
  if (!ipv6.ok) return null;
  return { destination: ipv6.value.destination, protocol: ipv6.value.nextHeader };
}

/** Where a group's packets go on Ethernet (RFC 1112 section 6.4, RFC 2464 section 7). */
function groupMacOf(address: IpAddress): MacAddress | null {
  const octets = new Uint8Array(ipv6Length);
  const length = writeIp(octets, 0, address);
  const [first = 0, second = 0] = octets;
  if (isIpv6(address)) {
    return first === 0xff
      ? (`33:33:${macText(octets.subarray(length - 4, length))}` as MacAddress)
      : null;
  }
  if (first >>> 4 !== 0xe) return null;
  const low = Uint8Array.of(second & 0x7f, ...octets.subarray(2, length));
  return `01:00:5e:${macText(low)}` as MacAddress;
}

function macText(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}

function noSuchDevice(call: string): KernelError {
  return { code: 'ENODEV', call };
}

function unsupported(call: string): KernelError {
  return { code: 'EOPNOTSUPP', call };
}
