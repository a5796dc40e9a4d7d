/**
 * The Network port as a record of its calls: nothing is sent anywhere, what is to
 * arrive is put in by the test, and what is to fail is named by it.
 */
import { failure, success, type Result } from '../../src/base/result.ts';
import type { Instant } from '../../src/base/units.ts';
import type { InterfaceName, IpAddress, MacAddress } from '../../src/model/address.ts';
import { channelKey, type AdvertChannel, type JoinedChannel } from '../../src/model/channel.ts';
import type { SideEndpoint, SideSession } from '../../src/model/side-channel.ts';
import type { GuardFrame } from '../../src/model/lease.ts';
import type { VirtualInterface } from '../../src/model/virtual-interface.ts';
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
  ReceivedClaim,
  ReceivedPacket,
  ReceivedSideDatagram,
  RoutingOutcome,
  RoutingRequest,
  SendFailure,
} from '../../src/ports/network.ts';
import { parseArp } from '../../src/wire/arp.ts';
import { ethernetHeaderLength } from '../../src/wire/ethernet.ts';
import { parseNeighbourAdvertisement } from '../../src/wire/neighbour-advertisement.ts';
import { parsePacket } from '../../src/wire/vrrp-packet.ts';

export class FakeNetwork implements Network {
  /** Every call that changes something, in order: "packet eth0 51 priority 100", "flush". */
  readonly calls: string[] = [];
  /** Hardware addresses by interface; those that are not here do not exist. */
  readonly interfaces = new Map<string, MacAddress>();
  readonly events: NetworkEvent[] = [];
  readonly packets: ReceivedPacket[] = [];
  readonly claims: ReceivedClaim[] = [];
  readonly sideDatagrams: ReceivedSideDatagram[] = [];
  /** What was queued for the side channel, by destination. */
  readonly sideSent: { readonly to: SideEndpoint; readonly octets: Uint8Array }[] = [];
  sideError: KernelError | null = null;
  /** How many packets one `receive` hands over. */
  packetsAtOnce = 64;
  startError: KernelError | null = null;
  joinError: KernelError | null = null;
  interfaceError: KernelError | null = null;
  firewallError: KernelError | null = null;
  guardError: KernelError | null = null;
  /** Leases that the kernel has no more. */
  readonly lapsed = new Set<number>();
  /** Addresses that can't be changed, and routes and rules by their text. */
  readonly refused = new Map<string, KernelError>();
  /** What the next flush reports. */
  failures: SendFailure[] = [];

  start(): KernelError | null {
    return this.startError;
  }

  join(channel: JoinedChannel): KernelError | null {
    this.calls.push(`join ${nameOf(channel)}`);
    return this.joinError;
  }

  leave(channel: AdvertChannel): void {
    this.calls.push(`leave ${nameOf(channel)}`);
  }

  macAddress(name: InterfaceName): MacAddress | null {
    return this.interfaces.get(name) ?? null;
  }

  queuePacket(channel: AdvertChannel, packet: Uint8Array): void {
    const parsed = parsePacket(packet);
    const text = parsed.ok
      ? `${parsed.value.advert.virtualRouterId} priority ${parsed.value.advert.priority}`
      : `unreadable: ${parsed.error.reason}`;
    this.calls.push(`packet ${nameOf(channel)} ${text}`);
  }

  watchAddresses(addresses: readonly IpAddress[]): KernelError | null {
    this.calls.push(`listen for ${addresses.join(', ')}`);
    return null;
  }

  queueFrame(name: InterfaceName, frame: Uint8Array): void {
    const payload = frame.subarray(ethernetHeaderLength);
    const arp = parseArp(payload);
    const neighbour = parseNeighbourAdvertisement(payload);
    this.calls.push(
      neighbour === null
        ? `arp ${name} ${arp?.senderProtocol} is at ${arp?.senderHardware}`
        : `neighbour ${name} ${neighbour.target} is at ${neighbour.hardware}`,
    );
  }

  openSideChannel({ address, port }: SideEndpoint): Result<SideSession, KernelError> {
    this.calls.push(`open side channel ${address} ${port}`);
    return this.sideError === null ? success('00000000000000aa') : failure(this.sideError);
  }

  closeSideChannel(): void {
    this.calls.push('close side channel');
  }

  queueSideDatagram(to: SideEndpoint, octets: Uint8Array): void {
    this.calls.push(`side datagram ${to.address} ${to.port}`);
    this.sideSent.push({ to, octets: Uint8Array.from(octets) });
  }

