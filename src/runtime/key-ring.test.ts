import { expect, it } from 'vitest';
import type { InterfaceName, IpAddress, MacAddress } from '../model/address.ts';
import type { PacketLabel } from '../core/packet-fit.ts';
import type { InstanceConfig, TransportConfig } from '../model/config.ts';
import { emptyConfig, instanceDefaults } from '../model/defaults.ts';
import { KeyRing } from './key-ring.ts';

const [eth0, eth1, above] = ['eth0', 'eth1', 'vrrp.51'] as InterfaceName[] as [
  InterfaceName,
  InterfaceName,
  InterfaceName,
];
const group = '224.0.0.18' as IpAddress;
const peer = '192.0.2.2' as IpAddress;
const label = (given: Partial<PacketLabel> = {}): PacketLabel => ({
  channel: on(eth0),
  virtualRouterId: 51,
  source: peer,
  destination: group,
  ...given,
});
const on = (name: InterfaceName | null) =>
  ({ interface: name, family: 'IPv4', protocol: 'vrrp' }) as const;
const none = { authenticationHeader: null, hmac: [] };

function ring(...instances: readonly Partial<InstanceConfig>[]): KeyRing {
  const base = { ...instanceDefaults, name: 'VI', interface: eth0, virtualRouterId: 51 };
  return new KeyRing({
    ...emptyConfig('test'),
    instances: instances.map((one) => ({ ...base, ...one })),
  });
}

/** A sealed advert arrives on a channel of its own. */
const sealed = { ...on(eth0), protocol: 'authentication-header' } as const;

const header = (password: string) => ({ type: 'header', password }) as const;

const hmac = (id: number) =>
  ({
    keys: [{ id, key: '00' }],
    activeKey: id,
    timeWindow: instanceDefaults.advertisementInterval,
    antiReplay: 'time',
    mode: 'enforce',
  }) as const;

const multicast = (address: string): TransportConfig => ({
  type: 'multicast',
  group: address as IpAddress,
});

const unicast = (address: string): TransportConfig => ({
  type: 'unicast',
  peers: [{ address: address as IpAddress, minimumTimeToLive: 0, maximumTimeToLive: 255 }],
  timeToLive: 255,
  checkSource: false,
});

it('has the first 8 octets of the password, filled up with zeros', () => {
  const keyOf = (password: string) =>
    ring({ authentication: header(password) }).of(label({ channel: sealed })).authenticationHeader;
  expect(keyOf('s3cr3t')).toBe('7333637233740000');
  expect(keyOf('123456789')).toBe('3132333435363738');
});

it('has nothing for another virtual router, interface or family, nor for a plain password', () => {
  const keys = ring(
    { authentication: header('x') },
    { virtualRouterId: 52, authentication: { type: 'simple', password: 'x' } },
  );
  expect(keys.of(label({ channel: sealed }))).not.toEqual(none);
  expect(keys.of(label({ virtualRouterId: 52 }))).toEqual(none);
  expect(keys.of(label({ channel: { ...sealed, interface: eth1 } }))).toEqual(none);
  expect(keys.of(label({ channel: { ...sealed, family: 'IPv6' } }))).toEqual(none);
});

it('knows a virtual router above an interface by its own, and one without an interface too', () => {
  const virtual = {
    name: above,
    base: eth0,
    kind: { type: 'macvlan', macAddress: '00:00:5e:00:01:33' as MacAddress },
    group: 0,
    family: 'IPv4',
    linkLocal: null,
    notify: false,
  } as const;
  const keys = ring(
    { virtualMac: { virtual, transmitOnBase: false }, hmac: hmac(1) },
    { virtualRouterId: 52, virtualMac: { virtual, transmitOnBase: true }, hmac: hmac(2) },
    { interface: null, virtualRouterId: 9, transport: unicast(peer), hmac: hmac(3) },
  );
  const keysAt = (name: InterfaceName | null, virtualRouterId: number) =>
    keys.of(label({ channel: on(name), virtualRouterId })).hmac;
  expect(keysAt(above, 51)).toEqual(hmac(1).keys);
  expect(keysAt(eth0, 52)).toEqual(hmac(2).keys);
  expect(keysAt(null, 9)).toEqual(hmac(3).keys);
});

it('tells those of one VRID on one interface apart by their groups and their peers', () => {
  const other = '224.0.0.99' as IpAddress;
  const [second, stranger] = ['192.0.2.3', '192.0.2.9'] as IpAddress[] as [IpAddress, IpAddress];
  const own = '192.0.2.1' as IpAddress;
  const keys = ring(
    { authentication: header('a'), hmac: hmac(1), transport: multicast(group) },
    { authentication: header('b'), hmac: hmac(2), transport: multicast(other) },
    { authentication: header('c'), hmac: hmac(3), transport: unicast(peer) },
    { authentication: header('d'), hmac: hmac(4), transport: unicast(second) },
  );
  const keyFor = (source: IpAddress, destination: IpAddress) => {
    const found = keys.of(label({ channel: sealed, source, destination }));
    return [found.authenticationHeader?.slice(0, 2), ...found.hmac.map(({ id }) => id)];
  };
  expect(keyFor(peer, group)).toEqual(['61', 1]);
  expect(keyFor(peer, other)).toEqual(['62', 2]);
  expect(keyFor(peer, own)).toEqual(['63', 3]);
  expect(keyFor(second, own)).toEqual(['64', 4]);
  // As the core does: who is nobody's peer is heard by the first of that kind.
  expect(keyFor(stranger, own)).toEqual(['63', 3]);
});
