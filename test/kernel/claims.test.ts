/** Who claims an address, as the kernel lets it through: what is watched, and nothing else. */
import { describe, expect } from 'vitest';
import { after, milliseconds, between, toMilliseconds } from '../../src/base/units.ts';
import type { IpAddress, Ipv4Address, Ipv6Address, MacAddress } from '../../src/model/address.ts';
import { emitArpProbe, emitGratuitousArp, gratuitousArpLength } from '../../src/wire/arp.ts';
import {
  emitUnsolicitedAdvertisement,
  unsolicitedAdvertisementLength,
} from '../../src/wire/neighbour-advertisement.ts';
import {
  emitNeighbourSolicitation,
  neighbourSolicitationLength,
} from '../../src/wire/neighbour-solicitation.ts';
import { cableTest, clock, eth0, type Station } from './station.ts';

function watch(station: Station, addresses: readonly string[]): void {
  expect(station.network.watchAddresses(addresses as IpAddress[])).toBeNull();
}

function macOf(station: Station): MacAddress {
  const mac = station.network.macAddress(eth0);
  expect(mac).not.toBeNull();
  return mac as MacAddress;
}

/** Tells all stations that the addresses are this one's. */
function announce(station: Station, ...addresses: readonly string[]): void {
  const hardware = macOf(station);
  for (const address of addresses) {
    const ipv6 = address.includes(':');
    const frame = new Uint8Array(ipv6 ? unsolicitedAdvertisementLength : gratuitousArpLength);
    if (ipv6) {
      emitUnsolicitedAdvertisement(frame, 0, { address: address as Ipv6Address, hardware });
    } else emitGratuitousArp(frame, 0, { address: address as Ipv4Address, hardware });
    station.network.queueFrame(eth0, frame);
  }
  expect(station.network.flush()).toEqual([]);
}

/** Asks who has an address. */
function ask(station: Station, address: string, source: string | null = null): void {
  const hardware = macOf(station);
  if (source === null) {
    const frame = new Uint8Array(gratuitousArpLength);
    emitArpProbe(frame, 0, { address: address as Ipv4Address, hardware });
    station.network.queueFrame(eth0, frame);
  } else {
    const frame = new Uint8Array(neighbourSolicitationLength);
    const ends = { source: source as Ipv6Address, target: address as Ipv6Address };
    emitNeighbourSolicitation(frame, 0, { ...ends, hardware });
    station.network.queueFrame(eth0, frame);
  }
  expect(station.network.flush()).toEqual([]);
}

function heard(station: Station, count: number): readonly string[] {
  station.receiveUntil(() => station.claims.length >= count, 2_000);
  return station.claims.splice(0);
}

/** How long it sleeps when it would sleep 200 ms, in milliseconds. */
function sleepOf(station: Station): number {
  const begun = clock.now();
  station.network.wait(after(begun, milliseconds(200)));
  return toMilliseconds(between(begun, clock.now()));
}

describe('claims of addresses', () => {
  cableTest('wake for those that are watched, and for no others', (near, far) => {
    near.host.ip('address add fe80::1/64 dev eth0 nodad');
    far.host.ip('address add fe80::2/64 dev eth0 nodad');
    announce(far, '192.0.2.5', 'fe80::5');
    near.forget();
    expect(sleepOf(near), 'nothing is watched').toBeGreaterThan(150);

    watch(near, ['192.0.2.5', 'fe80::5']);
    announce(far, '192.0.2.6', '192.0.2.50', 'fe80::6', 'fe80::55');
    expect(sleepOf(near), 'others are announced').toBeGreaterThan(150);
    near.receive();
    expect(near.claims).toEqual([]);

    announce(far, '192.0.2.5', 'fe80::5');
    expect(sleepOf(near), 'they are announced').toBeLessThan(150);
    const mac = macOf(far);
    expect(heard(near, 2)).toEqual([
      `192.0.2.5 at ${mac} on eth0, to all`,
      `fe80::5 at ${mac} on eth0, to all`,
    ]);

    watch(near, []);
    announce(far, '192.0.2.5', 'fe80::5');
    expect(sleepOf(near), 'nothing is watched any more').toBeGreaterThan(150);
    near.receive();
    expect(near.claims).toEqual([]);
  });

  cableTest('are answers too, to this host alone', (near, far) => {
    near.host.ip('address add fe80::1/64 dev eth0 nodad');
    far.host.ip('address add 192.0.2.5/32 dev eth0');
    far.host.ip('address add 2001:db8::5/64 dev eth0 nodad');
    watch(near, ['192.0.2.5', '2001:db8::5', '192.0.2.6']);
    ask(near, '192.0.2.5');
    ask(near, '192.0.2.6');
    ask(near, '2001:db8::5', 'fe80::1');
    const mac = macOf(far);
    expect(heard(near, 2)).toEqual([
      `192.0.2.5 at ${mac} on eth0, to us`,
      `2001:db8::5 at ${mac} on eth0, to us`,
    ]);
    // Whoever asks claims nothing, and is in nobody's cache for it.
    watch(far, ['0.0.0.0', '192.0.2.1', '192.0.2.6']);
    ask(near, '192.0.2.6');
    expect(far.host.ip('neighbour show dev eth0')).not.toContain('192.0.2.6');
    expect(heard(far, 1)).toEqual([`0.0.0.0 at ${macOf(near)} on eth0, to all`]);
  });

  cableTest('are told apart among as many addresses as there may be', (near, far) => {
    const all = Array.from({ length: 1_200 }, (_, index) => {
      return `198.18.${String(index >> 8)}.${String(index & 255)}`;
    });
    watch(near, all);
    const some = [0, 1, 249, 250, 251, 499, 500, 1_199].map((index) => all[index] ?? '');
    for (const address of some) {
      announce(far, address, '198.19.0.1');
      expect(heard(near, 1).join()).toContain(`${address} at `);
    }
    // More than a filter holds: all are let through, and the core picks.
    watch(
      near,
      Array.from({ length: 5_000 }, (_, index) => {
        return `198.18.${String(index >> 8)}.${String(index & 255)}`;
      }),
    );
    announce(far, '198.19.0.1');
    expect(heard(near, 1).join()).toContain('198.19.0.1 at ');
  });

  cableTest('of a flood fill the buffer, and a bounded part is taken at a time', (near, far) => {
    watch(near, ['192.0.2.5']);
    for (let round = 0; round < 100; round += 1) {
      announce(far, ...Array.from({ length: 100 }, () => '192.0.2.5'));
    }
    near.receive();
    expect(near.claims).toHaveLength(16);
    while (near.claims.length < 10_000) {
      const before = near.claims.length;
      near.receive();
      if (near.claims.length === before) break;
    }
    expect(near.claims.length).toBeLessThan(1_000);
  });
});
