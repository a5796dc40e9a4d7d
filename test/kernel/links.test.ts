import { describe, expect } from 'vitest';
import type { InterfaceName } from '../../src/model/address.ts';
import type { LinkChanged } from '../../src/model/core-event.ts';
import { Capture } from './capture.ts';
import { connect } from './namespace.ts';
import type { Station } from './station.ts';
import { cableTest, channelOf, eth0, stationTest, virtualAddress } from './station.ts';
import { seconds } from '../../src/base/units.ts';
import { route } from '../scenario/specimens.ts';

/** An IPv4 packet of protocol 112 from 192.0.2.1 to 224.0.0.18, with nothing in it. */
const packet = Uint8Array.from(Buffer.from('45c0001400010000ff7018a5c0000201e0000012', 'hex'));

function linkEvents(station: Station): readonly LinkChanged[] {
  return station.events.flatMap((event) => (event.type === 'link-changed' ? [event] : []));
}

/** Each link event as "eth0 up", "eth0 down" or "eth0 gone". */
function linkLines(station: Station): readonly string[] {
  return linkEvents(station).map(
    (event) => `${event.interface} ${event.present ? (event.up ? 'up' : 'down') : 'gone'}`,
  );
}

function hearsFrom(near: Station, far: Station): boolean {
  near.network.queuePacket(channelOf(eth0), packet);
  if (near.network.flush().length > 0) return false;
  return far.receiveUntil(() => far.packets.length > 0, 1_000);
}

describe('at the start', () => {
  stationTest('every link and address that is there is told', (station) => {
    station.host.ip('link add eth0 address 02:00:00:00:00:05 type veth peer name eth1');
    station.host.ip('address add 192.0.2.1/24 dev eth0');
    station.host.ip('address add 192.0.2.2/24 dev eth0');
    expect(station.start()).toBeNull();
    station.receive();
    expect(linkLines(station).toSorted()).toEqual(['eth0 down', 'eth1 down', 'lo up']);
    expect(linkEvents(station)).toContainEqual({
      type: 'link-changed',
      interface: eth0,
      present: true,
      up: false,
      multicast: true,
      macAddress: '02:00:00:00:00:05',
    });
    const state = { tentative: false, own: false, renewedAt: null };
    const common = { type: 'address-appeared', interface: eth0, prefixLength: 24, ...state };
    expect(station.events).toContainEqual({ ...common, address: '192.0.2.1', secondary: false });
    expect(station.events).toContainEqual({ ...common, address: '192.0.2.2', secondary: true });
    expect(station.network.macAddress(eth0)).toBe('02:00:00:00:00:05');
  });
});

describe('a start', () => {
  stationTest('sends nothing and changes nothing', (station) => {
    const capture = new Capture(station.host);
    const before = station.host.ip('address show');
    station.start();
    expect(capture.frames()).toEqual([]);
    expect(station.host.ip('address show')).toBe(before);
    expect(station.network.flush()).toEqual([]);
    capture.close();
  });
});

