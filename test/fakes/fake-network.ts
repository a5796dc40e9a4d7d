/**
 * The Network port as a record of its calls: nothing is sent anywhere, what is to
 * arrive is put in by the test, and what is to fail is named by it.
 */
import type { Instant } from '../../src/base/units.ts';
import type { InterfaceName, MacAddress } from '../../src/model/address.ts';
import type {
  AddressOutcome,
  AddressRequest,
  KernelError,
  Network,
  NetworkEvent,
  NetworkSink,
} from '../../src/ports/network.ts';
import { parseArp } from '../../src/wire/arp.ts';
import { ethernetHeaderLength } from '../../src/wire/ethernet.ts';
import { parsePacket } from '../../src/wire/vrrp-packet.ts';

interface SendFailure {
  readonly interface: InterfaceName;
  readonly error: KernelError;
}

export class FakeNetwork implements Network {
  /** Every call that changes something, in order: "packet eth0 51 priority 100", "flush". */
  readonly calls: string[] = [];
  /** Hardware addresses by interface; those that are not here do not exist. */
  readonly interfaces = new Map<string, MacAddress>();
  readonly events: NetworkEvent[] = [];
  readonly packets: { readonly interface: InterfaceName; readonly packet: Uint8Array }[] = [];
  /** How many packets one `receive` hands over. */
  packetsAtOnce = 64;
  startError: KernelError | null = null;
  joinError: KernelError | null = null;
  /** Addresses that can't be changed. */
  readonly refused = new Map<string, KernelError>();
  /** What the next flush reports. */
  failures: SendFailure[] = [];

  start(): KernelError | null {
    return this.startError;
  }

  join(name: InterfaceName): KernelError | null {
    this.calls.push(`join ${name}`);
    return this.joinError;
  }

  leave(name: InterfaceName): void {
    this.calls.push(`leave ${name}`);
  }

  macAddress(name: InterfaceName): MacAddress | null {
    return this.interfaces.get(name) ?? null;
  }

  queuePacket(name: InterfaceName, packet: Uint8Array): void {
    const parsed = parsePacket(packet);
    const text = parsed.ok
      ? `${parsed.value.advert.virtualRouterId} priority ${parsed.value.advert.priority}`
      : `unreadable: ${parsed.error.reason}`;
    this.calls.push(`packet ${name} ${text}`);
  }

  queueFrame(name: InterfaceName, frame: Uint8Array): void {
    const arp = parseArp(frame.subarray(ethernetHeaderLength));
    this.calls.push(`arp ${name} ${arp?.senderProtocol} is at ${arp?.senderHardware}`);
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

  watchProcess(service: string, processId: number): void {
    this.calls.push(`watch ${service} ${processId}`);
  }

  unwatchProcess(service: string): void {
    this.calls.push(`unwatch ${service}`);
  }

  receive(sink: NetworkSink): void {
    for (const event of this.events.splice(0)) sink.event(event);
    for (const received of this.packets.splice(0, this.packetsAtOnce)) sink.packet(received);
  }

  wait(deadline: Instant | null): void {
    this.calls.push(`wait ${deadline ?? 'for ever'}`);
  }

  stop(): void {
    this.calls.push('stop');
  }
}
