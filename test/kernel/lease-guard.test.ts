/**
 * The lease guard, as packets meet it: a host answers for an address while its adverts leave, for
 * the length of the lease after the last one, and then no more, whatever its processes do.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { milliseconds, type Duration } from '../../src/base/units.ts';
import { vrrpGroupIpv4, vrrpGroupIpv6 } from '../../src/model/address.ts';
import type { Ipv4Address, Ipv6Address, MacAddress } from '../../src/model/address.ts';
import type { Advert } from '../../src/model/advert.ts';
import type { Lease } from '../../src/model/lease.ts';
import type { LeaseChange } from '../../src/ports/network.ts';
import { emitGratuitousArp, gratuitousArpLength } from '../../src/wire/arp.ts';
import { emitPacket, type DepartingAdvert } from '../../src/wire/vrrp-packet.ts';
import type { Station } from './station.ts';
import { cableTest, channelOf, eth0, stationTest, virtualAddress } from './station.ts';

const nearAddress = '192.0.2.1' as Ipv4Address;
const farAddress = '192.0.2.2' as Ipv4Address;
const address4 = '192.0.2.10';
const address6 = '2001:db8::10';
const virtualRouterId = 51;
const duration = milliseconds(500);
/** Long enough for whatever still lives to be over, a tick of the kernel included. */
const leaseIsOver = milliseconds(520);

const advert2: Advert = {
  version: 2,
  virtualRouterId,
  priority: 100,
  advertisementIntervalSeconds: 1,
  authentication: { type: 0, data: '0'.repeat(16) },
  addresses: [address4 as Ipv4Address],
};

/** An instance, the advert that it sends, and the address that it is about. */
interface Row {
  readonly name: string;
  readonly lease: Lease;
  readonly departing: DepartingAdvert;
  readonly address: string;
}

function leaseOf(number: number, adverts: Partial<Lease['adverts']>, address = address4): Lease {
  return {
    number,
    duration,
    adverts: {
      channel: channelOf(eth0),
      destinations: [vrrpGroupIpv4],
      virtualRouterId,
      ...adverts,
    },
    addresses: [virtualAddress(address === address4 ? `${address}/24` : `${address}/64`)],
  };
}

const common = { source: nearAddress, destination: vrrpGroupIpv4, identification: 1 } as const;
const multicast: Row = {
  name: 'multicast',
  lease: leaseOf(1, {}),
  departing: { ...common, advert: advert2 },
  address: address4,
};
const rows: readonly Row[] = [
  multicast,
  {
    name: 'unicast',
    lease: leaseOf(1, { destinations: [farAddress] }),
    departing: { ...common, destination: farAddress, advert: advert2 },
    address: address4,
  },
  {
    name: 'unicast without an interface',
    lease: leaseOf(1, {
      channel: { ...channelOf(eth0), interface: null },
      destinations: [farAddress],
    }),
    departing: { ...common, destination: farAddress, advert: advert2 },
    address: address4,
  },
  {
    name: 'Authentication Header',
    lease: leaseOf(1, { channel: { ...channelOf(eth0), protocol: 'authentication-header' } }),
    departing: {
      ...common,
      advert: { ...advert2, authentication: { type: 2, data: '0'.repeat(16) } },
      authenticationHeader: {
        securityParametersIndex: nearAddress,
        sequenceNumber: 1,
        key: '3132333435363738',
      },
    },
    address: address4,
  },
  {
    name: 'IPv6',
    lease: leaseOf(
      1,
      { channel: { ...channelOf(eth0), family: 'IPv6' }, destinations: [vrrpGroupIpv6] },
      address6,
    ),
    departing: {
      ...common,
      source: 'fe80::1' as Ipv6Address,
      destination: vrrpGroupIpv6,
      advert: {
        version: 3,
        virtualRouterId,
        priority: 100,
        advertisementIntervalCentiseconds: 100,
        checksum: 'pseudo-header',
        addresses: [address6 as Ipv6Address],
      },
    },
    address: address6,
  },
];

function guard(station: Station): void {
  const error = station.host.run(() => station.network.setGuard({ interfaces: [eth0] }, []));
  expect(error).toBeNull();
}

function change(station: Station, ...changes: readonly LeaseChange[]): void {
  expect(station.host.run(() => station.network.changeLeases(changes))).toBeNull();
}

