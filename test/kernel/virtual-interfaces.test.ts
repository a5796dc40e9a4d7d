/** Interfaces with a virtual MAC address, and what the kernel needs around them. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { InterfaceName, Ipv6Address, MacAddress } from '../../src/model/address.ts';
import { vrrpGroupIpv4, vrrpGroupIpv6 } from '../../src/model/address.ts';
import { until } from './program.ts';
import type { VirtualInterface } from '../../src/model/virtual-interface.ts';
import { SurroundingParameters } from '../../src/linux/interface-sysctls.ts';
import { SysctlLedger } from '../../src/linux/sysctl-ledger.ts';
import { LinuxNetwork } from '../../src/linux/linux-network.ts';
import { Capture } from './capture.ts';
import type { Station } from './station.ts';
import { cableTest, channelOf, clock, eth0, virtualAddress } from './station.ts';

const mac = '00:00:5e:00:01:3d' as MacAddress;
const vrrp: VirtualInterface = {
  name: 'vrrp.61' as InterfaceName,
  base: eth0,
  kind: { type: 'macvlan', macAddress: mac },
  group: 7,
  family: 'IPv4',
  linkLocal: null,
  notify: false,
};
const vrrp6: VirtualInterface = {
  ...vrrp,
  name: 'vrrp6.63' as InterfaceName,
  kind: { type: 'macvlan', macAddress: '00:00:5e:00:02:3f' as MacAddress },
  family: 'IPv6',
};

/** An advert of 192.0.2.2 to the group, in its IPv4 packet. */
const advert =
  '45c0002c00010000ff70188cc0000202e0000012213396020001c4b2c000020ac000020b0000000000000000';

function create(station: Station, virtual: VirtualInterface): string | null {
  const error = station.host.run(() => station.network.createInterface(virtual));
  return error && `${error.code}: ${error.call}`;
}

function remove(station: Station, { name }: VirtualInterface): string | null {
  return station.host.run(() => station.network.deleteInterface(name))?.code ?? null;
}

function sysctl(station: Station, path: string): string {
  return station.host.run(() => readFileSync(`/proc/sys/net/${path}`, 'utf8').trim());
}

function setSysctl(station: Station, path: string, value: string): void {
  station.host.run(() => {
    writeFileSync(`/proc/sys/net/${path}`, value);
  });
}

function links(station: Station): readonly Record<string, unknown>[] {
  return JSON.parse(station.host.ip('-json -details link show')) as Record<string, unknown>[];
}

function hold(station: Station, text: string, { name }: VirtualInterface): void {
  const address = virtualAddress(text, { interface: name });
  const [outcome] = station.host.run(() =>
    station.network.changeAddresses([{ type: 'hold', id: 1, address, lifetime: null }]),
  );
  expect(outcome?.error).toBeNull();
}

const around = [
  'ipv4/conf/eth0/arp_ignore',
  'ipv4/conf/eth0/arp_filter',
  'ipv4/conf/eth0/rp_filter',
  'ipv4/conf/default/rp_filter',
  'ipv4/conf/all/rp_filter',
];

