/** Baton's nftables table, as nft shows it and as packets meet it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import type { InterfaceName } from '../../src/model/address.ts';
import type { FirewallContent } from '../../src/ports/network.ts';
import type { Station } from './station.ts';
import { cableTest, eth0, virtualAddress } from './station.ts';

const nothing: FirewallContent = {
  firewall: { table: 'baton', priority: -1, counters: false, byIndex: false },
  unaccepted: [],
  quietInterfaces: [],
};
const all: FirewallContent = {
  ...nothing,
  unaccepted: ['192.0.2.10/24', '2001:db8::10/64', 'fe80::10/64'].map((text) =>
    virtualAddress(text),
  ),
  quietInterfaces: ['vrrp.61' as InterfaceName],
};

function set(station: Station, content: FirewallContent): string | null {
  const error = station.host.run(() => station.network.setFirewall(content));
  return error && `${error.code}: ${error.call}`;
}

function ruleset({ host }: Station): string {
  return host.run(() => execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }));
}

function answers({ host }: Station, address: string): boolean {
  const words = ['-c', '1', '-W', '1', ...(address.startsWith('fe80') ? ['-I', 'eth0'] : [])];
  return host.run(() => spawnSync('ping', [...words, address]).status === 0);
}

describe('the table', () => {
  cableTest('says what was asked of it, and nothing after the stop', (near) => {
    expect(set(near, nothing)).toBeNull();
    expect(ruleset(near)).toBe('');
    expect(set(near, all)).toBeNull();
    expect(ruleset(near)).toMatchInlineSnapshot(`
      "table inet baton {
      	comment "made by baton"
      	set unaccepted {
      		type ipv4_addr
      		elements = { 192.0.2.10 }
      	}

      	set unaccepted6 {
      		type ipv6_addr
      		elements = { 2001:db8::10 }
      	}

      	set unaccepted_link {
      		type ipv6_addr . ifname
      		elements = { fe80::10 . "eth0" }
      	}

      	set quiet {
      		type ifname
      		elements = { "vrrp.61" }
      	}

      	chain input {
      		type filter hook input priority filter - 1; policy accept;
      		ip daddr @unaccepted drop
      		icmpv6 type 135-136 accept
      		ip6 daddr @unaccepted6 drop
      		ip6 daddr . iifname @unaccepted_link drop
      	}

      	chain output {
      		type filter hook output priority filter - 1; policy accept;
      		ip saddr @unaccepted drop
      		icmpv6 type 135-136 accept
      		ip6 saddr @unaccepted6 drop
      		ip6 saddr . oifname @unaccepted_link drop
      		meta nfproto ipv4 meta l4proto igmp oifname @quiet drop
      		icmpv6 type 131-132 oifname @quiet drop
      		icmpv6 type mld2-listener-report oifname @quiet drop
      		icmpv6 type nd-router-solicit oifname @quiet drop
      	}
      }
      "
    `);
    expect(set(near, nothing)).toBeNull();
    expect(ruleset(near)).toBe('');
    set(near, all);
    near.host.run(() => {
      near.network.stop();
    });
    expect(ruleset(near)).toBe('');
  });

  cableTest('has counters, another priority and indexes where told so', (near) => {
    const firewall = { table: 'other', priority: 5, counters: true, byIndex: true };
    expect(set(near, { ...all, firewall, quietInterfaces: ['lo' as InterfaceName] })).toBeNull();
    const shown = ruleset(near);
    expect(shown).toContain('ip6 daddr . iif @unaccepted_link counter packets 0 bytes 0 drop');
    expect(shown).toContain('elements = { fe80::10 . "eth0" }');
    expect(shown).toContain('oif @quiet');
    expect(shown).toContain('priority filter + 5');
    expect(set(near, all)).toBeNull();
    expect(ruleset(near)).not.toContain('table inet other');
  });

  cableTest('leaves tables of others alone, and replaces what a killed run left', (near) => {
    near.host.run(() => {
      execFileSync('nft', ['add table inet mine; add table inet baton; add chain inet baton old']);
    });
    expect(set(near, all)).toBeNull();
    expect(ruleset(near)).toContain('table inet mine');
    expect(ruleset(near)).not.toContain('chain old');
  });

  cableTest('holds thousands of addresses', (near) => {
    const unaccepted = Array.from({ length: 3_000 }, (_, number) =>
      virtualAddress(`10.0.${number >> 8}.${number & 255}/32`),
    );
    expect(set(near, { ...nothing, unaccepted })).toBeNull();
    expect(ruleset(near).match(/10\.0\.\d+\.\d+/g)).toHaveLength(3_000);
  });
});

describe('packets to an address that is not accepted', () => {
  cableTest('are dropped, though neighbours resolve it', (near, far) => {
    for (const station of [near, far]) {
      const last = station === near ? '10' : '2';
      station.host.ip(`address add 2001:db8::${last}/64 dev eth0 nodad`);
      station.host.ip(`address add fe80::${last}/64 dev eth0 nodad`);
    }
    near.host.ip('address add 192.0.2.10/24 dev eth0');
    expect(answers(far, '192.0.2.10')).toBe(true);
    expect(answers(far, '2001:db8::10')).toBe(true);
    expect(answers(far, 'fe80::10')).toBe(true);
    far.host.ip('neighbour flush dev eth0');
    expect(set(near, all)).toBeNull();
    for (const address of ['192.0.2.10', '2001:db8::10', 'fe80::10']) {
      expect(answers(far, address), address).toBe(false);
      expect(far.host.ip(`neighbour show ${address}`), address).toContain('lladdr');
    }
    expect(answers(far, '192.0.2.1')).toBe(true);
    set(near, nothing);
    expect(answers(far, '192.0.2.10')).toBe(true);
  });
});

describe('group reports of a quiet interface', () => {
  for (const byIndex of [false, true]) {
    cableTest(`do not leave, by ${byIndex ? 'index' : 'name'}`, async (near) => {
      const firewall = { ...nothing.firewall, counters: true, byIndex };
      set(near, { ...nothing, firewall, quietInterfaces: [eth0] });
      expect(near.join(eth0)).toBeNull();
      // The kernel reports some milliseconds after the join.
      const dropped = /igmp oif(name)? @quiet counter packets [1-9]/;
      await expect.poll(() => ruleset(near)).toMatch(dropped);
    });
  }
});