/** Sends the advert of the row as Baton would; the errors of it. */
function advertise(
  near: Station,
  row: Row,
  more: Partial<DepartingAdvert> = {},
): readonly unknown[] {
  const packet = new Uint8Array(300);
  const length = emitPacket(packet, { ...row.departing, ...more });
  near.network.queuePacket(row.lease.adverts.channel, packet.subarray(0, length));
  return near.network.flush();
}

/** Whether a host that knows nothing of the address yet gets an answer from it. */
function reaches(far: Station, address: string): boolean {
  return far.host.run(() => {
    execFileSync('ip', ['neighbour', 'flush', 'dev', 'eth0']);
    return spawnSync('ping', ['-c', '1', '-W', '0.2', address]).status === 0;
  });
}

/** The same of a host that has its MAC address: no ARP or solicitation has to get through. */
function reachesKnown(near: Station, far: Station, address: string): boolean {
  const mac = near.network.macAddress(eth0) ?? '';
  return far.host.run(() => {
    const words = [
      'neighbour',
      'replace',
      address,
      'lladdr',
      mac,
      'dev',
      'eth0',
      'nud',
      'permanent',
    ];
    execFileSync('ip', words);
    const reached = spawnSync('ping', ['-c', '1', '-W', '0.2', address]).status === 0;
    execFileSync('ip', ['neighbour', 'delete', address, 'dev', 'eth0']);
    return reached;
  });
}

function wait(time: Duration): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time / 1_000);
}

function prepare(near: Station, far: Station, row: Row): void {
  for (const [station, own] of [
    [near, '2001:db8::1/64'],
    [far, '2001:db8::2/64'],
  ] as const) {
    station.host.ip(`address add ${own} dev eth0 nodad`);
  }
  near.host.ip('address add fe80::1/64 dev eth0 nodad');
  const long = row.address === address4 ? `${address4}/24` : `${address6}/64`;
  near.host.ip(`address add ${long} dev eth0${row.address === address4 ? '' : ' nodad'}`);
  expect(near.joinChannel(row.lease.adverts.channel, { groups: [] })).toBeNull();
}

describe('the lease', () => {
  for (const row of rows) {
    cableTest(`is renewed by each advert, and by nothing else: ${row.name}`, (near, far) => {
      prepare(near, far, row);
      guard(near);
      expect(reaches(far, row.address)).toBe(true);
      change(near, { type: 'take', lease: row.lease, alive: true });
      for (let count = 0; count < 4; count += 1) {
        wait(milliseconds(150));
        expect(advertise(near, row)).toEqual([]);
      }
      // Half an interval more than the lease since it was taken.
      expect(reaches(far, row.address)).toBe(true);
      advertise(near, row, { advert: { ...row.departing.advert, virtualRouterId: 52 } });
      wait(leaseIsOver);
      expect(near.network.lapsedLeases([1])).toEqual({ ok: true, value: [1] });
      expect(reaches(far, row.address)).toBe(false);
      expect(reachesKnown(near, far, row.address)).toBe(false);
      expect(reaches(far, farOwn(row))).toBe(true);
      // A late advert can't bring it back: it does not even leave.
      far.forget();
      advertise(near, row);
      expect(near.network.lapsedLeases([1])).toEqual({ ok: true, value: [1] });
      expect(reaches(far, row.address)).toBe(false);
      change(near, { type: 'end', number: 1 });
      expect(reaches(far, row.address)).toBe(true);
    });
  }

  cableTest('is over without adverts from the outset, where none has left', (near, far) => {
    prepare(near, far, multicast);
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, alive: false });
    expect(reaches(far, address4)).toBe(false);
    advertise(near, multicast);
    expect(reaches(far, address4)).toBe(false);
  });

  cableTest('is all but over with a resignation, which leaves while it lives', (near, far) => {
    prepare(near, far, multicast);
    expect(far.join(eth0)).toBeNull();
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, alive: true });
    const resign = { advert: { ...advert2, priority: 0 } };
    far.forget();
    // To each of several peers, say.
    advertise(near, multicast, resign);
    advertise(near, multicast, resign);
    expect(far.receiveUntil(() => far.packets.length >= 2)).toBe(true);
    // Two ticks of the slowest of kernels.
    wait(milliseconds(25));
    expect(near.network.lapsedLeases([1])).toEqual({ ok: true, value: [1] });
    expect(reaches(far, address4)).toBe(false);
    far.forget();
    advertise(near, multicast, resign);
    wait(milliseconds(20));
    far.receive();
    expect(far.packets).toEqual([]);
  });

  cableTest('lets nothing out that speaks for the address once it is over', (near, far) => {
    prepare(near, far, multicast);
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, alive: true });
    const arp = new Uint8Array(gratuitousArpLength);
    const hardware = '02:00:00:00:00:99' as MacAddress;
    const announce = (): string => {
      far.host.ip('neighbour flush dev eth0');
      far.host.ip(`neighbour replace ${address4} lladdr 02:00:00:00:00:01 dev eth0 nud stale`);
      emitGratuitousArp(arp, 0, { address: address4 as Ipv4Address, hardware });
      near.network.queueFrame(eth0, arp);
      near.network.flush();
      wait(milliseconds(20));
      return far.host.ip(`neighbour show ${address4}`);
    };
    const sends = (): boolean =>
      near.host.run(
        () => spawnSync('ping', ['-c', '1', '-W', '0.2', '-I', address4, farAddress]).status === 0,
      );
    expect(announce()).toContain(hardware);
    far.host.ip(`neighbour flush dev eth0`);
    expect(sends()).toBe(true);
    wait(leaseIsOver);
    expect(announce()).not.toContain(hardware);
    expect(sends()).toBe(false);
  });

  cableTest('goes from one to another without a packet lost', (near, far) => {
    prepare(near, far, multicast);
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, alive: true });
    const second = { ...multicast.lease, number: 2 };
    const taking = { type: 'take', lease: second, alive: true } as const;
    change(near, taking, { type: 'end', number: 1 });
    expect(near.network.lapsedLeases([1, 2])).toEqual({ ok: true, value: [1] });
    expect(reaches(far, address4)).toBe(true);
    wait(leaseIsOver);
    expect(reaches(far, address4)).toBe(false);
  });
});

