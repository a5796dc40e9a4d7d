/** What Baton and Debian's keepalived 2.2.7 write at their dump signals for one configuration. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { until, type Program } from '../kernel/program.ts';
import { holds, siteTest, type Site } from '../kernel/site.ts';

const obstacle = spawnSync('keepalived', ['--version']).error?.message ?? null;

/** Two virtual routers that become Master, a sync group in Fault, and no IPv6 on the interface. */
function configuration(directory: string): string {
  return `global_defs {
    router_id R1
    script_user root
    state_dump_file ${directory}/keepalived.data
    json_dump_file ${directory}/keepalived.json
    vrrp_notify_fifo ${directory}/fifo
    vrrp_startup_delay 0.2
}
static_ipaddress {
    192.0.2.77/32 dev eth0
}
static_routes {
    203.0.113.0/24 via 192.0.2.9 dev eth0
}
static_rules {
    from 203.0.113.0/24 table 101 priority 78
}
track_group TG {
    group {
        VI_1
    }
}
vrrp_script good {
    script /usr/bin/true
    interval 1
    weight 3
}
vrrp_script bad {
    script /usr/bin/false
    interval 1
}
track_file level {
    file ${directory}/level
    weight 2
}
vrrp_track_process absent {
    process no-such-program
    weight 3
    delay 1.5
}
vrrp_sync_group G {
    group {
        VI_3
        VI_4
    }
    notify_master /usr/bin/true
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 200
    authentication {
        auth_type PASS
        auth_pass secret
    }
    unicast_src_ip 192.0.2.1
    unicast_peer {
        192.0.2.3 min_ttl 10
    }
    virtual_ipaddress {
        192.0.2.5/24 brd 192.0.2.255 label eth0:1
        192.0.2.12 peer 192.0.2.13
    }
    virtual_ipaddress_excluded {
        192.0.2.20/24
        2001:db8::5/64
    }
    virtual_routes {
        198.51.100.0/24 via 192.0.2.9 dev eth0 metric 5 mtu 1400
        198.51.101.0/24 nexthop via 192.0.2.9 dev eth0 weight 2 nexthop via 192.0.2.8 dev eth0
        blackhole 198.51.102.0/24
    }
    virtual_rules {
        from 198.51.100.0/24 table 100 priority 77
        to 198.51.100.0/24 iif eth0 table 100 priority 76
    }
    track_script {
        good
    }
    track_file {
        level weight 3
    }
    track_process {
        absent
    }
    notify "/usr/bin/echo a b" root
    notify_fault /usr/bin/true
    preempt_delay 5
}
vrrp_instance VI_2 {
    interface eth0
    version 3
    virtual_router_id 52
    priority 200
    use_vmac
    nopreempt
    virtual_ipaddress {
        192.0.2.11/24
    }
}
vrrp_instance VI_3 {
    interface eth0
    virtual_router_id 53
    authentication {
        auth_type AH
        auth_pass secret
    }
    track_script {
        bad
    }
    virtual_ipaddress {
        192.0.2.33/24
    }
}
vrrp_instance VI_4 {
    interface eth0
    virtual_router_id 54
    virtual_ipaddress {
        192.0.2.34/24
    }
}
vrrp_instance VI_6 {
    interface eth0
    version 3
    virtual_router_id 55
    priority 254
    virtual_ipaddress {
        fe80::77
        2001:db8::7/64
    }
}
`;
}

/** Lines of keepalived that Baton has nothing to say for, and why. */
const leftOut: readonly { readonly labels: RegExp; readonly reason: string }[] = [
  {
    labels: /^ (Checker|BFD|SNMP|DBus|LVS|lvs_|rs_init|no_checker|Network namespace ipvs)/,
    reason: 'Baton has no checkers, BFD, SNMP, D-Bus or LVS',
  },
  {
    labels:
      /^ (Default |VRRP (notify|IPv|default|check|skip|strict)|Gratuitous ARP (delay|re|low|for)|Num adverts|Send advert)/,
    reason: 'a default is settled into each instance that it holds for',
  },
  {
    labels: /^ (.*rcv_bufs_force|rx_bufs_multiples|VRRP realtime limit)/,
    reason: 'Baton has no such setting, or none while it is not set',
  },
  { labels: /^ Smtp /, reason: 'Baton has no mail settings where nobody is to get mail' },
  { labels: /^ {3}Password/, reason: 'a secret' },
  { labels: /^ {3}Weight/, reason: 'settled into each instance that follows the thing' },
];

