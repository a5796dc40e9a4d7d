import { beforeEach, describe, expect, it } from 'vitest';
import { after, microseconds, milliseconds, seconds, type Duration } from '../base/units.ts';
import {
  vrrpGroupIpv4,
  type InterfaceName,
  type Ipv4Address,
  type MacAddress,
} from '../model/address.ts';
import type { JoinedChannel } from '../model/channel.ts';
import type { VirtualAddress } from '../model/config.ts';
import { virtualAddress } from '../model/defaults.ts';
import type { NetworkEvent } from '../ports/network.ts';
import { parseClaim } from '../wire/address-claim.ts';
import { emitArpProbe, emitGratuitousArp, gratuitousArpLength } from '../wire/arp.ts';
import { emitPacket, packetLength, parsePacket } from '../wire/vrrp-packet.ts';
import { streamOf } from './draw.ts';
import { Lan } from './lan.ts';
import { SimulatedKernel } from './simulated-kernel.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { VirtualClock } from './virtual-clock.ts';

const eth1 = 'eth1' as InterfaceName;
const eth9 = 'eth9' as InterfaceName;

const virtual = virtualAddress('192.0.2.5' as Ipv4Address, eth1);
const channel: JoinedChannel = {
  interface: eth1,
  family: 'IPv4',
  protocol: 'vrrp',
  groups: [vrrpGroupIpv4],
  receiveBufferOctets: null,
};

/** A kernel on the LAN and a process with its sockets. */
class TestHost {
  readonly network: SimulatedNetwork;
  readonly kernel: SimulatedKernel;
  woken = 0;
  events: NetworkEvent[] = [];
  priorities: number[] = [];
  /** Datagrams of the side channel, with their senders. */
  readonly heard: string[] = [];
  /** Who claims what. */
  readonly claims: string[] = [];

  constructor(clock: VirtualClock, lan: Lan, number: number) {
    this.kernel = new SimulatedKernel({
      hostName: `host-${String(number)}`,
      clock,
      lan,
      random: streamOf(number, 'kernel'),
      interface: eth1,
      macAddress: `02:00:00:00:00:0${String(number)}` as MacAddress,
      ownAddress: { address: `192.0.2.1${String(number)}` as Ipv4Address, prefixLength: 27 },
      trace: null,
    });
    this.network = new SimulatedNetwork({
      clock,
      kernel: this.kernel,
      drawLatency: () => microseconds(50),
      drawSession: () => '00000000000000aa',
      onWake: () => (this.woken += 1),
    });
  }

  receive(): readonly NetworkEvent[] {
    this.events = [];
    this.network.receive({
      packet: ({ packet }) => {
        const parsed = parsePacket(packet);
        this.priorities.push(parsed.ok ? parsed.value.advert.priority : -1);
      },
      event: (event) => this.events.push(event),
      sideDatagram: ({ source, octets }) => {
        this.heard.push(`${source} ${Buffer.from(octets).toString()}`);
      },
      claim: ({ packet, toAll }) => {
        const claim = parseClaim('IPv4', packet);
        if (claim.ok)
          this.claims.push(
            `${claim.value.address} at ${claim.value.macAddress}, ${toAll ? 'to all' : 'to us'}`,
          );
      },
    });
    return this.events;
  }

  advertise(priority: number): void {
    const advert = {
      version: 2,
      virtualRouterId: 1,
      priority,
      advertisementIntervalSeconds: 1,
      authentication: { type: 0, data: '0'.repeat(16) },
      addresses: ['192.0.2.5' as Ipv4Address],
    } as const;
    const packet = new Uint8Array(packetLength(advert));
    const source = '192.0.2.11' as Ipv4Address;
    emitPacket(packet, { source, destination: vrrpGroupIpv4, identification: 1, advert });
    this.network.queuePacket(channel, packet);
  }

  hold(lifetime: Duration): void {
    this.network.changeAddresses([{ type: 'hold', id: 1, address: virtual, lifetime }]);
  }
}

