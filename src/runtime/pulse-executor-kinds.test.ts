/** What the executor makes of the effects beside adverts and IPv4 addresses. */
import { expect, it } from 'vitest';
import { FakeNetwork } from '../../test/fakes/fake-network.ts';
import { instant, seconds } from '../base/units.ts';
import type { InterfaceName, IpAddress, MacAddress } from '../model/address.ts';
import { virtualAddress } from '../model/defaults.ts';
import type { PulseEffect, SendAdvert } from '../model/effect.ts';
import type { Route, Rule } from '../model/route.ts';
import { parsePacket } from '../wire/vrrp-packet.ts';
import { PulseExecutor } from './pulse-executor.ts';

const eth0 = 'eth0' as InterfaceName;
const vrrp7 = 'vrrp.7' as InterfaceName;
const held = virtualAddress('2001:db8::10' as IpAddress, eth0);
const firewall = { table: 'baton', priority: 0, counters: false, byIndex: false };
/** 1,700,000,000.25 seconds after 1970. */
const clock = { now: () => instant(0), wallClockMs: () => 1_700_000_000_250 };

const route = { text: '10.0.0.0/8 via 192.0.2.254' } as Route;
const rule = { text: 'from 192.0.2.10 table 7' } as Rule;

const channel = { interface: eth0, family: 'IPv6', protocol: 'vrrp' } as const;
const advert: SendAdvert = {
  type: 'send-advert',
  channel,
  source: 'fe80::1' as IpAddress,
  destination: 'ff02::12' as IpAddress,
  timeToLive: 255,
  authenticationHeader: null,
  hmac: null,
  advert: {
    version: 3,
    virtualRouterId: 7,
    priority: 100,
    advertisementIntervalCentiseconds: 100,
    checksum: 'pseudo-header',
    addresses: [held.address],
  },
};

function run(network: FakeNetwork, ...effects: PulseEffect[]) {
  network.interfaces.set('eth0', '02:00:00:00:00:0a' as MacAddress);
  return new PulseExecutor(network, clock).execute(effects);
}

it('does routes and rules after the addresses and before the announcements', () => {
  const network = new FakeNetwork();
  const answers = run(
    network,
    { type: 'announce-addresses', addresses: [held], repeat: 1 },
    { type: 'install-rules', id: 4, rules: [rule] },
    { type: 'install-routes', id: 3, routes: [route] },
    { type: 'hold-addresses', id: 2, addresses: [held], lifetime: seconds(2) },
    advert,
  );
  expect(network.calls).toEqual([
    'packet eth0 IPv6 vrrp 7 priority 100',
    'flush',
    'change hold 2001:db8::10',
    `route install-rule ${rule.text}, install-route ${route.text}`,
    'neighbour eth0 2001:db8::10 is at 02:00:00:00:00:0a',
    'flush',
  ]);
  expect(answers).toEqual([2, 4, 3].map((id) => ({ type: 'effect-settled', id, error: null })));
});

it('tells which route could not be installed, and of no other effect', () => {
  const network = new FakeNetwork();
  network.refused.set(route.text, { code: 'ENETUNREACH', call: 'add route' });
  const answers = run(
    network,
    { type: 'withdraw-rules', id: 1, rules: [rule] },
    { type: 'install-routes', id: 2, routes: [route] },
    { type: 'withdraw-routes', id: 3, routes: [] },
  );
  const error = `${route.text}: add route: ENETUNREACH`;
  expect(answers).toEqual([
    { type: 'effect-settled', id: 1, error: null },
    { type: 'effect-settled', id: 2, error },
    { type: 'effect-settled', id: 3, error: null },
  ]);
  // Once is enough.
  network.refused.set(route.text, { code: 'ENETUNREACH', call: `add route ${route.text}` });
  expect(run(network, { type: 'install-routes', id: 4, routes: [route] })).toEqual([
    { type: 'effect-settled', id: 4, error: `add route ${route.text}: ENETUNREACH` },
  ]);
});

it('installs a route before the address that it needs is released', () => {
  const network = new FakeNetwork();
  run(
    network,
    { type: 'hold-addresses', id: 1, addresses: [held], lifetime: null },
    { type: 'install-routes', id: 2, routes: [route] },
    { type: 'release-addresses', id: 3, addresses: [held] },
  );
  const changes = network.calls.filter((call) => call !== 'flush');
  expect(changes.map((call) => call.split(' ')[1])).toEqual(['hold', 'install-route', 'release']);
});

it('makes an interface at once, so that it can be joined in the same batch', () => {
  const network = new FakeNetwork();
  const virtual = {
    name: vrrp7,
    base: eth0,
    kind: { type: 'macvlan', macAddress: '00:00:5e:00:01:07' as MacAddress },
    group: 0,
    family: 'IPv4',
    linkLocal: null,
    notify: false,
  } as const;
  const joined = { ...channel, interface: vrrp7, groups: [], receiveBufferOctets: null };
  const answers = run(
    network,
    { type: 'create-interface', id: 1, virtual },
    { type: 'join-interface', id: 2, channel: joined },
    { type: 'promote-secondaries', id: 3, interface: eth0 },
    { type: 'suppress-local-reports', id: 6, suppressed: true },
    { type: 'count-processes', trackers: [] },
    advert,
    { type: 'delete-interface', id: 4, name: vrrp7 },
  );
  expect(network.calls.slice(0, 4)).toEqual([
    'create vrrp.7',
    'join vrrp.7 IPv6 vrrp',
    'promote secondaries eth0',
    'local reports suppressed',
  ]);
  const leaving = network.calls.indexOf('packet eth0 IPv6 vrrp 7 priority 100');
  expect(network.calls.slice(leaving)).toEqual([
    'packet eth0 IPv6 vrrp 7 priority 100',
    'flush',
    'delete vrrp.7',
    'flush',
  ]);
  expect(answers).toHaveLength(5);
  network.interfaceError = { code: 'EEXIST', call: 'create' };
  expect(run(network, { type: 'create-interface', id: 5, virtual })).toEqual([
    { type: 'effect-settled', id: 5, error: 'create: EEXIST' },
  ]);
});

it('lets packets to an address through only once it has been released', () => {
  const network = new FakeNetwork();
  network.firewallError = { code: 'EPERM', call: 'nftables' };
  const content = { firewall, unaccepted: [], quietInterfaces: [] };
  const answers = run(
    network,
    { type: 'release-addresses', id: 1, addresses: [held] },
    { type: 'set-firewall', id: 2, ...content },
  );
  expect(network.calls).toEqual(['flush', 'change release 2001:db8::10', 'firewall ', 'flush']);
  expect(answers).toEqual([
    { type: 'effect-settled', id: 1, error: null },
    { type: 'effect-settled', id: 2, error: 'nftables: EPERM' },
  ]);
});

it('puts the time into the trailer', () => {
  const network = new FakeNetwork();
  const sent: Uint8Array[] = [];
  network.queuePacket = (_, packet) => void sent.push(Uint8Array.from(packet));
  const key = '00'.repeat(32);
  run(network, { ...advert, hmac: { keyId: 1, counter: 3, key, timeWindow: null } });
  const keys = { authenticationHeader: null, hmac: [{ id: 1, key }] };
  expect(parsePacket(sent[0] ?? new Uint8Array(), () => keys)).toMatchObject({
    value: {
      hmac: { seconds: 1_700_000_000, fraction: 0x4000, counter: 3, verdict: 'intact' },
    },
  });
});