/**
 * What stands before "=" or ends in ":", and the titles of sections; without those about
 * keepalived's own sockets and its table of interfaces.
 */
function labelsOf(dump: string): ReadonlySet<string> {
  const compared = dump
    .split(/^(?=------<)/m)
    .filter((part) => !/^------< (VRRP Sockpool|Interfaces)/.test(part))
    .flatMap((part) => part.split('\n'));
  return new Set(
    compared.flatMap((line) => {
      if (line.includes(' = ')) return [line.slice(0, line.indexOf(' = '))];
      return /^------<|:$/.test(line) ? [line] : [];
    }),
  );
}

interface Instance {
  readonly data: Readonly<Record<string, unknown>>;
  readonly stats: Readonly<Record<string, unknown>>;
}

interface Dumps {
  readonly state: string;
  readonly json: readonly Instance[];
}

async function dumpsOf(site: Site, directory: string, program: Program): Promise<Dumps> {
  await program.printed('(VI_2) Entering MASTER STATE');
  await until('the address', () => holds(site.near));
  const written = async (signal: number | NodeJS.Signals, name: string): Promise<string> => {
    const path = join(directory, name);
    process.kill(program.processId, signal);
    await until(name, () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
    return readFileSync(path, 'utf8');
  };
  const state = await written('SIGUSR1', 'keepalived.data');
  const json = JSON.parse(await written(36, 'keepalived.json')) as readonly Instance[];
  program.signal('SIGTERM');
  expect(await program.ended()).toBe(0);
  return { state, json };
}

function prepared(site: Site, name: string): string {
  const directory = join(site.directory, name);
  mkdirSync(directory);
  writeFileSync(join(directory, 'level'), '1\n');
  site.baton.configure(configuration(directory));
  return directory;
}

/** Routes and rules without `protocol` bear the mark of who made them: 18 is keepalived's. */
function withOwnMark(value: unknown): unknown {
  if (value === undefined) return undefined;
  return JSON.parse(
    JSON.stringify(value).replaceAll(/(proto|protocol) 18\b/gu, '$1 112'),
  ) as unknown;
}

describe('the dumps', () => {
  siteTest(
    'have the lines and keys of keepalived',
    async (site) => {
      const ours = prepared(site, 'ours');
      const baton = await dumpsOf(site, ours, site.baton.start());
      const theirs = prepared(site, 'theirs');
      const words = ['-n', '-l', '-f', site.baton.configurationPath];
      const places = ['-p', '-r', '-c'].flatMap((flag) => [flag, join(theirs, `pid${flag}`)]);
      const keepalived = await dumpsOf(
        site,
        theirs,
        site.start(site.near.host, ['env', `TMPDIR=${theirs}`, 'keepalived', ...words, ...places]),
      );

      const [own, model] = [labelsOf(baton.state), labelsOf(keepalived.state)];
      const excused = (label: string): boolean => leftOut.some(({ labels }) => labels.test(label));
      expect([...model].filter((label) => !own.has(label) && !excused(label))).toEqual([]);
      expect([...own].filter((label) => !model.has(label))).toEqual([]);
      expect(baton.state).not.toContain('secret');

      expect(baton.json.length).toBe(keepalived.json.length);
      for (const [place, { data, stats }] of keepalived.json.entries()) {
        const mine = baton.json[place];
        const known = Object.keys(mine?.data ?? {}).filter((key) => key !== 'track_process');
        expect(known).toEqual(Object.keys(data));
        const counts = Object.keys(mine?.stats ?? {}).filter((key) => !key.startsWith('auth_ext_'));
        expect(counts).toEqual(Object.keys(stats));
        const same = ['vips', 'evips', 'vroutes', 'vrules', 'script', 'state', 'wantstate'];
        for (const key of [...same, 'effective_priority', 'track_script', 'ifp_ifname']) {
          expect(mine?.data[key], key).toEqual(withOwnMark(data[key]));
        }
      }
    },
    { obstacle },
  );
});