describe('SimulatedNetwork', () => {
  let clock: VirtualClock;
  let lan: Lan;
  let one: TestHost;
  let two: TestHost;

  beforeEach(() => {
    clock = new VirtualClock();
    const delay = { least: microseconds(30), most: microseconds(300) };
    lan = new Lan({ clock, random: streamOf(1, 'lan'), delay, trace: null });
    [one, two] = [new TestHost(clock, lan, 1), new TestHost(clock, lan, 2)];
  });

  const pass = (duration: Duration): Promise<void> => clock.runUntil(after(clock.now(), duration));

  function startBoth(): void {
    for (const { network } of [one, two]) {
      expect(network.start()).toBeNull();
      expect(network.join(channel)).toBeNull();
    }
    one.receive();
    two.receive();
  }

  it('tells at the start what is there', () => {
    one.network.start();
    const place = { interface: eth1 };
    const macAddress = '02:00:00:00:00:01';
    const own = { address: '192.0.2.11', prefixLength: 27 };
    const standing = { secondary: false, tentative: false, own: false, renewedAt: null };
    expect(one.receive()).toEqual([
      { type: 'link-changed', ...place, present: true, up: true, multicast: true, macAddress },
      { type: 'address-appeared', ...place, ...own, ...standing },
    ]);
  });

  it('tells of an address that another process sets, and whether it is a secondary one', () => {
    startBoth();
    const other = new SimulatedNetwork({
      clock,
      kernel: one.kernel,
      drawLatency: () => microseconds(50),
      drawSession: () => '00000000000000bb',
      onWake: () => undefined,
    });
    other.start();
    const hold = (address: VirtualAddress): void => {
      other.changeAddresses([{ type: 'hold', id: 1, address, lifetime: seconds(5) }]);
    };
    hold(virtual);
    hold({ ...virtual, prefixLength: 27 });
    expect(one.receive()).toMatchObject([
      { type: 'address-appeared', address: virtual.address, prefixLength: 32, secondary: false },
      { type: 'address-appeared', address: virtual.address, prefixLength: 27, secondary: true },
    ]);
  });

  it('takes adverts to all who have joined, and never back to their sender', async () => {
    startBoth();
    one.advertise(100);
    expect(one.network.flush()).toEqual([]);
    await pass(milliseconds(1));
    one.receive();
    two.receive();
    expect([one.priorities, two.priorities, two.woken]).toEqual([[], [100], 1]);
    two.network.leave(channel);
    one.advertise(101);
    one.network.flush();
    await pass(milliseconds(1));
    two.receive();
    expect(two.priorities).toEqual([100]);
  });

  it('keeps packets for a process that does not look, up to what a socket holds', async () => {
    startBoth();
    for (let count = 0; count < 300; count += 1) one.advertise(count % 256);
    one.network.flush();
    await pass(seconds(1));
    expect(two.woken).toBe(1);
    two.receive();
    expect(two.priorities).toHaveLength(64);
    two.network.wait(null);
    await pass(milliseconds(1));
    expect(two.woken).toBe(2);
    for (let round = 0; round < 5; round += 1) two.receive();
    expect(two.priorities).toHaveLength(256);
  });

  it('takes an address away when its lifetime is over, 20 to 250 ms late, whoever lives', async () => {
    startBoth();
    one.hold(seconds(2));
    one.network.stop();
    await pass(milliseconds(2_019));
    expect(one.kernel.has(virtual.address)).toBe(true);
    await pass(milliseconds(232));
    expect(one.kernel.has(virtual.address)).toBe(false);
  });

  it('keeps an address whose lifetime is renewed', async () => {
    startBoth();
    for (let second = 0; second < 10; second += 1) {
      one.hold(seconds(2));
      await pass(seconds(1));
      expect(one.kernel.has(virtual.address)).toBe(true);
    }
    expect(one.receive()).toEqual([]);
  });

  it('tells of the changes of others, and not of its own', async () => {
    startBoth();
    one.hold(seconds(2));
    expect(one.receive()).toEqual([]);
    one.kernel.release(virtual, null);
    const gone = { interface: eth1, address: virtual.address, prefixLength: 32 };
    expect(one.receive()).toEqual([{ type: 'address-vanished', ...gone }]);
    one.hold(seconds(2));
    await pass(seconds(3));
    expect(one.receive()).toEqual([{ type: 'address-vanished', ...gone }]);
    one.hold(seconds(2));
    const [released] = one.network.changeAddresses([{ type: 'release', id: 7, address: virtual }]);
    expect(released).toEqual({ id: 7, address: virtual, error: null });
    await pass(seconds(3));
    expect(one.receive()).toEqual([]);
  });

  it('sees its carrier come and go, and sends nothing without it', async () => {
    startBoth();
    lan.setCable('host-1', 'down');
    lan.setCable('host-1', 'up');
    lan.setCable('host-1', 'down');
    expect(one.receive().map((event) => 'up' in event && event.up)).toEqual([false, true, false]);
    one.advertise(1);
    expect(one.network.flush()).toEqual([]);
    await pass(milliseconds(1));
    two.receive();
    expect(two.priorities).toEqual([]);
  });

  it('fails on an interface that is not there, and on one that was not joined', () => {
    one.network.start();
    expect(one.network.join({ ...channel, interface: eth9 })).toMatchObject({ code: 'ENODEV' });
    expect(one.network.macAddress(eth9)).toBeNull();
    const elsewhere = { ...virtual, interface: eth9 };
    const request = { type: 'release', id: 1, address: elsewhere } as const;
    const [outcome] = one.network.changeAddresses([request]);
    expect(outcome?.error).toMatchObject({ code: 'ENODEV' });
    one.advertise(1);
    const frame = new Uint8Array(gratuitousArpLength);
    emitGratuitousArp(frame, 0, {
      address: '192.0.2.5' as Ipv4Address,
      hardware: one.kernel.macAddress,
    });
    one.network.queueFrame(eth9, frame);
    expect(one.network.flush().map((failed) => failed.interface)).toEqual([eth1, eth9]);
    expect(one.network.flush()).toEqual([]);
  });

  it('tells once of a watched process that ends, and at once of one that has ended', () => {
    startBoth();
    const { processes } = one.kernel;
    const [living, forgotten] = ['nginx', 'other'].map((name) =>
      processes.spawn({ name, group: null }),
    ) as [number, number];
    one.network.watchProcess('nginx', living);
    one.network.watchProcess('other', forgotten);
    one.network.unwatchProcess('other');
    expect(one.receive()).toEqual([]);
    processes.signal(forgotten, 'SIGKILL');
    processes.signal(living, 'SIGKILL');
    const exited = { type: 'process-exited', service: 'nginx', processId: living };
    expect(one.receive()).toEqual([exited]);
    one.network.watchProcess('nginx', living);
    expect(one.receive()).toEqual([exited]);
  });

  it('wakes at the deadline it was told, and at no former one', async () => {
    startBoth();
    one.network.wait(after(clock.now(), seconds(1)));
    one.network.wait(after(clock.now(), seconds(2)));
    await pass(milliseconds(1_999));
    expect(one.woken).toBe(0);
    await pass(milliseconds(2));
    expect(one.woken).toBe(1);
  });

  it('is deaf and asks for nothing once it is stopped', async () => {
    startBoth();
    one.network.wait(after(clock.now(), seconds(1)));
    one.network.stop();
    two.advertise(1);
    two.network.flush();
    await pass(seconds(2));
    expect([one.receive(), one.priorities, one.woken]).toEqual([[], [], 0]);
  });

  it('hears who has an address that it watches, by announcements and by answers', async () => {
    startBoth();
    const claimed = '192.0.2.12 at 02:00:00:00:00:02';
    const hardware = '02:00:00:00:00:01' as MacAddress;
    const address = '192.0.2.12' as Ipv4Address;
    const frame = new Uint8Array(gratuitousArpLength);
    emitArpProbe(frame, 0, { address, hardware });
    const ask = async (): Promise<readonly string[]> => {
      one.network.queueFrame(eth1, frame);
      one.network.flush();
      await pass(milliseconds(1));
      one.receive();
      return one.claims.splice(0);
    };
    expect(await ask(), 'nothing is watched').toEqual([]);
    one.network.watchAddresses([address]);
    const woken = one.woken;
    expect(await ask()).toEqual([`${claimed}, to us`]);
    expect(one.woken).toBe(woken + 1);
    const mac = '02:00:00:00:00:02' as MacAddress;
    emitGratuitousArp(frame, 0, { address, hardware: mac });
    two.network.queueFrame(eth1, frame);
    two.network.flush();
    await pass(milliseconds(1));
    one.receive();
    expect(one.claims.splice(0)).toEqual([`${claimed}, to all`]);
    one.network.watchAddresses([]);
    two.network.queueFrame(eth1, frame);
    two.network.flush();
    await pass(milliseconds(1));
    one.receive();
    expect(one.claims).toEqual([]);
  });

  it('carries datagrams of the side channel to the socket that is open there', async () => {
    startBoth();
    const place = (number: number) => {
      return { address: `192.0.2.1${String(number)}` as Ipv4Address, port: 8112 };
    };
    const say = (text: string, port = 8112): void => {
      one.network.queueSideDatagram({ ...place(2), port }, Buffer.from(text));
      one.network.flush();
    };
    expect(one.network.openSideChannel(place(1))).toEqual({ ok: true, value: '00000000000000aa' });
    say('nobody listens yet');
    await pass(milliseconds(10));
    two.network.openSideChannel(place(2));
    say('hello');
    say('another port', 8113);
    await pass(milliseconds(10));
    two.receive();
    expect(two.heard).toEqual(['192.0.2.11 hello']);
    one.network.closeSideChannel();
    say('closed');
    await pass(milliseconds(10));
    two.receive();
    expect(two.heard).toHaveLength(1);
  });
});
