/** Channels of both families, of both protocols, with an interface and without. */
import { describe, expect } from 'vitest';
import type { InterfaceName, IpAddress } from '../../src/model/address.ts';
import { vrrpGroupIpv4, vrrpGroupIpv6 } from '../../src/model/address.ts';
import type { AdvertChannel } from '../../src/model/channel.ts';
import { rehearse } from '../../src/linux/rehearsal.ts';
import { Capture } from './capture.ts';
import { connect, Host } from './namespace.ts';
import type { Station } from './station.ts';
import { cableTest, channelOf, eth0 } from './station.ts';

const overIpv4 = channelOf(eth0);
const overIpv6: AdvertChannel = { ...overIpv4, family: 'IPv6' };
const behindHeader: AdvertChannel = { ...overIpv4, protocol: 'authentication-header' };
const anywhere: AdvertChannel = { ...overIpv4, interface: null };
const anywhereIpv6: AdvertChannel = { ...overIpv6, interface: null };

const groupIpv6 = 'ff020000000000000000000000000012';
const otherGroup = '224.0.0.77' as IpAddress;
const virtualMac = '00:00:5e:00:01:33';
const linkLocal = { near: '1', far: '2' } as const;

/** An IPv4 packet of this protocol from 192.0.2.1 or another, as hexadecimal digits. */
function ipv4Packet(
  destination: string,
  payload: string,
  protocol = '70',
  source = 'c0000201',
): string {
  const octets = destination.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const length = (20 + payload.length / 2).toString(16).padStart(4, '0');
  const header = Buffer.from(
    `45c0${length}00010000ff${protocol}0000${source}${octets.join('')}`,
    'hex',
  );
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  header.writeUInt16BE(~sum & 0xffff, 10);
  return header.toString('hex') + payload;
}

/** An IPv6 packet of protocol 112 from fe80::1, traffic class 0xc0, hop limit 255. */
function ipv6Packet(destination: string, payload: string): string {
  const length = (payload.length / 2).toString(16).padStart(4, '0');
  return `6c000000${length}70fffe800000000000000000000000000001${destination}${payload}`;
}

/** Its checksum is wrong, which is for Baton's own parser to judge. */
const advert = '31336401' + '0064' + 'beef' + 'fe800000000000000000000000000005';

function send(station: Station, channel: AdvertChannel, packet: string): readonly string[] {
  station.network.queuePacket(channel, Uint8Array.from(Buffer.from(packet, 'hex')));
  return station.network.flush().map(({ interface: name, error }) => `${name} ${error.code}`);
}

function addLinkLocals(near: Station, far: Station): void {
  near.host.ip(`address add fe80::${linkLocal.near}/64 dev eth0 nodad`);
  far.host.ip(`address add fe80::${linkLocal.far}/64 dev eth0 nodad`);
}

function joinIpv6(station: Station): void {
  expect(station.joinChannel(overIpv6, { groups: [vrrpGroupIpv6] })).toBeNull();
}

/** These packets arrive, in this order, and no others. */
function hearsOnly(station: Station, packets: readonly string[]): void {
  expect(station.receiveUntil(() => station.packets.length >= packets.length)).toBe(true);
  station.receive();
  expect(station.packets).toEqual(packets);
  station.forget();
}