describe('the guard', () => {
  cableTest('made anew keeps what is left of its leases', (near, far) => {
    prepare(near, far, multicast);
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, alive: true });
    const held = [{ lease: multicast.lease, remaining: milliseconds(250) }];
    expect(near.host.run(() => near.network.setGuard({ interfaces: [eth0] }, held))).toBeNull();
    expect(reaches(far, address4)).toBe(true);
    wait(milliseconds(270));
    expect(reaches(far, address4)).toBe(false);
  });

  cableTest('that others have flushed is missed', (near) => {
    guard(near);
    near.host.run(() => execFileSync('nft', ['flush', 'ruleset']));
    const lapsed = near.network.lapsedLeases([1]);
    expect(!lapsed.ok && lapsed.error.code).toBe('ENOENT');
    const taking = { type: 'take', lease: multicast.lease, alive: true } as const;
    expect(near.network.changeLeases([taking])?.code).toBe('ENOENT');
    guard(near);
    expect(near.network.changeLeases([taking])).toBeNull();
  });

  cableTest('is gone after a clean end', (near) => {
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, alive: true });
    near.network.stop();
    expect(near.host.run(() => execFileSync('nft', ['list', 'ruleset']).toString())).toBe('');
  });

  stationTest('holds 4,000 leases, and 2,000 addresses in one of them', (station) => {
    expect(station.start()).toBeNull();
    station.host.ip('link add eth0 type veth peer name eth1');
    expect(station.receiveUntil(() => station.network.macAddress(eth0) !== null)).toBe(true);
    guard(station);
    const many = Array.from({ length: 4_000 }, (_, place): Lease => {
      const numbered = leaseOf(place + 1, { virtualRouterId: (place % 255) + 1 });
      const octets = `${(place >> 8) & 0xff}.${place & 0xff}`;
      const group = `239.1.${octets}` as Ipv4Address;
      return {
        ...numbered,
        adverts: { ...numbered.adverts, destinations: [group] },
        addresses: [virtualAddress(`10.1.${octets}/32`)],
      };
    });
    const takes = many.map((lease) => ({ type: 'take', lease, alive: true }) as const);
    change(station, ...takes);
    const addresses = Array.from({ length: 2_000 }, (_, place) =>
      virtualAddress(`10.2.${place >> 8}.${place & 0xff}/32`),
    );
    const wide = { ...leaseOf(5_000, { virtualRouterId: 7 }), addresses };
    change(station, { type: 'take', lease: wide, alive: true });
    const ends = [...many, wide].map(({ number }) => ({ type: 'end', number }) as const);
    change(station, ...ends);
    const ruleset = station.host.run(() => execFileSync('nft', ['list', 'ruleset']).toString());
    expect(ruleset).not.toContain('jump');
  });
});

/** An address of the other host, which nothing guards. */
function farOwn({ address }: Row): string {
  return address === address4 ? nearAddress : '2001:db8::1';
}