  flush(): readonly SendFailure[] {
    this.calls.push('flush');
    return this.failures.splice(0);
  }

  changeAddresses(requests: readonly AddressRequest[]): readonly AddressOutcome[] {
    const texts = requests.map((one) => `${one.type} ${one.address.address}`);
    this.calls.push(`change ${texts.join(', ')}`);
    return requests.map(({ id, address }) => {
      return { id, address, error: this.refused.get(address.address) ?? null };
    });
  }

  changeRouting(requests: readonly RoutingRequest[]): readonly RoutingOutcome[] {
    const lines = requests.map((one) => ({ ...one, text: textOf(one) }));
    this.calls.push(`route ${lines.map(({ type, text }) => `${type} ${text}`).join(', ')}`);
    return lines.map(({ id, text }) => ({ id, text, error: this.refused.get(text) ?? null }));
  }

  createInterface(virtual: VirtualInterface): KernelError | null {
    this.calls.push(`create ${virtual.name}`);
    return this.interfaceError;
  }

  deleteInterface(name: InterfaceName): KernelError | null {
    this.calls.push(`delete ${name}`);
    return this.interfaceError;
  }

  promoteSecondaries(name: InterfaceName): KernelError | null {
    this.calls.push(`promote secondaries ${name}`);
    return this.interfaceError;
  }

  suppressLocalReports(suppressed: boolean): KernelError | null {
    this.calls.push(`local reports ${suppressed ? 'suppressed' : 'sent'}`);
    return this.interfaceError;
  }

  setFirewall({ unaccepted, quietInterfaces }: FirewallContent): KernelError | null {
    const dropped = unaccepted.map(({ address }) => address);
    this.calls.push(`firewall ${[...dropped, ...quietInterfaces].join(', ')}`);
    return this.firewallError;
  }

  setGuard(frame: GuardFrame | null, held: readonly LeaseRemainder[]): KernelError | null {
    const leases = held
      .map(({ lease, remaining }) => ` ${String(lease.number)}${remaining === null ? ' over' : ''}`)
      .join('');
    this.calls.push(`guard ${frame?.interfaces.join(', ') ?? 'off'}${leases}`);
    return this.guardError;
  }

  changeLeases(changes: readonly LeaseChange[]): KernelError | null {
    const texts = changes.map((one) =>
      one.type === 'prepare'
        ? `prepare ${String(one.lease.number)}`
        : one.type === 'end'
          ? `end ${String(one.number)}`
          : `take ${String(one.lease.number)}${one.begunBy === null ? ' dead' : ''}`,
    );
    this.calls.push(`leases ${texts.join(', ')}`);
    return this.guardError;
  }

  lapsedLeases(numbers: readonly number[]): Result<readonly number[], KernelError> {
    this.calls.push(`confirm ${numbers.join(', ')}`);
    if (this.guardError !== null) return failure(this.guardError);
    return success(numbers.filter((number) => this.lapsed.has(number)));
  }

  countProcesses(trackers: readonly { readonly name: string }[]): KernelError | null {
    this.calls.push(`count ${trackers.map(({ name }) => name).join(', ')}`);
    return null;
  }

  watchProcess(service: string, processId: number): void {
    this.calls.push(`watch ${service} ${processId}`);
  }

  unwatchProcess(service: string): void {
    this.calls.push(`unwatch ${service}`);
  }

  receive(sink: NetworkSink): void {
    for (const event of this.events.splice(0)) sink.event(event);
    for (const received of this.packets.splice(0, this.packetsAtOnce)) sink.packet(received);
    for (const received of this.sideDatagrams.splice(0)) sink.sideDatagram(received);
    for (const received of this.claims.splice(0)) sink.claim(received);
  }

  wait(deadline: Instant | null): void {
    this.calls.push(`wait ${deadline ?? 'for ever'}`);
  }

  stop(): void {
    this.calls.push('stop');
  }
}

/** The interface alone where the channel is the usual one: multicast VRRP over IPv4. */
function nameOf(channel: AdvertChannel): string {
  const { interface: name, family, protocol } = channel;
  const usual = name !== null && family === 'IPv4' && protocol === 'vrrp';
  return usual ? name : channelKey(channel);
}

function textOf(request: RoutingRequest): string {
  return 'route' in request ? request.route.text : request.rule.text;
}