describe('adverts over IPv6', () => {
  cableTest('leave with their own header, and arrive with it put together again', (near, far) => {
    addLinkLocals(near, far);
    joinIpv6(near);
    joinIpv6(far);
    const capture = new Capture(far.host, ['86dd']);
    const packet = ipv6Packet(groupIpv6, advert);
    expect(send(near, overIpv6, packet)).toEqual([]);
    hearsOnly(far, [packet]);
    const source = near.network.macAddress(eth0)?.replaceAll(':', '');
    expect(capture.frames()).toContain(`333300000012${source}86dd${packet}`);
    capture.close();
    near.receive();
    expect(near.packets).toEqual([]);
  });

  cableTest('reach a peer at its link-local address', (near, far) => {
    addLinkLocals(near, far);
    joinIpv6(near);
    expect(far.joinChannel(overIpv6, { groups: [] })).toBeNull();
    const packet = ipv6Packet('fe800000000000000000000000000002', advert);
    expect(send(near, overIpv6, packet)).toEqual([]);
    hearsOnly(far, [packet]);
  });

  cableTest('are as long as 255 addresses make them, in fragments if need be', (near, far) => {
    addLinkLocals(near, far);
    for (const { host } of [near, far]) host.ip('link set eth0 mtu 9000');
    joinIpv6(near);
    joinIpv6(far);
    const longest = ipv6Packet(groupIpv6, advert.slice(0, 16) + 'fe'.repeat(255 * 16));
    expect(send(near, overIpv6, longest)).toEqual([]);
    hearsOnly(far, [longest]);
  });
});

describe('a channel', () => {
  cableTest('hears its own groups and no others, whoever has joined them', (near, far) => {
    expect(near.join(eth0)).toBeNull();
    far.host.ip('route add default dev eth0');
    const toUsual = ipv4Packet(vrrpGroupIpv4, '01');
    const toOther = ipv4Packet(otherGroup, '02');
    const toPeer = ipv4Packet('192.0.2.2', '03');
    const sendAll = (): void => {
      for (const packet of [toUsual, toOther, toPeer]) send(near, overIpv4, packet);
    };
    // Another channel's memberships are not this one's.
    expect(far.joinChannel(behindHeader, { groups: [vrrpGroupIpv4, otherGroup] })).toBeNull();
    expect(far.joinChannel(overIpv4, { groups: [] })).toBeNull();
    sendAll();
    hearsOnly(far, [toPeer]);
    expect(far.joinChannel(overIpv4, { groups: [vrrpGroupIpv4] })).toBeNull();
    sendAll();
    hearsOnly(far, [toUsual, toPeer]);
    expect(far.joinChannel(overIpv4, { groups: [otherGroup] })).toBeNull();
    sendAll();
    hearsOnly(far, [toOther, toPeer]);
    expect(far.joinChannel(overIpv4, { groups: [vrrpGroupIpv4, otherGroup] })).toBeNull();
    sendAll();
    hearsOnly(far, [toUsual, toOther, toPeer]);
  });

  cableTest('of IPv6 leaves a group that it is told no more', (near, far) => {
    addLinkLocals(near, far);
    joinIpv6(near);
    joinIpv6(far);
    expect(far.joinChannel(overIpv6, { groups: [] })).toBeNull();
    expect(far.host.ip('-6 maddress show dev eth0')).not.toContain('ff02::12');
    send(near, overIpv6, ipv6Packet(groupIpv6, '01'));
    const packet = ipv6Packet('fe800000000000000000000000000002', '02');
    send(near, overIpv6, packet);
    hearsOnly(far, [packet]);
  });

  cableTest('of the Authentication Header hears protocol 51 and nothing else', (near, far) => {
    near.join(eth0);
    near.joinChannel(behindHeader);
    far.join(eth0);
    far.joinChannel(behindHeader);
    const bare = ipv4Packet(vrrpGroupIpv4, '01');
    const headed = ipv4Packet(vrrpGroupIpv4, '70040000', '33');
    const channels: AdvertChannel[] = [];
    send(near, behindHeader, headed);
    send(near, overIpv4, bare);
    hearsOnlyOn(far, channels, [headed, bare]);
    expect(channels.map(({ protocol }) => protocol)).toEqual(['authentication-header', 'vrrp']);
  });

  cableTest('holds as many packets as the buffer that it is told takes', (near, far) => {
    near.join(eth0);
    const sent = 400;
    const held = (receiveBufferOctets: number | null): number => {
      expect(far.joinChannel(overIpv4, { receiveBufferOctets })).toBeNull();
      for (let count = 0; count < sent; count += 1) {
        send(near, overIpv4, ipv4Packet(vrrpGroupIpv4, '01'));
      }
      let taken = -1;
      while (far.packets.length > taken) {
        taken = far.packets.length;
        far.receiveUntil(() => far.packets.length > taken, 100);
      }
      const { length } = far.packets;
      far.forget();
      return length;
    };
    expect(held(null)).toBe(sent);
    const few = held(10_000);
    expect(few).toBeLessThan(sent / 4);
    expect(held(40_000)).toBeGreaterThan(few);
    expect(held(null)).toBe(sent);
  });
});