describe('a link', () => {
  cableTest('is down when the other end is, and up with it', (near, far) => {
    far.host.ip('link set eth0 down');
    expect(near.receiveUntil(() => linkEvents(near).length > 0)).toBe(true);
    expect(linkLines(near)).toEqual(['eth0 down']);
    near.forget();
    far.host.ip('link set eth0 up');
    expect(near.receiveUntil(() => near.isUp())).toBe(true);
    expect(linkLines(near)).toEqual(['eth0 up']);
  });

  cableTest('is down at once when it is set down, with its addresses left on it', (near) => {
    near.host.ip('link set eth0 down');
    near.receive();
    expect(near.events).toEqual([
      expect.objectContaining({ type: 'link-changed', interface: eth0, present: true, up: false }),
    ]);
  });

  cableTest('stays joined while it is down', (near, far) => {
    near.join(eth0);
    far.join(eth0);
    far.host.ip('link set eth0 down');
    far.host.ip('link set eth0 up');
    expect(near.receiveUntil(() => near.isUp())).toBe(true);
    expect(hearsFrom(near, far)).toBe(true);
  });

  cableTest('tells of a new hardware address', (near) => {
    near.host.ip('link set eth0 address 02:00:00:00:00:07');
    near.receive();
    expect(linkEvents(near)).toMatchObject([{ macAddress: '02:00:00:00:00:07', up: true }]);
    expect(near.network.macAddress(eth0)).toBe('02:00:00:00:00:07');
  });

  cableTest('that is renamed is gone, and another is there', (near) => {
    near.host.ip('link set eth0 down');
    near.forget();
    near.host.ip('link set eth0 name lan0');
    near.receive();
    expect(near.events).toMatchObject([
      { type: 'link-changed', interface: 'eth0', present: false },
      { type: 'address-vanished', interface: 'eth0', address: '192.0.2.1' },
      { type: 'link-changed', interface: 'lan0', present: true },
      { type: 'address-appeared', interface: 'lan0', address: '192.0.2.1' },
    ]);
    expect(near.join(eth0)).toMatchObject({ code: 'ENODEV' });
    expect(near.join('lan0' as InterfaceName)).toBeNull();
  });

  cableTest('that is renamed gives back what it was given under its former name', (near) => {
    const given = virtualAddress('192.0.2.5');
    const way = route({ text: '198.51.100.0/24 dev eth0', gateway: null });
    near.network.changeAddresses([{ type: 'hold', id: 1, address: given, lifetime: seconds(600) }]);
    near.network.changeRouting([{ type: 'install-route', id: 2, route: way }]);
    expect(near.host.ip('-4 route')).toContain('198.51.100.0/24 dev eth0');
    near.host.ip('link set eth0 down');
    near.host.ip('link set eth0 name lan0');
    near.host.ip('link set lan0 up');
    near.host.ip('route replace 198.51.100.0/24 dev lan0 proto 112');
    near.receive();
    expect(
      near.network.changeRouting([{ type: 'withdraw-route', id: 3, route: way }]),
    ).toMatchObject([{ id: 3, error: null }]);
    expect(near.host.ip('-4 route')).not.toContain('198.51.100.0');
    expect(
      near.network.changeAddresses([{ type: 'release', id: 4, address: given }]),
    ).toMatchObject([{ id: 4, error: null }]);
    expect(near.host.ip('address show dev lan0')).not.toContain('192.0.2.5');
  });

  cableTest('that becomes a bridge port and stops being one is not gone', (near) => {
    near.host.ip('link add br0 type bridge');
    near.host.ip('link set eth0 master br0');
    near.host.ip('link set eth0 nomaster');
    near.receive();
    expect(linkLines(near)).not.toContain('eth0 gone');
  });

  cableTest('that is deleted and comes again must be joined again, and can be', (near, far) => {
    near.join(eth0);
    far.join(eth0);
    expect(hearsFrom(near, far)).toBe(true);
    near.network.changeAddresses([
      { type: 'hold', id: 1, address: virtualAddress('192.0.2.5'), lifetime: seconds(600) },
    ]);

    far.host.ip('link del eth0');
    for (const station of [near, far]) {
      station.forget();
      station.network.queuePacket(channelOf(eth0), packet);
      expect(station.network.flush()).toMatchObject([{ error: { code: 'ENODEV' } }]);
      expect(station.network.macAddress(eth0)).toBeNull();
    }
    connect(
      { host: near.host, name: eth0, address: '192.0.2.1/24' },
      { host: far.host, name: eth0, address: '192.0.2.2/24' },
    );
    for (const station of [near, far]) {
      expect(station.receiveUntil(() => station.isUp())).toBe(true);
      expect(station.join(eth0)).toBeNull();
    }
    expect(hearsFrom(near, far)).toBe(true);
  });

  cableTest('that was replaced unseen is told as gone and come, addresses and all', (near, far) => {
    near.join(eth0);
    near.network.changeAddresses([
      { type: 'hold', id: 1, address: virtualAddress('192.0.2.5'), lifetime: seconds(600) },
    ]);
    far.host.ip('link del eth0');
    near.host.ip('link add eth0 index 20 type veth peer name eth1 index 21');
    expect(near.join(eth0)).toBeNull();
    near.receive();
    expect(linkLines(near).slice(-3)).toEqual(['eth0 gone', 'eth1 down', 'eth0 down']);
    expect(near.events).toContainEqual({
      type: 'address-vanished',
      interface: eth0,
      address: '192.0.2.5',
      prefixLength: 32,
    });
  });
});
