import { expect, it } from 'vitest';
import type { InterfaceName, MacAddress } from '../model/address.ts';
import type { InstanceConfig } from '../model/config.ts';
import { emptyConfig, instanceDefaults } from '../model/defaults.ts';
import { KeyRing } from './key-ring.ts';

const [eth0, eth1, above] = ['eth0', 'eth1', 'vrrp.51'] as InterfaceName[] as [
  InterfaceName,
  InterfaceName,
  InterfaceName,
];
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

it('has the first 8 octets of the password, filled up with zeros', () => {
  const keys = ring({ authentication: { type: 'header', password: 's3cr3t' } });
  expect(keys.of(on(eth0), 51).authenticationHeader).toBe('7333637233740000');
  const long = ring({ authentication: { type: 'header', password: '123456789' } });
  expect(long.of(on(eth0), 51).authenticationHeader).toBe('3132333435363738');
});

it('has nothing for another virtual router, interface or family, nor for a plain password', () => {
  const keys = ring(
    { authentication: { type: 'header', password: 'x' } },
    { virtualRouterId: 52, authentication: { type: 'simple', password: 'x' } },
  );
  expect(keys.of(on(eth0), 52)).toEqual(none);
  expect(keys.of(on(eth1), 51)).toEqual(none);
  expect(keys.of({ ...on(eth0), family: 'IPv6' }, 51)).toEqual(none);
});

it('knows a virtual router above an interface by both, and one without an interface too', () => {
  const hmac = {
    keys: [{ id: 1, key: '00' }],
    activeKey: 1,
    timeWindow: instanceDefaults.advertisementInterval,
    antiReplay: 'time',
    mode: 'enforce',
  } as const;
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
    { virtualMac: { virtual, transmitOnBase: false }, hmac },
    { interface: null, virtualRouterId: 9, hmac },
  );
  for (const place of [eth0, above]) expect(keys.of(on(place), 51).hmac).toEqual(hmac.keys);
  expect(keys.of(on(null), 9).hmac).toEqual(hmac.keys);
});