describe('a channel without an interface', () => {
  cableTest('sends where the routes lead, and hears what is meant for this host', (near, far) => {
    near.joinChannel(anywhere);
    far.joinChannel(anywhere);
    far.joinChannel(behindHeader, { groups: [vrrpGroupIpv4] });
    near.join(eth0);
    // A group that another socket of this host has joined is none of its own.
    send(near, overIpv4, ipv4Packet(vrrpGroupIpv4, '01'));
    const packet = ipv4Packet('192.0.2.2', '02');
    expect(send(near, anywhere, packet)).toEqual([]);
    hearsOnly(far, [packet]);
    expect(send(near, anywhere, ipv4Packet('203.0.113.1', '03'))).toEqual(['null ENETUNREACH']);
  });

  cableTest('hears once what another channel hears too', (near, far) => {
    near.join(eth0);
    far.joinChannel(anywhere);
    far.join(eth0);
    const packet = ipv4Packet('192.0.2.2', '02');
    send(near, overIpv4, packet);
    expect(far.receiveUntil(() => far.packets.length === 2)).toBe(true);
    far.receive();
    expect(far.packetInterfaces.toSorted()).toEqual([eth0, null]);
  });

  cableTest('goes both ways over IPv6 too, and outlives every interface', (near, far) => {
    near.host.ip('address add 2001:db8::1/64 dev eth0 nodad');
    far.host.ip('address add 2001:db8::2/64 dev eth0 nodad');
    near.joinChannel(anywhereIpv6);
    far.joinChannel(anywhereIpv6);
    const packet = `6c0000000001 70ff 20010db8000000000000000000000001
      20010db8000000000000000000000002 01`.replaceAll(/\s/g, '');
    expect(send(near, anywhereIpv6, packet)).toEqual([]);
    hearsOnly(far, [packet]);
    far.host.ip('link del eth0');
    near.receive();
    expect(near.network.channels).toEqual([anywhereIpv6]);
  });
});

describe('a peer that can not be reached', () => {
  cableTest('keeps no packet from the others, whatever comes back', (near, far) => {
    const third = new Host();
    connect(
      { host: near.host, name: 'eth1', address: '198.51.100.1/24' },
      { host: third, name: 'eth1', address: '198.51.100.2/24' },
      20,
    );
    expect(near.receiveUntil(() => near.isUp('eth1'))).toBe(true);
    third.ip('route add 192.0.2.0/24 via 198.51.100.1');
    near.joinChannel(anywhere);
    far.joinChannel(anywhere);
    const capture = new Capture(near.host);
    const isRefusal = (frame: string): boolean => /^.{24}0800.{18}01.{20}0302/.test(frame);
    const refused = ipv4Packet('198.51.100.2', '01');
    const silent = ipv4Packet('192.0.2.77', '02');
    const good = ipv4Packet('192.0.2.2', '03');
    let refusals = 0;
    for (let round = 0; round < 3; round += 1) {
      for (const packet of [refused, silent, good]) {
        expect(send(near, anywhere, packet)).toEqual([]);
      }
      refusals += capture.frames().filter(isRefusal).length;
    }
    hearsOnly(far, [good, good, good]);
    // The third host's kernel has no use for protocol 112, and says so.
    expect(refusals + capture.frames().filter(isRefusal).length).toBeGreaterThan(0);
    capture.close();
    third.close();
  });
});

