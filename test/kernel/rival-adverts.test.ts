/**
 * Better adverts, as the lease guard meets them: one silences a host at once, whose process may be
 * dead or frozen, and an advert of its own ends that.
 */
import { describe, expect } from 'vitest';
import { milliseconds, seconds } from '../../src/base/units.ts';
import type { Ipv4Address, Ipv6Address } from '../../src/model/address.ts';
import type { Advert, Vrrp2Advert } from '../../src/model/advert.ts';
import { emitPacket, packetLength, type DepartingAdvert } from '../../src/wire/vrrp-packet.ts';
import {
  address4,
  advert2,
  advertise,
  change,
  farAddress,
  guard,
  multicast,
  nearAddress,
  prepare,
  reaches,
  rows,
  wait,
  type Row,
} from './lease-site.ts';
import { leftTo } from './found-addresses.ts';
import { cableTest, eth0, virtualAddress, type Station } from './station.ts';

/** Longer than the wire takes. */
const travel = milliseconds(20);

/** Nothing here is to end by itself, however busy the machine is. */
const longLease = seconds(30);

/** An advert like the row's, but from the other end of the cable, and of priority 101. */
function rivalOf({ departing }: Row): DepartingAdvert {
  const { destination, source, authenticationHeader: header } = departing;
  const theirs = source === nearAddress ? farAddress : ('fe80::2' as Ipv6Address);
  return {
    ...departing,
    source: theirs,
    destination: destination === farAddress ? nearAddress : destination,
    advert: { ...departing.advert, priority: 101 },
    authenticationHeader: header ? { ...header, securityParametersIndex: farAddress } : null,
  };
}

function send(far: Station, { lease: { adverts } }: Row, departing: DepartingAdvert): void {
  const packet = new Uint8Array(packetLength(departing.advert) + 24);
  const length = emitPacket(packet, departing);
  far.network.queuePacket({ ...adverts.channel, interface: eth0 }, packet.subarray(0, length));
  expect(far.network.flush()).toEqual([]);
  wait(travel);
}

function prepareRival(near: Station, far: Station, row: Row): void {
  prepare(near, far, row);
  far.host.ip('address add fe80::2/64 dev eth0 nodad');
  const channel = { ...row.lease.adverts.channel, interface: eth0 };
  expect(far.joinChannel(channel, { groups: [] })).toBeNull();
  guard(near);
  const lease = { ...row.lease, duration: longLease };
  change(near, { type: 'take', lease, begunBy: row.departing.advert });
}

describe('a better advert', () => {
  for (const row of rows) {
    cableTest(`silences the host until its own next one: ${row.name}`, (near, far) => {
      prepareRival(near, far, row);
      expect(reaches(far, row.address)).toBe(true);
      send(far, row, rivalOf(row));
      expect(reaches(far, row.address)).toBe(false);
      expect(near.network.lapsedLeases([1])).toEqual({ ok: true, value: [] });
      advertise(near, row);
      expect(reaches(far, row.address)).toBe(true);
      send(far, row, rivalOf(row));
      expect(reaches(far, row.address)).toBe(false);
    });
  }

  for (const row of rows) {
    cableTest(`is one of the same priority from a greater address: ${row.name}`, (near, far) => {
      prepareRival(near, far, row);
      const equal = rivalOf(row);
      const { advert } = row.departing;
      const lesser = row.address === address4 ? '192.0.2.0' : 'fe80::';
      send(far, row, { ...equal, advert, source: lesser as Ipv4Address | Ipv6Address });
      expect(reaches(far, row.address)).toBe(true);
      send(far, row, { ...equal, advert });
      expect(reaches(far, row.address)).toBe(false);
    });
  }

  cableTest('leaves no right to what it has silenced to whoever starts anew', (near, far) => {
    prepareRival(near, far, multicast);
    const held = virtualAddress('192.0.2.20/32');
    const hold = { type: 'hold', id: 1, address: held, lifetime: seconds(20) } as const;
    near.network.changeAddresses([hold]);
    expect(leftTo(near.host)).toMatchObject([
      { address: held.address, renewedAt: expect.any(Number) as number },
    ]);
    send(far, multicast, rivalOf(multicast));
    expect(leftTo(near.host)).toMatchObject([{ address: held.address, renewedAt: null }]);
  });

  cableTest('has to be better, like ours, and from this link', (near, far) => {
    prepareRival(near, far, multicast);
    const others: readonly Partial<Vrrp2Advert>[] = [
      { priority: 99 },
      { virtualRouterId: 52 },
      { advertisementIntervalSeconds: 2 },
      { authentication: { type: 1, data: '3'.repeat(16) } },
      { addresses: ['192.0.2.11' as Ipv4Address] },
      { addresses: [address4 as Ipv4Address, '192.0.2.11' as Ipv4Address] },
    ];
    const rival = rivalOf(multicast);
    for (const other of others) {
      send(far, multicast, { ...rival, advert: { ...advert2, priority: 101, ...other } });
    }
    send(far, multicast, { ...rival, timeToLive: 254 });
    expect(reaches(far, address4)).toBe(true);
  });

  cableTest('with another password is none', (near, far) => {
    const authentication = { type: 1, data: '31'.repeat(8) };
    const advert: Advert = { ...advert2, authentication };
    const row: Row = { ...multicast, departing: { ...multicast.departing, advert } };
    prepareRival(near, far, row);
    const rival = rivalOf(row);
    const otherPassword = { type: 1, data: '32'.repeat(8) };
    send(far, row, {
      ...rival,
      advert: { ...rival.advert, authentication: otherPassword } as Advert,
    });
    expect(reaches(far, address4)).toBe(true);
    send(far, row, rival);
    expect(reaches(far, address4)).toBe(false);
  });

  cableTest('counts for nothing where none can outrank', (near, far) => {
    const row: Row = { ...multicast, lease: { ...multicast.lease, outrankedAbove: null } };
    prepareRival(near, far, row);
    send(far, row, { ...rivalOf(row), advert: { ...advert2, priority: 255 } });
    expect(reaches(far, address4)).toBe(true);
  });
});