describe('a macvlan', () => {
  cableTest('is private, has the virtual MAC address, its group, and is up', (near) => {
    expect(create(near, vrrp)).toBeNull();
    const link = links(near).find(({ ifname }) => ifname === 'vrrp.61');
    expect(link).toMatchObject({
      link: 'eth0',
      address: mac,
      group: '7',
      flags: expect.arrayContaining(['UP', 'LOWER_UP']) as unknown,
      linkinfo: { info_kind: 'macvlan', info_data: { mode: 'private' } },
      inet6_addr_gen_mode: 'none',
    });
    expect(near.network.macAddress(vrrp.name)).toBe(mac);
    expect(near.host.ip('-6 address show dev vrrp.61')).toBe('');
    for (const [parameter, value] of Object.entries({
      arp_ignore: '1',
      accept_local: '1',
      rp_filter: '0',
      promote_secondaries: '1',
    })) {
      expect(sysctl(near, `ipv4/conf/vrrp.61/${parameter}`), parameter).toBe(value);
    }
    expect(create(near, vrrp)).toBeNull();
    expect(remove(near, vrrp)).toBeNull();
    expect(remove(near, vrrp)).toBe('ENODEV');
    expect(links(near).map(({ ifname }) => ifname)).toEqual(['lo', 'eth0']);
  });

  cableTest('changes what is around it until the last one has gone', (near) => {
    setSysctl(near, 'ipv4/conf/all/rp_filter', '2');
    setSysctl(near, 'ipv4/conf/default/rp_filter', '1');
    setSysctl(near, 'ipv4/conf/eth0/arp_ignore', '0');
    const values = (): readonly string[] => around.map((path) => sysctl(near, path));
    const before = values();
    expect(create(near, vrrp)).toBeNull();
    expect(create(near, vrrp6)).toBeNull();
    expect(values()).toEqual(['1', '1', '2', '2', '0']);
    expect(sysctl(near, 'ipv4/conf/vrrp6.63/rp_filter')).toBe('0');
    expect(remove(near, vrrp)).toBeNull();
    expect(values()).toEqual(['1', '1', '2', '2', '0']);
    expect(remove(near, vrrp6)).toBeNull();
    expect(values()).toEqual(before);
    create(near, vrrp);
    // What somebody else has changed since stays so.
    setSysctl(near, 'ipv4/conf/eth0/arp_ignore', '2');
    near.host.run(() => {
      near.network.stop();
    });
    expect(values()).toEqual(['2', ...before.slice(1)]);
    expect(links(near).map(({ ifname }) => ifname)).toEqual(['lo', 'eth0']);
  });

  cableTest('changes it anew where the interface below is another one', (near) => {
    expect(create(near, vrrp)).toBeNull();
    expect(sysctl(near, 'ipv4/conf/eth0/arp_ignore')).toBe('1');
    near.host.ip('link delete eth0');
    near.host.ip('link add eth0 type veth peer name other');
    expect(sysctl(near, 'ipv4/conf/eth0/arp_ignore')).toBe('0');
    expect(create(near, vrrp)).toBeNull();
    expect(sysctl(near, 'ipv4/conf/eth0/arp_ignore')).toBe('1');
    expect(remove(near, vrrp)).toBeNull();
    expect(sysctl(near, 'ipv4/conf/eth0/arp_ignore')).toBe('0');
  });

  cableTest('keeps it for the others when one fails that had not come so far', (near) => {
    near.host.run(() => {
      const surrounding = new SurroundingParameters(new SysctlLedger(null));
      expect(surrounding.enter(eth0, vrrp.name)).toBeNull();
      surrounding.leave(eth0, vrrp6.name);
      expect(sysctl(near, 'ipv4/conf/eth0/arp_ignore')).toBe('1');
      surrounding.leave(eth0, vrrp.name);
      expect(sysctl(near, 'ipv4/conf/eth0/arp_ignore')).toBe('0');
    });
  });

  cableTest('may have gone with the interface below', (near) => {
    setSysctl(near, 'ipv4/conf/all/rp_filter', '1');
    expect(create(near, vrrp)).toBeNull();
    near.host.ip('link delete eth0');
    expect(remove(near, vrrp)).toBeNull();
    expect(sysctl(near, 'ipv4/conf/all/rp_filter')).toBe('1');
    expect(create(near, vrrp)).toBe('ENODEV: create interface vrrp.61 on eth0');
  });

  cableTest('of a run that was killed is taken over', (near) => {
    near.host.ip(`link add vrrp.61 link eth0 address ${mac} type macvlan mode private`);
    expect(create(near, vrrp)).toBeNull();
    expect(links(near).find(({ ifname }) => ifname === 'vrrp.61')).toMatchObject({ group: '7' });
    expect(remove(near, vrrp)).toBeNull();
    expect(links(near)).toHaveLength(2);
  });

  cableTest('is not made where another link has its name', (near) => {
    const call = 'EEXIST: create interface vrrp.61 on eth0: there is one already,';
    near.host.ip('link add vrrp.61 link eth0 address 2:0:0:0:0:1 type macvlan mode private');
    expect(create(near, vrrp)).toBe(`${call} with MAC address 02:00:00:00:00:01, not ${mac}`);
    near.host.ip('link delete vrrp.61');
    near.host.ip(`link add vrrp.61 link eth0 address ${mac} type macvlan mode bridge`);
    expect(create(near, vrrp)).toBe(`${call} in mode 4, not 1`);
    near.host.ip('link delete vrrp.61');
    near.host.ip('link add vrrp.61 type veth peer name other');
    expect(create(near, vrrp)).toBe(`${call} of kind veth, not macvlan`);
    expect(links(near).map(({ ifname }) => ifname)).toContain('vrrp.61');
  });

  cableTest('alone answers ARP for its address, with its own address', (near, far) => {
    create(near, vrrp);
    hold(near, '192.0.2.10/24', vrrp);
    // The interface below has an address of that network, and would answer, too.
    const capture = new Capture(far.host, ['0806']);
    ping(far, '192.0.2.10');
    ping(near, '192.0.2.2');
    const replies = capture
      .frames()
      .filter((frame) => frame.slice(40, 44) === '0002' && frame.slice(56, 64) === 'c000020a');
    capture.close();
    // Sender of the frame, and sender's hardware address in it (RFC 9568 section 8.1.2).
    const senders = replies.map((frame) => [frame.slice(12, 24), frame.slice(44, 56)]);
    expect(senders).toEqual([['00005e00013d', '00005e00013d']]);
    remove(near, vrrp);
  });
});

function ping({ host }: Station, address: string): void {
  host.run(() => execFileSync('ping', ['-c', '1', '-W', '2', address]));
}