describe('a rehearsal', () => {
  cableTest('sends nothing and changes nothing, whatever the channel', (near, far) => {
    addLinkLocals(near, far);
    const capture = new Capture(far.host, ['0800', '0806', '86dd']);
    near.joinChannel(overIpv4);
    near.joinChannel(behindHeader);
    near.joinChannel(anywhere);
    near.joinChannel(anywhereIpv6, { groups: [] });
    near.joinChannel(overIpv6, { groups: [] });
    expect(near.receiveUntil(() => near.events.length > 0)).toBe(true);
    near.forget();
    capture.frames();
    const before = near.host.ip('address show');
    const loopback = new Capture(near.host, ['0800', '0806', '86dd']);
    for (const channel of near.network.channels) rehearse(near.network, channel, 3);
    expect(near.network.channels).toHaveLength(5);
    // Of the groups joined before both kernels may still be telling the routers, and ask for them.
    const ofBaton = (frames: readonly string[]): readonly string[] =>
      frames.filter((frame) => !isOfKernel(frame));
    expect(ofBaton(loopback.frames())).toEqual([]);
    expect(ofBaton(capture.frames())).toEqual([]);
    expect(near.host.ip('address show')).toBe(before);
    expect(near.network.flush()).toEqual([]);
    near.receive();
    expect(near.events).toEqual([]);
    capture.close();
    loopback.close();
  });
});

describe('a macvlan', () => {
  cableTest('has its own hardware address, and its adverts leave with it', (near, far) => {
    const virtual = 'vrrp.51' as InterfaceName;
    const capture = new Capture(far.host);
    near.host.ip(
      `link add link eth0 name ${virtual} address ${virtualMac} type macvlan mode private`,
    );
    near.host.ip(`link set ${virtual} up`);
    expect(near.receiveUntil(() => near.isUp(virtual))).toBe(true);
    expect(near.network.macAddress(virtual)).toBe(virtualMac);
    expect(near.join(virtual)).toBeNull();
    expect(far.join(eth0)).toBeNull();
    capture.frames();
    const packet = ipv4Packet(vrrpGroupIpv4, '01');
    expect(send(near, channelOf(virtual), packet)).toEqual([]);
    hearsOnly(far, [packet]);
    const source = virtualMac.replaceAll(':', '');
    expect(capture.frames()).toContain(`01005e000012${source}0800${packet}`);
    capture.close();
    // What the other end sends to the group is heard on it.
    const answer = ipv4Packet(vrrpGroupIpv4, '02', '70', 'c0000202');
    expect(send(far, overIpv4, answer)).toEqual([]);
    hearsOnly(near, [answer]);
  });
});

describe('channels of an interface', () => {
  cableTest('close with it, all of them, and of no other', (near, far) => {
    near.host.ip('link add eth1 type veth peer name eth2');
    const eth1 = 'eth1' as InterfaceName;
    for (const channel of [overIpv4, overIpv6, behindHeader, channelOf(eth1)]) {
      expect(near.joinChannel(channel, { groups: [] })).toBeNull();
    }
    far.host.ip('link del eth0');
    near.receive();
    expect(near.network.channels).toEqual([channelOf(eth1)]);
  });
});

/**
 * IGMP (RFC 3376), an ICMPv6 message of type 143 behind a hop-by-hop option (RFC 3810), or a
 * solicitation of routers (RFC 4861).
 */
function isOfKernel(frame: string): boolean {
  return /^.{24}(?:0800.{18}02|86dd.{12}00.{82}8f|86dd.{12}3a.{66}85)/.test(frame);
}

function hearsOnlyOn(
  station: Station,
  channels: AdvertChannel[],
  packets: readonly string[],
): void {
  const heard: string[] = [];
  const sink = {
    event: () => undefined,
    sideDatagram: () => undefined,
    claim: () => undefined,
    packet: (received: { channel: AdvertChannel; packet: Uint8Array }) => {
      channels.push(received.channel);
      heard.push(Buffer.from(received.packet).toString('hex'));
    },
  };
  for (let round = 0; round < 4; round += 1) station.network.receive(sink);
  expect(heard.toSorted()).toEqual(packets.toSorted());
  channels.sort((left, right) => left.protocol.localeCompare(right.protocol));
}
