/** The dumps have the shape that keepalived 2.2.7 gives them for the same configuration. */
import { describe, expect, it } from 'vitest';
import type { InterfaceName, IpAddress } from '../../model/address.ts';
import type { Config } from '../../model/config.ts';
import {
  emptyConfig,
  emptySnapshot,
  instanceDefaults,
  noCounts,
  virtualAddress,
} from '../../model/defaults.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { jsonDump } from './json.ts';
import { addressText } from './address-text.ts';
import { globalDump } from './global.ts';
import { stateDump } from './state.ts';
import { statisticsDump } from './statistics.ts';

const nowMs = 1_795_401_240_000;
const owner = (): string => '0:0';
const v0 = 'v0' as InterfaceName;

const config: Config = {
  ...emptyConfig('lb1'),
  instances: [
    {
      ...instanceDefaults,
      name: 'VI_1',
      interface: v0,
      virtualRouterId: 51,
      authentication: { type: 'simple', password: 'secret' },
      virtualAddresses: [virtualAddress('192.0.2.5' as IpAddress, v0, 24)],
    },
  ],
};

const snapshot: Snapshot = {
  ...emptySnapshot,
  instances: [
    {
      name: 'VI_1',
      state: 'Master',
      version: 2,
      family: 'IPv4',
      interface: 'v0',
      group: null,
      virtualRouterId: 51,
      basePriority: 100,
      effectivePriority: 90,
      preempt: true,
      sourceAddress: '192.0.2.1',
      transport: 'multicast',
      peers: [],
      heard: null,
      master: null,
      addresses: [{ address: '192.0.2.5', held: true }],
      reasons: [],
      inStateForMs: 1_250,
      advertisementIntervalMs: 1_000,
      masterAdvertisementIntervalMs: 1_000,
      skewTimeMs: 609.375,
      masterDownIntervalMs: 3_609.375,
      answersForMs: 2_500,
      nextTimeoutInMs: 400,
      passed: false,
      conflicts: [],
      counters: { ...noCounts, advertsSent: 3, becameMaster: 1, drops: { 'hmac-stale': 2 } },
    },
  ],
};

describe('the JSON dump', () => {
  const keys = (
    'iname dont_track_primary skip_check_adv_addr strict_mode vmac_ifname ifp_ifname ' +
    'master_priority last_transition garp_delay garp_refresh garp_rep garp_refresh_rep ' +
    'garp_lower_prio_delay garp_lower_prio_rep lower_prio_no_advert higher_prio_send_advert vrid ' +
    'base_priority effective_priority vipset promote_secondaries adver_int master_adver_int ' +
    'accept nopreempt preempt_delay state wantstate version smtp_alert notify_deleted vips ' +
    'auth_type auth_data'
  ).split(' ');

  it('has the keys of keepalived in its order, and its mixture of types', () => {
    const text = jsonDump({ config, snapshot, nowMs });
    const [{ data, stats }] = JSON.parse(text) as [Record<string, Record<string, unknown>>];
    expect(Object.keys(data ?? {})).toEqual(keys);
    expect(data).toMatchObject({
      accept: 1,
      nopreempt: false,
      vipset: true,
      state: 2,
      last_transition: 1_795_401_238.75,
      vips: ['192.0.2.5/24 dev v0 scope global set'],
    });
    expect(stats).toMatchObject({ advert_sent: 3, become_master: 1, auth_ext_stale: 2 });
  });

  it('is one line with slashes escaped, and holds no password', () => {
    const text = jsonDump({ config, snapshot, nowMs });
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(text).toContain(String.raw`"192.0.2.5\/24 dev v0`);
    expect(text).not.toContain('secret');
  });

  it('has an object around it in version 2', () => {
    const dumps = { ...config.global.dumps, jsonVersion: 2 } as const;
    const second = { ...config, global: { ...config.global, dumps } };
    const read = JSON.parse(jsonDump({ config: second, snapshot, nowMs })) as object;
    expect(Object.keys(read)).toEqual(['vrrp', 'track_process']);
  });
});

describe('addresses in the dumps', () => {
  const one = virtualAddress('192.0.2.12' as IpAddress, v0);
  const peer = { address: '192.0.2.13' as IpAddress, prefixLength: 32 };
  const shown = { held: true, guarded: false, bases: new Map<string, string>() };

  it.each([
    [{ ...one, peer }, '192.0.2.12 dev v0 scope global peer 192.0.2.13/32 set'],
    [virtualAddress('fe80::77' as IpAddress, v0), 'fe80::77 dev v0 scope global deprecated set'],
    [
      virtualAddress('2001:db8::7' as IpAddress, v0, 64),
      '2001:db8::7/64 dev v0 scope global preferred_lft forever set',
    ],
  ])('are as by keepalived', (address, text) => {
    expect(addressText(address, shown)).toBe(text);
  });

  it('name what a virtual interface is on top of, and the firewall that guards them', () => {
    const bases = new Map([['v0', 'eth0']]);
    expect(addressText(one, { held: true, guarded: true, bases })).toBe(
      '192.0.2.12 dev v0@eth0 scope global set nftable_set',
    );
  });
});

describe('the statistics dump', () => {
  it('is laid out as by keepalived', () => {
    const lines = statisticsDump(snapshot).split('\n');
    expect(lines.slice(0, 7)).toEqual([
      'VRRP Instance: VI_1',
      '  Advertisements:',
      '    Received: 0',
      '    Sent: 3',
      '  Became master: 1',
      '  Released master: 0',
      '  Packet Errors:',
    ]);
    expect(lines.slice(-4)).toEqual(['  Priority Zero:', '    Received: 0', '    Sent: 0', '']);
    expect(lines).toContain('    Stale: 2');
  });
});

describe('the state dump', () => {
  const text = stateDump({ config, snapshot, nowMs, owner });

  it.each([
    '------< Global definitions >------',
    ' Router ID = lb1',
    '------< VRRP Topology >------',
    ' VRRP Instance = VI_1',
    '   State = MASTER',
    '   Master down timer = 3609375 usecs',
    '   Flags: none',
    '   Number of config faults = 0',
    '   Number of interface and track script faults = 0',
    '   Interface = v0',
    '   Using src_ip = 192.0.2.1',
    '   Multicast address 224.0.0.18',
    '   Notify deleted = Fault',
    '   Priority = 100',
    '   Effective priority = 90',
    '   Advert interval = 1 sec',
    '   Preempt = enabled',
    '   Authentication type = SIMPLE_PASSWORD',
    '   Virtual IP (1):',
    '     192.0.2.5/24 dev v0 scope global set',
  ])('has the line %j', (line) => {
    expect(text.split('\n')).toContain(line);
  });

  it('begins with what the parent of keepalived writes, and holds no password', () => {
    expect(text.startsWith(globalDump({ config, owner }))).toBe(true);
    expect(text).not.toContain('secret');
  });
});