describe('a channel on a macvlan', () => {
  const cases = [
    { virtual: vrrp, family: 'IPv4', group: vrrpGroupIpv4, etherType: '0800', octets: 'e0000012' },
    {
      virtual: vrrp6,
      family: 'IPv6',
      group: vrrpGroupIpv6,
      etherType: '86dd',
      octets: 'ff020000000000000000000000000012',
    },
  ] as const;
  for (const { virtual, family, group, etherType, octets } of cases) {
    cableTest(
      `tells switches of its group by the interface below, in ${family}`,
      async (near, far) => {
        expect(create(near, virtual)).toBeNull();
        const quietInterfaces = [virtual.name];
        const firewall = { table: 'baton', priority: -1, counters: false, byIndex: false };
        expect(
          near.host.run(() =>
            near.network.setFirewall({ firewall, unaccepted: [], quietInterfaces }),
          ),
        ).toBeNull();
        const capture = new Capture(far.host, [etherType]);
        const channel = { interface: virtual.name, family, protocol: 'vrrp' } as const;
        expect(near.joinChannel(channel, { groups: [group] })).toBeNull();
        const below = near.network.macAddress(eth0)?.replaceAll(':', '') ?? '';
        const reports: string[] = [];
        const reported = (): boolean => {
          reports.push(...capture.frames().filter((frame) => frame.includes(octets, 28)));
          return reports.length > 0;
        };
        await until('a report', reported);
        capture.close();
        // Who sent them; a report is repeated.
        expect(new Set(reports.map((frame) => frame.slice(12, 24)))).toEqual(new Set([below]));
        near.host.run(() => {
          near.network.leave(channel);
        });
        expect(near.host.ip('maddress show')).not.toContain(group);
        remove(near, virtual);
      },
    );
  }

  cableTest('receives an advert once', (near, far) => {
    create(near, vrrp);
    expect(near.join(vrrp.name)).toBeNull();
    expect(far.join(eth0)).toBeNull();
    const packet = Buffer.from(advert, 'hex');
    far.host.run(() => {
      far.network.queuePacket(channelOf(eth0), packet);
      far.network.flush();
    });
    expect(near.receiveUntil(() => near.packets.length > 0)).toBe(true);
    expect(near.receiveUntil(() => near.packets.length > 1, 200)).toBe(false);
    expect(near.packetInterfaces).toEqual([vrrp.name]);
    remove(near, vrrp);
  });
});

describe('a macvlan of IPv6', () => {
  cableTest('has a link-local address of its own, at once, and no other', (near) => {
    expect(create(near, vrrp6)).toBeNull();
    const [link] = JSON.parse(near.host.ip('-json -6 address show dev vrrp6.63')) as [
      { readonly addr_info: readonly Record<string, unknown>[] },
    ];
    expect(link.addr_info).toHaveLength(1);
    expect(link.addr_info[0]).toMatchObject({ scope: 'link', prefixlen: 64, nodad: true });
    expect(link.addr_info[0]).not.toHaveProperty('tentative');
    expect(near.receiveUntil(() => near.events.some((e) => e.type === 'address-appeared'))).toBe(
      true,
    );
    remove(near, vrrp6);
    const given = { ...vrrp6, linkLocal: 'fe80::9' as Ipv6Address };
    create(near, given);
    expect(near.host.ip('-6 address show dev vrrp6.63')).toContain('inet6 fe80::9/64');
    remove(near, vrrp6);
  });

  cableTest('answers solicitations as a router, though the host forwards nothing', (near, far) => {
    create(near, vrrp6);
    hold(near, '2001:db8::10/64', vrrp6);
    expect(sysctl(near, 'ipv6/conf/all/forwarding')).toBe('0');
    far.host.ip('address add 2001:db8::2/64 dev eth0 nodad');
    ping(far, '2001:db8::10');
    const neighbour = far.host.ip('neighbour show 2001:db8::10');
    expect(neighbour).toContain('00:00:5e:00:02:3f router');
    remove(near, vrrp6);
  });
});

describe('promoting secondaries', () => {
  cableTest('lasts until the stop', (near) => {
    setSysctl(near, 'ipv4/conf/eth0/promote_secondaries', '0');
    expect(near.host.run(() => near.network.promoteSecondaries(eth0))).toBeNull();
    expect(sysctl(near, 'ipv4/conf/eth0/promote_secondaries')).toBe('1');
    near.host.run(() => {
      near.network.stop();
    });
    expect(sysctl(near, 'ipv4/conf/eth0/promote_secondaries')).toBe('0');
    const network = new LinuxNetwork({ clock });
    near.host.run(() => {
      expect(network.start()).toBeNull();
      expect(network.promoteSecondaries('eth9' as InterfaceName)?.code).toBe('ENODEV');
      network.stop();
    });
  });
});
