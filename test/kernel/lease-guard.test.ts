/**
 * The lease guard, as packets meet it: a host answers for an address while its adverts leave, for
 * the length of the lease after the last one, and then no more, whatever its processes do.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { milliseconds } from '../../src/base/units.ts';
import type { Ipv4Address, MacAddress } from '../../src/model/address.ts';
import type { Lease } from '../../src/model/lease.ts';
import { emitGratuitousArp, gratuitousArpLength } from '../../src/wire/arp.ts';
import {
  address4,
  advert2,
  advertise,
  change,
  farAddress,
  guard,
  leaseIsOver,
  leaseOf,
  multicast,
  nearAddress,
  prepare,
  reaches,
  reachesKnown,
  rows,
  wait,
  type Row,
} from './lease-site.ts';
import { cableTest, eth0, stationTest, virtualAddress } from './station.ts';

describe('the lease', () => {
  for (const row of rows) {
    cableTest(`is renewed by each advert, and by nothing else: ${row.name}`, (near, far) => {
      prepare(near, far, row);
      guard(near);
      expect(reaches(far, row.address)).toBe(true);
      change(near, { type: 'take', lease: row.lease, begunBy: row.departing.advert });
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
    change(near, { type: 'take', lease: multicast.lease, begunBy: null });
    expect(reaches(far, address4)).toBe(false);
    advertise(near, multicast);
    expect(reaches(far, address4)).toBe(false);
  });

  cableTest('is renewed by adverts to a peer that nobody knows the way to', (near, far) => {
    const absent = '192.0.2.77' as Ipv4Address;
    const lease = leaseOf(1, { destinations: [absent] });
    const departing = { ...multicast.departing, destination: absent };
    const row = { ...multicast, lease, departing };
    prepare(near, far, row);
    guard(near);
    change(near, { type: 'take', lease, begunBy: advert2 });
    for (let count = 0; count < 10; count += 1) {
      wait(milliseconds(200));
      advertise(near, row);
      expect(reaches(far, address4)).toBe(true);
    }
    wait(leaseIsOver);
    expect(reaches(far, address4)).toBe(false);
    // Once it is over nothing brings it back.
    advertise(near, row);
    expect(reaches(far, address4)).toBe(false);
  });

  cableTest('is all but over with a resignation, which leaves while it lives', (near, far) => {
    prepare(near, far, multicast);
    expect(far.join(eth0)).toBeNull();
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, begunBy: advert2 });
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
    change(near, { type: 'take', lease: multicast.lease, begunBy: advert2 });
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

  cableTest('that is prepared changes nothing until it is taken', (near, far) => {
    prepare(near, far, multicast);
    guard(near);
    const { lease } = multicast;
    change(near, { type: 'prepare', lease, advert: advert2 });
    expect(near.network.lapsedLeases([1])).toEqual({ ok: true, value: [1] });
    expect(reaches(far, address4)).toBe(true);
    change(near, { type: 'take', lease, begunBy: advert2 });
    expect(reaches(far, address4)).toBe(true);
    wait(leaseIsOver);
    expect(reaches(far, address4)).toBe(false);
    change(near, { type: 'end', number: 1 }, { type: 'prepare', lease, advert: advert2 });
    change(near, { type: 'end', number: 1 });
    const ruleset = near.host.run(() => execFileSync('nft', ['list', 'ruleset']).toString());
    expect(ruleset).not.toMatch(/(guard|renew|heard)_/);
  });

  cableTest('goes from one to another without a packet lost', (near, far) => {
    prepare(near, far, multicast);
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, begunBy: advert2 });
    const second = { ...multicast.lease, number: 2 };
    const taking = { type: 'take', lease: second, begunBy: advert2 } as const;
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
    change(near, { type: 'take', lease: multicast.lease, begunBy: advert2 });
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
    const taking = { type: 'take', lease: multicast.lease, begunBy: advert2 } as const;
    expect(near.network.changeLeases([taking])?.code).toBe('ENOENT');
    guard(near);
    expect(near.network.changeLeases([taking])).toBeNull();
  });

  cableTest('is gone after a clean end', (near) => {
    guard(near);
    change(near, { type: 'take', lease: multicast.lease, begunBy: advert2 });
    near.network.stop();
    expect(near.host.run(() => execFileSync('nft', ['list', 'ruleset']).toString())).toBe('');
  });

  cableTest('guards all addresses alike, be they few or many', (near, far) => {
    prepare(near, far, multicast);
    const [first, last, other] = ['192.0.2.21', '192.0.2.28', '192.0.2.30'];
    for (const one of [first, last, other]) near.host.ip(`address add ${one}/32 dev eth0`);
    // So that no ARP is needed, which would name whichever address comes first.
    const farMac = far.network.macAddress(eth0) ?? '';
    near.host.ip(`neighbour replace ${farAddress} lladdr ${farMac} dev eth0 nud permanent`);
    const addresses = Array.from({ length: 8 }, (_, place) => {
      return virtualAddress(`192.0.2.${String(21 + place)}/32`);
    });
    const few = { ...multicast.lease, addresses };
    const more = leaseOf(2, { virtualRouterId: 52 });
    const speaks = (from: string): boolean => {
      const ping = ['-c', '1', '-W', '0.2', '-I', from, farAddress];
      return near.host.run(() => spawnSync('ping', ping).status === 0);
    };
    const expectGuarded = (guarded: readonly string[], free: readonly string[]): void => {
      // As soon as it is done, and once the kernel has been asked for the leases.
      for (const when of ['at once', 'later']) {
        for (const one of [...guarded, ...free]) {
          const is = free.includes(one);
          expect([one, reachesKnown(near, far, one), speaks(one)]).toEqual([one, is, is]);
        }
        if (when === 'at once') expect(near.network.lapsedLeases([]).ok).toBe(true);
      }
    };
    guard(near);
    change(near, { type: 'take', lease: few, begunBy: null });
    expectGuarded([first, last], [address4, other]);
    const chain = ['list', 'chain', 'netdev', 'baton_guard', 'to4'];
    const shown = near.host.run(() => execFileSync('nft', chain).toString());
    // The first one's octets.
    expect(shown).toContain('0xc0000215 jump guard_1');
    expect(shown).not.toContain('@address4');
    change(near, { type: 'take', lease: more, begunBy: null });
    expectGuarded([first, last, address4], [other]);
    change(near, { type: 'end', number: 2 });
    expectGuarded([first, last], [address4, other]);
    change(near, { type: 'end', number: 1 }, { type: 'take', lease: more, begunBy: null });
    expectGuarded([address4], [first, last, other]);
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
    const takes = many.map((lease) => ({ type: 'take', lease, begunBy: advert2 }) as const);
    change(station, ...takes);
    const addresses = Array.from({ length: 2_000 }, (_, place) =>
      virtualAddress(`10.2.${place >> 8}.${place & 0xff}/32`),
    );
    const wide = { ...leaseOf(5_000, { virtualRouterId: 7 }), addresses };
    change(station, { type: 'take', lease: wide, begunBy: advert2 });
    const ends = [...many, wide].map(({ number }) => ({ type: 'end', number }) as const);
    change(station, ...ends);
    const ruleset = station.host.run(() => execFileSync('nft', ['list', 'ruleset']).toString());
    expect(ruleset).not.toMatch(/jump (guard|renew|heard)_/);
  });
});

/** An address of the other host, which nothing guards. */
function farOwn({ address }: Row): string {
  return address === address4 ? nearAddress : '2001:db8::1';
}
