/**
 * The sample configurations of docs/samples: nobody complains of them, and the kernel
 * then holds what they say.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { becomes, difference, held } from './holdings.ts';
import { siteTest } from './site.ts';

const folder = fileURLToPath(new URL('../../docs/samples/', import.meta.url));

const secondInterface = [
  'link add eth1 index 20 type veth peer name other index 21',
  'link set eth1 addrgenmode none',
  'link set other addrgenmode none',
  'link set other up',
  'link set eth1 up',
  'address add 198.51.100.250/24 dev eth1',
  'address add fe80::1/64 dev eth0 nodad',
];

const address = 'eth0 192.0.2.5/24 secondary';

/** What the Master holds, by the name of the sample. */
const samples: Readonly<Record<string, readonly string[]>> = {
  'authentication.conf': [address, 'eth0 192.0.2.6/24 secondary'],
  'ipv6.conf': [
    address,
    'eth0 2001:db8::5/64 nodad',
    'eth0 fe80::5/128 scope link nodad deprecated',
  ],
  'nginx-pair.conf': [address],
  // The host has it already, and keeps it.
  'owner.conf': [],
  'routes.conf': [
    address,
    'route unicast 203.0.113.0/24 via 192.0.2.2 dev eth0 table 100 proto 112 scope global src 192.0.2.5',
    'rule -4 200: from 192.0.2.5 lookup 100 proto 112',
  ],
  'sync-group.conf': [address, 'eth1 198.51.100.1/24 secondary'],
  'tracking.conf': [address],
  'unicast.conf': [address],
  'virtual-mac.conf': [
    'link vrrp.51 macvlan private on eth0 00:00:5e:00:01:33 group default',
    'nft chain input priority -1',
    'nft chain output priority -1',
    'nft rule output @quiet drop',
    'nft set quiet [vrrp.51]',
    'nft table keepalived',
    'sysctl eth0 arp_filter 1',
    'sysctl eth0 arp_ignore 1',
    'vrrp.51 192.0.2.5/24',
  ],
};

it('are all played', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(samples).sort());
});

describe.concurrent('the sample', () => {
  for (const [name, expected] of Object.entries(samples)) {
    siteTest(name, async (site) => {
      const { near, baton } = site;
      const { host } = near;
      for (const words of secondInterface) host.ip(words);
      const path = `${folder}${name}`;
      const check = baton.command('check', path);
      expect(await check.ended()).toBe(0);
      expect(check.text).toContain('nothing to complain about');
      const other = site.start(host, ['keepalived', '-t', '-f', path]);
      expect(await other.ended()).toBe(0);
      expect(other.text).toBe('');

      const before = held(host);
      baton.configure(readFileSync(path, 'utf8'));
      const program = baton.start();
      await program.printed('Entering MASTER STATE');
      await becomes(() => difference(before, held(host)), expected.toSorted(), 'as Master');
      program.signal('SIGTERM');
      expect(await program.ended()).toBe(0);
      await becomes(() => difference(before, held(host)), [], 'after the stop');
    });
  }
});
