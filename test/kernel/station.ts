/** A host with a Network on it, and what that Network has told. */
import { it } from 'vitest';
import { instant } from '../../src/base/units.ts';
import type { InterfaceName, IpAddress } from '../../src/model/address.ts';
import { vrrpGroupIpv4 } from '../../src/model/address.ts';
import type { AdvertChannel, JoinedChannel } from '../../src/model/channel.ts';
import type { VirtualAddress } from '../../src/model/config.ts';
import * as defaults from '../../src/model/defaults.ts';
import type {
  KernelError,
  NetworkEvent,
  NetworkSink,
  ReceivedClaim,
  ReceivedPacket,
  ReceivedSideDatagram,
} from '../../src/ports/network.ts';
import type { LinuxNetworkOptions } from '../../src/linux/linux-network.ts';
import { LinuxNetwork } from '../../src/linux/linux-network.ts';
import { MonotonicClock } from '../../src/linux/monotonic-clock.ts';
import { parseClaim } from '../../src/wire/address-claim.ts';
import { connect, Host, whyNot } from './namespace.ts';

export const eth0 = 'eth0' as InterfaceName;
export const clock = new MonotonicClock();

/** Where the adverts of IPv4 come and go on this interface. */
export function channelOf(name: InterfaceName): AdvertChannel {
  return { interface: name, family: 'IPv4', protocol: 'vrrp' };
}

export class Station implements NetworkSink {
  readonly host = new Host();
  readonly network: LinuxNetwork;
  readonly events: NetworkEvent[] = [];
  /** The packets received, as hexadecimal digits, and the interface of each one's channel. */
  readonly packets: string[] = [];
  /** Datagrams of the side channel: their sender, and their octets in hexadecimal. */
  readonly sideDatagrams: string[] = [];
  /** Who says that it has an address: "192.0.2.5 at 02:00:00:00:00:0a on eth0, to all". */
  readonly claims: string[] = [];
  readonly packetInterfaces: (InterfaceName | null)[] = [];

  constructor(options: Omit<LinuxNetworkOptions, 'clock'> = {}) {
    this.network = new LinuxNetwork({ clock, ...options });
  }

  start(): KernelError | null {
    return this.host.run(() => this.network.start());
  }

  /** Joins the usual group of IPv4 on this interface. */
  join(name: InterfaceName): KernelError | null {
    return this.joinChannel(channelOf(name));
  }

  joinChannel(channel: AdvertChannel, more: Partial<JoinedChannel> = {}): KernelError | null {
    const groups = channel.interface === null ? [] : [vrrpGroupIpv4];
    return this.host.run(() =>
      this.network.join({ ...channel, groups, receiveBufferOctets: null, ...more }),
    );
  }

  /** Takes in, without waiting, what the network has to tell now. */
  receive(): void {
    this.network.receive(this);
  }

  /** Waits and receives until this holds; false when `limitMs` went by and it still does not. */
  receiveUntil(condition: () => boolean, limitMs = 5_000): boolean {
    const deadline = instant(clock.now() + limitMs * 1_000);
    this.receive();
    while (!condition()) {
      if (clock.now() >= deadline) return false;
      this.network.wait(deadline);
      this.receive();
    }
    return true;
  }

  /** Forgets what was told so far, and what the network would tell now. */
  forget(): void {
    this.receive();
    this.events.length = 0;
    this.packets.length = 0;
    this.packetInterfaces.length = 0;
  }

  event(event: NetworkEvent): void {
    this.events.push(event);
  }

  sideDatagram({ source, octets }: ReceivedSideDatagram): void {
    this.sideDatagrams.push(`${source} ${Buffer.from(octets).toString('hex')}`);
  }

  claim({ interface: name, family, packet, toAll }: ReceivedClaim): void {
    const claim = parseClaim(family, packet);
    const said = claim.ok ? `${claim.value.address} at ${claim.value.macAddress}` : claim.error;
    this.claims.push(`${said} on ${name}, ${toAll ? 'to all' : 'to us'}`);
  }

  packet({ channel, packet }: ReceivedPacket): void {
    this.packets.push(Buffer.from(packet).toString('hex'));
    this.packetInterfaces.push(channel.interface);
  }

  /** Whether the last thing told of this interface is that it is up. */
  isUp(name: string = eth0): boolean {
    const last = this.events.findLast(
      (event) => event.type === 'link-changed' && event.interface === name,
    );
    return last?.type === 'link-changed' && last.up;
  }

  close(): void {
    this.network.stop();
    this.host.close();
  }
}

export interface StationTestOptions extends Omit<LinuxNetworkOptions, 'clock'> {
  /** Why the test can't be had, beyond what every test on a host needs; null: it can. */
  readonly obstacle?: string | null;
}

/** A test on one new host, its network not yet started. */
export function stationTest(
  name: string,
  body: (station: Station) => void | Promise<void>,
  options: StationTestOptions = {},
): void {
  it(name, async (context) => {
    const { obstacle: hindrance = null, ...networkOptions } = options;
    const obstacle = whyNot ?? hindrance;
    context.skip(obstacle !== null, obstacle ?? '');
    const station = new Station(networkOptions);
    try {
      await body(station);
    } finally {
      station.close();
    }
  });
}

/**
 * A test on two new hosts with a cable between their eth0; the addresses are
 * 192.0.2.1/24 and 192.0.2.2/24. Both networks are started, both links are up.
 */
export function cableTest(
  name: string,
  body: (near: Station, far: Station) => void | Promise<void>,
  options: StationTestOptions = {},
): void {
  stationTest(
    name,
    async (near) => {
      const far = new Station();
      try {
        connect(
          { host: near.host, name: eth0, address: '192.0.2.1/24' },
          { host: far.host, name: eth0, address: '192.0.2.2/24' },
        );
        for (const station of [near, far]) {
          const error = station.start();
          if (error !== null) throw new Error(`${error.call}: ${error.code}`);
          if (!station.receiveUntil(() => station.isUp())) throw new Error('no link');
          station.forget();
        }
        await body(near, far);
      } finally {
        far.close();
      }
    },
    options,
  );
}

/** A virtual address on eth0, as the configuration makes it of "192.0.2.5/32". */
export function virtualAddress(text: string, more: Partial<VirtualAddress> = {}): VirtualAddress {
  const [address = '', prefixLength = null] = text.split('/');
  const length = prefixLength === null ? null : Number(prefixLength);
  return { ...defaults.virtualAddress(address as IpAddress, eth0, length), ...more };
}
