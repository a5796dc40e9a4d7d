/** A host that holds a lease, the one that it is guarded from, and what the lease is about. */
import { execFileSync, spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { milliseconds, type Duration } from '../../src/base/units.ts';
import { vrrpGroupIpv4, vrrpGroupIpv6 } from '../../src/model/address.ts';
import type { Ipv4Address, Ipv6Address } from '../../src/model/address.ts';
import type { Vrrp2Advert } from '../../src/model/advert.ts';
import type { Lease } from '../../src/model/lease.ts';
import type { LeaseChange } from '../../src/ports/network.ts';
import { emitPacket, type DepartingAdvert } from '../../src/wire/vrrp-packet.ts';
import type { Station } from './station.ts';
import { channelOf, eth0, virtualAddress } from './station.ts';

export const nearAddress = '192.0.2.1' as Ipv4Address;
export const farAddress = '192.0.2.2' as Ipv4Address;
export const address4 = '192.0.2.10';
const address6 = '2001:db8::10';
const virtualRouterId = 51;
const duration = milliseconds(500);
/** Long enough for whatever still lives to be over, a tick of the kernel included. */
export const leaseIsOver = milliseconds(520);

export const advert2: Vrrp2Advert = {
  version: 2,
  virtualRouterId,
  priority: 100,
  advertisementIntervalSeconds: 1,
  authentication: { type: 0, data: '0'.repeat(16) },
  addresses: [address4 as Ipv4Address],
};

/** An instance, the advert that it sends, and the address that it is about. */
export interface Row {
  readonly name: string;
  readonly lease: Lease;
  readonly departing: DepartingAdvert;
  readonly address: string;
}

export function leaseOf(
  number: number,
  adverts: Partial<Lease['adverts']>,
  address = address4,
): Lease {
  return {
    number,
    duration,
    adverts: {
      channel: channelOf(eth0),
      destinations: [vrrpGroupIpv4],
      virtualRouterId,
      ...adverts,
    },
    outrankedAbove: advert2.priority,
    source: address === address4 ? nearAddress : ('fe80::1' as Ipv6Address),
    addresses: [virtualAddress(address === address4 ? `${address}/24` : `${address}/64`)],
  };
}

const common = { source: nearAddress, destination: vrrpGroupIpv4, identification: 1 } as const;
export const multicast: Row = {
  name: 'multicast',
  lease: leaseOf(1, {}),
  departing: { ...common, advert: advert2 },
  address: address4,
};
export const rows: readonly Row[] = [
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

export function guard(station: Station): void {
  const error = station.host.run(() => station.network.setGuard({ interfaces: [eth0] }, []));
  expect(error).toBeNull();
}

export function change(station: Station, ...changes: readonly LeaseChange[]): void {
  expect(station.host.run(() => station.network.changeLeases(changes))).toBeNull();
}

/** Sends the advert of the row as Baton would; the errors of it. */
export function advertise(
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
export function reaches(far: Station, address: string): boolean {
  return far.host.run(() => {
    execFileSync('ip', ['neighbour', 'flush', 'dev', 'eth0']);
    return spawnSync('ping', ['-c', '1', '-W', '0.2', address]).status === 0;
  });
}

/** The same of a host that has its MAC address: no ARP or solicitation has to get through. */
export function reachesKnown(near: Station, far: Station, address: string): boolean {
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

export function wait(time: Duration): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time / 1_000);
}

export function prepare(near: Station, far: Station, row: Row): void {
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
