/** What a Baton that was killed leaves in the kernel, and who takes it away. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { difference, held } from './holdings.ts';
import { Baton, instanceBlock, siteTest, type Site } from './site.ts';
import type { Program } from './program.ts';

/** All that Baton can make, and of each family. */
const everything = `
global_defs {
    nftables other
    disable_local_igmp
}
static_ipaddress {
    203.0.113.1/24 dev eth0
}
static_routes {
    198.51.100.0/24 via 192.0.2.2 dev eth0
}
static_rules {
    from 203.0.113.0/24 table 100 priority 300
}
vrrp_instance VI_1 {
    state MASTER
    priority 255
    interface eth0
    virtual_router_id 51
    use_vmac
    advert_int 5
    no_accept
    virtual_ipaddress {
        192.0.2.5/24
    }
    virtual_ipaddress_excluded {
        2001:db8::5/64 dev eth0
    }
    virtual_routes {
        203.0.113.128/25 via 192.0.2.2 dev eth0 table 100 metric 7
        unreachable 2001:db8:5::/48
    }
    virtual_rules {
        from 192.0.2.5 table 100 priority 200
        to 2001:db8::5 blackhole priority 201
    }
}
`;

/** Things of others, some of them much like Baton's. */
const foreign = [
  'link add vrrp.52 link eth0 type macvlan mode private',
  'address add 192.0.2.77/32 dev eth0',
  'route add 198.51.100.7/32 via 192.0.2.2 dev eth0 proto keepalived',
  'rule add from 198.51.100.7 table 100 priority 77 protocol keepalived',
];

/** Takes on all of that, and is killed. */
async function killMaster({ baton, near: { host } }: Site): Promise<readonly string[]> {
  for (const words of foreign) host.ip(words);
  const before = held(host);
  baton.configure(everything);
  const master = baton.start();
  await master.printed('Entering MASTER STATE');
  await master.printed('gratuitous ARPs');
  master.signal('SIGKILL');
  await master.ended();
  // Addresses with a lifetime are still there.
  expect(difference(before, held(host)).length).toBeGreaterThan(15);
  return before;
}

async function cleanUp(
  { baton }: Pick<Site, 'baton'>,
  ...flags: readonly string[]
): Promise<Program> {
  const program = baton.command(
    ...['cleanup', '--pid', baton.pidPath, '--socket', baton.socketPath],
    ...flags,
  );
  await program.ended();
  return program;
}

describe('what a killed Baton has left', () => {
  siteTest('is removed by `baton cleanup`, and nothing else is', async (site) => {
    const { baton, near } = site;
    const before = await killMaster(site);
    const left = held(near.host);
    const dry = await cleanUp(site, '--dry-run');
    expect(await dry.ended()).toBe(0);
    expect(held(near.host)).toEqual(left);

    const done = await cleanUp(site);
    expect(await done.ended()).toBe(0);
    expect(difference(before, held(near.host))).toEqual([]);
    expect(done.lines.map(({ text }) => text).toSorted()).toEqual(
      dry.lines.map(({ text }) => text.replace('would remove', 'removed')).toSorted(),
    );
    for (const thing of [
      'route 198.51.100.0/24 in table 254',
      'route 203.0.113.128/25 in table 100',
      'route 2001:db8:5::/48 in table 254',
      'rule 300 of IPv4: from 203.0.113.0/24 to all',
      'rule 200 of IPv4: from 192.0.2.5/32 to all',
      'rule 201 of IPv6: from all to 2001:db8::5/128',
      'address 203.0.113.1/24 on eth0',
      'address 2001:db8::5/64 on eth0',
      'interface vrrp.51',
      'nftables table inet other',
      'kernel parameter net/ipv4/conf/eth0/arp_ignore, which was 0',
      'kernel parameter net/ipv4/igmp_link_local_mcast_reports, which was 1',
      `file ${baton.pidPath}`,
      `file ${baton.socketPath}`,
    ]) {
      expect(done.text).toContain(`removed ${thing}`);
    }
    expect(existsSync(baton.pidPath)).toBe(false);
    const again = await cleanUp(site);
    expect([again.text, await again.ended()]).toEqual(['nothing left', 0]);
  });

  siteTest('is removed by the next start where it is not wanted any more', async (site) => {
    const { baton, near } = site;
    const before = await killMaster(site);
    baton.configure(instanceBlock({ priority: 100, addresses: ['192.0.2.6'] }));
    const next = baton.start();
    await next.printed('removed what an earlier run has left: nftables table inet other');
    await next.printed('removed what an earlier run has left: kernel parameter');
    expect(difference(before, held(near.host))).toEqual([]);
    expect(next.text).toContain('left: interface vrrp.51');
    next.signal('SIGTERM');
    expect(await next.ended()).toBe(0);
    expect(difference(before, held(near.host))).toEqual([]);
  });

  siteTest('is taken over where it is, and gone after a stop', async (site) => {
    const { baton, near } = site;
    const before = await killMaster(site);
    const master = held(near.host);
    near.forget();
    const next = baton.start();
    await next.printed('goes on with the addresses of an earlier run');
    await next.printed('Startup complete');
    expect((await baton.instance()).state).toBe('Master');
    expect(held(near.host)).toEqual(master);
    expect(next.text).not.toContain('removed what an earlier run');
    near.receive();
    const news = near.events.filter(({ type }) => type.startsWith('address-'));
    expect(news).toEqual([]);
    next.signal('SIGTERM');
    expect(await next.ended()).toBe(0);
    expect(difference(before, held(near.host))).toEqual([]);
    expect(existsSync(baton.pidPath)).toBe(false);
  });

  siteTest('is not looked for while another Baton lives here', async (site) => {
    const { baton, near } = site;
    const other = new Baton(near.host, site.subdirectory('other'));
    other.configure(
      instanceBlock({ priority: 255, state: 'MASTER', addresses: ['192.0.2.9'] }).replace(
        'router_id 51',
        'router_id 59',
      ),
    );
    await killMaster(site);
    const living = other.start();
    await living.printed('Entering MASTER STATE');
    const held9 = (): boolean => near.host.ip('address show dev eth0').includes('192.0.2.9/32');
    expect(held9()).toBe(true);
    const refused = await cleanUp(site);
    expect(await refused.ended()).toBe(1);
    expect(refused.text).toContain(`a Baton lives in this network namespace`);
    baton.configure(instanceBlock({ priority: 100, addresses: ['192.0.2.6'] }));
    const next = baton.start();
    await next.printed('removed what an earlier run has left: kernel parameter');
    expect(next.text).not.toContain('left: interface');
    expect(held9()).toBe(true);

    next.signal('SIGKILL');
    await next.ended();
    const itself = await cleanUp({ baton: other });
    expect(await itself.ended()).toBe(1);
    expect(itself.text).toContain(`process ${readFileSync(other.pidPath, 'utf8').trim()} of`);
    await living.end();
  });
});
