import { describe, expect } from 'vitest';
import type { InterfaceName } from '../../src/model/address.ts';
import { Capture } from './capture.ts';
import { connect } from './namespace.ts';
import { cableTest, channelOf, eth0, stationTest } from './station.ts';

/** An advert of virtual router 51 from 192.0.2.1, IP header and all. */
const advert =
  '45c0002c00010000ff70188dc0000201e0000012213396020001c4b2c000020ac000020b0000000000000000';
/** A gratuitous ARP request for 192.0.2.5; its first 6 octets are where it goes. */
const announcement =
  'ffffffffffff00005e00013308060001080006040001' + '00005e000133c0000205000000000000c0000205';

const onEth0 = channelOf(eth0);
const noSuchInterface = 'eth9' as InterfaceName;

function octets(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

describe('adverts', () => {
  cableTest('reach the other end from the interface, with their TTL, by multicast', (near, far) => {
    const capture = new Capture(far.host);
    expect(near.join(eth0)).toBeNull();
    near.network.queuePacket(onEth0, octets(advert));
    expect(capture.frames()).toEqual([]);
    expect(near.network.flush()).toEqual([]);

    const source = near.network.macAddress(eth0)?.replaceAll(':', '');
    expect(capture.frames()).toEqual([`01005e000012${source}0800${advert}`]);
    capture.close();
  });

  cableTest('are received by who has joined, and not by their sender', (near, far) => {
    near.join(eth0);
    near.network.queuePacket(onEth0, octets(advert));
    near.network.flush();
    far.receive();
    expect(far.packets).toEqual([]);

    expect(far.join(eth0)).toBeNull();
    near.network.queuePacket(onEth0, octets(advert));
    near.network.flush();
    expect(far.receiveUntil(() => far.packets.length > 0)).toBe(true);
    expect(far.packets).toEqual([advert]);
    near.receive();
    expect(near.packets).toEqual([]);
  });

  cableTest('are received once where the interface was joined twice', (near, far) => {
    near.join(eth0);
    expect(far.join(eth0)).toBeNull();
    expect(far.join(eth0)).toBeNull();
    near.network.queuePacket(onEth0, octets(advert));
    near.network.flush();
    far.receive();
    expect(far.packets).toEqual([advert]);
  });

  cableTest('are told with the interface that they came on', (near, far) => {
    const eth1 = 'eth1' as InterfaceName;
    connect(
      { host: near.host, name: eth1, address: '198.51.100.1/24' },
      { host: far.host, name: eth1, address: '198.51.100.2/24' },
      20,
    );
    for (const station of [near, far]) {
      expect(station.receiveUntil(() => station.isUp(eth1))).toBe(true);
      expect(station.join(eth0)).toBeNull();
      expect(station.join(eth1)).toBeNull();
    }
    for (const name of [eth1, eth0, eth1]) {
      near.network.queuePacket(channelOf(name), octets(advert));
      expect(near.network.flush()).toEqual([]);
      expect(far.receiveUntil(() => far.packets.length > 0)).toBe(true);
      expect(far.packetInterfaces).toEqual([name]);
      far.forget();
    }
  });

  cableTest('are received no longer once the interface was left', (near, far) => {
    near.join(eth0);
    far.join(eth0);
    far.network.leave(onEth0);
    near.network.queuePacket(onEth0, octets(advert));
    near.network.flush();
    far.receive();
    expect(far.packets).toEqual([]);
    expect(far.join(eth0)).toBeNull();
  });

  cableTest('leave in any number, and arrive a bounded number at a time', (near, far) => {
    near.join(eth0);
    far.join(eth0);
    const count = 600;
    for (let sent = 0; sent < count; sent += 1) near.network.queuePacket(onEth0, octets(advert));
    expect(near.network.flush()).toEqual([]);
    far.receive();
    expect(far.packets.length).toBeGreaterThan(0);
    expect(far.packets.length).toBeLessThan(count);
    expect(far.receiveUntil(() => far.packets.length === count)).toBe(true);
    expect(new Set(far.packets)).toEqual(new Set([advert]));
  });

  cableTest('that the kernel refuses are told by interface, and hold up no other', (near, far) => {
    near.join(eth0);
    far.join(eth0);
    near.network.queuePacket(onEth0, octets(advert.slice(0, 30)));
    near.network.queuePacket(onEth0, octets(advert));
    near.network.queuePacket(channelOf(noSuchInterface), octets(advert));
    const failures = near.network.flush();
    expect(failures.map(({ interface: name, error }) => `${name} ${error.code}`).sort()).toEqual([
      'eth0 EINVAL',
      'eth9 ENODEV',
    ]);
    far.receive();
    expect(far.packets).toEqual([advert]);
    expect(near.network.flush()).toEqual([]);
  });

  cableTest('fail on an interface that is down', (near) => {
    near.join(eth0);
    near.host.ip('link set eth0 down');
    near.network.queuePacket(onEth0, octets(advert));
    near.network.queuePacket(onEth0, octets(advert));
    expect(near.network.flush()).toEqual([
      { interface: eth0, error: { code: 'ENETUNREACH', call: 'send' } },
    ]);
  });

  stationTest('can not be had of an interface that is not there', (station) => {
    station.start();
    expect(station.join(noSuchInterface)).toEqual({ code: 'ENODEV', call: 'join on eth9' });
    expect(station.network.macAddress(noSuchInterface)).toBeNull();
  });

  stationTest('can be had of an interface that has just come', (station) => {
    station.start();
    station.host.ip('link add eth0 type veth peer name eth1');
    expect(station.join(eth0)).toBeNull();
    expect(station.network.macAddress(eth0)).toMatch(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  });

  stationTest('can be had of more interfaces than a socket may have memberships', (station) => {
    station.start();
    for (let number = 0; number < 25; number += 1) {
      station.host.ip(`link add port${number} type veth peer name peer${number}`);
      expect(station.join(`port${number}` as InterfaceName)).toBeNull();
    }
  });
});

describe('frames', () => {
  cableTest('reach the other end as they are, after the packets', (near, far) => {
    const capture = new Capture(far.host);
    near.join(eth0);
    near.network.queueFrame(eth0, octets(announcement));
    near.network.queueFrame(eth0, octets(announcement));
    near.network.queuePacket(onEth0, octets(advert));
    expect(near.network.flush()).toEqual([]);
    const all = capture.frames();
    expect(all.map((frame) => frame.slice(24, 28))).toEqual(['0800', '0806', '0806']);
    expect(all.slice(1)).toEqual([announcement, announcement]);
    capture.close();
  });

  cableTest('carry neighbour advertisements too', (near, far) => {
    const capture = new Capture(far.host, ['86dd']);
    const frame =
      '33330000000100005e00023386dd' +
      '6000000000203afffe800000000000000000000000000005ff020000000000000000000000000001' +
      '8800000020000000fe800000000000000000000000000005020100005e000233';
    near.network.queueFrame(eth0, octets(frame));
    expect(near.network.flush()).toEqual([]);
    expect(capture.frames()).toEqual([frame]);
    capture.close();
  });

  cableTest('leave in any number, and still after the packets', (near, far) => {
    const capture = new Capture(far.host);
    near.join(eth0);
    near.network.queuePacket(onEth0, octets(advert));
    for (let sent = 0; sent < 600; sent += 1) near.network.queueFrame(eth0, octets(announcement));
    expect(near.network.flush()).toEqual([]);
    const all = capture.frames();
    expect(all[0]?.slice(24, 28)).toBe('0800');
    expect(all.filter((frame) => frame === announcement)).toHaveLength(600);
    capture.close();
  });

  cableTest('fail on an interface that is down, or not there', (near) => {
    near.host.ip('link set eth0 down');
    near.network.queueFrame(eth0, octets(announcement));
    near.network.queueFrame(noSuchInterface, octets(announcement));
    const failures = near.network.flush();
    expect(failures.map(({ interface: name, error }) => `${name} ${error.code}`).sort()).toEqual([
      'eth0 ENETDOWN',
      'eth9 ENODEV',
    ]);
  });
});
