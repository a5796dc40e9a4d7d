/** Two masters of one virtual router, made in many ways: what either host says of it, and does. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import type { Ipv4Address, MacAddress } from '../../src/model/address.ts';
import type { ConflictCause } from '../../src/model/conflict.ts';
import { emitGratuitousArp, gratuitousArpLength } from '../../src/wire/arp.ts';
import type { Host } from './namespace.ts';
import { until, type Program } from './program.ts';
import { Baton, holds, siteTest, virtualAddress, type Site } from './site.ts';
import { eth0 } from './station.ts';
import type { Wire } from './wire.ts';

// What has to be silent for a while takes its time.
vi.setConfig({ testTimeout: 90_000 });

/** What is different on the two hosts, and what either says of it. */
interface Row {
  readonly near: Side;
  readonly far: Side;
}

interface Side {
  readonly lines?: readonly string[];
  readonly addresses?: readonly string[];
  readonly priority?: number;
  readonly cause: ConflictCause;
}

function password(text: string): readonly string[] {
  return ['authentication {', 'auth_type PASS', `auth_pass ${text}`, '}'];
}

function unicast(peer: string, ...more: readonly string[]): readonly string[] {
  return ['unicast_peer {', peer, '}', ...more];
}

function checksum(form: 'pseudo_header' | 'message'): readonly string[] {
  const sends = form === 'message' ? ['v3_checksum_as_v2'] : [];
  return ['version 3', `v3_checksum_accept ${form}`, ...sends];
}

const rows: readonly Row[] = [
  {
    near: { lines: password('one'), cause: 'passwords-differ' },
    far: { lines: password('two'), cause: 'passwords-differ' },
  },
  {
    near: { lines: password('one'), cause: 'authentication-differs' },
    far: { cause: 'authentication-differs' },
  },
  {
    near: { lines: ['advert_int 1'], cause: 'intervals-differ' },
    far: { lines: ['advert_int 2'], cause: 'intervals-differ' },
  },
  {
    near: { lines: ['version 2'], cause: 'versions-differ' },
    far: { lines: ['version 3'], cause: 'versions-differ' },
  },
  {
    near: { lines: unicast('192.0.2.2'), cause: 'transports-differ' },
    far: { cause: 'transports-differ' },
  },
  {
    near: { addresses: ['198.51.100.1', '198.51.100.2'], cause: 'addresses-differ' },
    far: { addresses: ['198.51.100.1'], cause: 'addresses-differ' },
  },
  {
    near: { addresses: ['198.51.100.3'], cause: 'virtual-router-id-taken' },
    far: { addresses: ['198.51.100.4'], cause: 'virtual-router-id-taken' },
  },
  {
    near: { priority: 255, lines: ['owner_ignore_adverts'], cause: 'two-owners' },
    far: { priority: 255, lines: ['owner_ignore_adverts'], cause: 'two-owners' },
  },
  {
    near: { lines: checksum('message'), cause: 'checksums-differ' },
    far: { lines: checksum('pseudo_header'), cause: 'checksums-differ' },
  },
  {
    near: { lines: unicast('192.0.2.2', 'unicast_ttl 64'), cause: 'not-heard' },
    far: { lines: unicast('192.0.2.1 min_ttl 255'), cause: 'forwarded-adverts' },
  },
  // Where no advert arrives, ARP tells; whose it is, the adverts of the others tell.
  {
    near: { lines: unicast('192.0.2.2'), cause: 'peer-claims' },
    far: { lines: unicast('192.0.2.9', 'check_unicast_src'), cause: 'peer-unknown' },
  },
];

function nameOf(index: number): string {
  return `VI_${index + 1}`;
}

function blocks(side: 'near' | 'far'): string {
  return rows
    .map((row, index) => {
      const { lines = [], addresses, priority } = row[side];
      const own = priority ?? (side === 'near' ? 200 : 100);
      return `vrrp_instance ${nameOf(index)} {
    interface eth0
    virtual_router_id ${index + 1}
    priority ${own}
    ${lines.join('\n    ')}
    virtual_ipaddress {
        ${(addresses ?? [`203.0.113.${index + 1}`]).join('\n        ')}
    }
}
`;
    })
    .join('');
}

function block(
  priority: number,
  more: readonly string[] = [],
  addresses = [virtualAddress],
): string {
  return `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    ${more.join('\n    ')}
    virtual_ipaddress {
        ${addresses.join('\n        ')}
    }
}
`;
}

/** A Baton on the far host. */
function farBaton(site: Site): Baton {
  return new Baton(site.far.host, site.subdirectory('far'));
}

function conflictLines(program: Program, name: string): readonly string[] {
  const words = [`(${name}) two masters, with`, `(${name}) conflict, with`];
  const all = [...words, `(${name}) address conflict, with`];
  return program.lines
    .map(({ text }) => text)
    .filter((text) => all.some((word) => text.includes(word)));
}

/** A frame may be seen so much earlier than the line is read that was printed with it. */
const readingMs = 1_000;

function announcedSince({ gratuitousArps }: Wire, sinceMs: number): boolean {
  return gratuitousArps.some(({ latestMs }) => latestMs >= sinceMs);
}

function nft(host: Host, words: string): void {
  host.run(() => execFileSync('nft', [words]));
}

function macOf(host: Host): string {
  return /link\/ether (\S+)/.exec(host.ip('link show dev eth0'))?.[1] ?? 'none';
}

// They wait for most of their time, each in namespaces of its own.
describe.concurrent('a split brain', () => {
  siteTest('is named on both hosts, each by its own cause', async (site) => {
    const other = farBaton(site);
    site.baton.configure(blocks('near'));
    other.configure(blocks('far'));
    const near = site.baton.start();
    const far = other.start();
    try {
      for (const [program, side] of [
        [near, 'near'],
        [far, 'far'],
      ] as const) {
        for (const [index, row] of rows.entries()) {
          const name = nameOf(index);
          const found = () => conflictLines(program, name).join('\n');
          const { cause } = row[side];
          await until(`${side} ${name}: ${cause}`, () => found().includes(`(${cause})`));
        }
      }
      // Nothing else is said: that the other one has the address too follows from it.
      for (const [index, { near: ours, far: theirs }] of rows.entries()) {
        const name = nameOf(index);
        const causes = (program: Program): readonly (string | undefined)[] =>
          conflictLines(program, name).map((line) => /\(([a-z-]+)\)$/.exec(line)?.[1]);
        expect(causes(near), name).toEqual([ours.cause]);
        expect(causes(far), name).toEqual([theirs.cause]);
      }
      const snapshot = await site.baton.snapshot();
      const shown = snapshot.instances.map(({ conflicts }) => conflicts.map(({ cause }) => cause));
      expect(shown).toEqual(rows.map(({ near: { cause } }) => [cause]));
    } finally {
      await other.end();
    }
  });

  siteTest('of a way that is blocked ends with it, and the survivor announces', async (site) => {
    const { near, far, baton, wire } = site;
    const other = farBaton(site);
    baton.configure(block(200));
    other.configure(block(100));
    // Before the lease guard, which goes by adverts too: as a switch that drops them.
    const hook = 'type filter hook ingress device eth0 priority -500';
    nft(far.host, 'add table netdev block');
    nft(far.host, `add chain netdev block in { ${hook}; }`);
    nft(far.host, 'add rule netdev block in ip protocol 112 drop');
    const first = baton.start();
    const second = other.start();
    try {
      await Promise.all([first, second].map((one) => one.printed('Entering MASTER STATE')));
      await first.printed('(not-heard)');
      // It hears no adverts at all, and by whom its address is claimed.
      const claimed = await second.printed('(address-claimed)');
      expect(claimed.text).toContain(`address conflict, with ${macOf(near.host)}`);
      expect(claimed.text).toContain(virtualAddress);

      const before = { first: first.lines.length, second: second.lines.length };
      nft(far.host, 'delete table netdev block');
      const yielded = await second.printed('Entering BACKUP STATE', before.second);
      await second.printed('this host is Master no more (address-claimed)', before.second);
      const ended = await first.printed('not seen any more (not-heard)', before.first);
      expect(ended.atMs).toBeGreaterThan(yielded.atMs);
      const announced = () => announcedSince(wire, ended.atMs - readingMs);
      await until('the survivor announces again', announced);
      expect((await baton.instance()).conflicts).toEqual([]);
      expect((await other.instance()).conflicts).toEqual([]);
      expect((await other.instance()).state).toBe('Backup');
    } finally {
      await other.end();
    }
  });
});

describe.concurrent('a host that has our address', () => {
  siteTest('is asked for at the start, told of, and told of when it is gone', async (site) => {
    const { far, baton, wire } = site;
    far.host.ip(`address add ${virtualAddress}/32 dev eth0`);
    baton.configure(block(100, ['garp_master_delay 1']));
    const program = baton.start();
    const claimed = await program.printed('(address-claimed)');
    expect(claimed.text).toContain(`(VI_1) address conflict, with ${macOf(far.host)}`);
    const master = await program.printed('Entering MASTER STATE');
    expect(claimed.atMs).toBeLessThan(master.atMs);
    const cause = (await baton.instance()).conflicts.map((one) => one.cause);
    expect(cause).toEqual(['address-claimed']);
    await sleep(1_500);
    expect((await baton.instance()).conflicts, 'it goes on to answer').toHaveLength(1);
    far.host.ip(`address del ${virtualAddress}/32 dev eth0`);
    const ended = await program.printed('not seen any more (address-claimed)');
    const announced = () => announcedSince(wire, ended.atMs - readingMs);
    await until('the survivor announces again', announced);
    expect((await baton.instance()).conflicts).toEqual([]);
  });

  siteTest('is asked for in IPv6 as well', async (site) => {
    const { near, far, baton } = site;
    near.host.ip('address add fe80::1/64 dev eth0 nodad');
    far.host.ip('address add 2001:db8::5/64 dev eth0 nodad');
    baton.configure(block(100, [], ['fe80::5/64', '2001:db8::5/64']));
    const program = baton.start();
    const claimed = await program.printed('(address-claimed)');
    expect(claimed.text).toContain(`(VI_1) address conflict, with ${macOf(far.host)}`);
    expect(claimed.text).toContain('2001:db8::5');
    const master = await program.printed('Entering MASTER STATE');
    expect(claimed.atMs).toBeLessThan(master.atMs);
    expect(conflictLines(program, 'VI_1')).toHaveLength(1);
  });

  siteTest('keeps a strict instance in Fault until it is gone', async (site) => {
    const { near, far, baton } = site;
    far.host.ip(`address add ${virtualAddress}/32 dev eth0`);
    baton.configure(block(100, ['address_conflict refuse']));
    const program = baton.start();
    await program.printed(`Entering FAULT STATE (address ${virtualAddress} is claimed by`);
    await sleep(5_500);
    expect((await baton.instance()).state).toBe('Fault');
    expect(holds(near)).toBe(false);
    far.host.ip(`address del ${virtualAddress}/32 dev eth0`);
    await until('it recovers', () => program.text.includes('Entering MASTER STATE'), 40_000);
    expect(holds(near)).toBe(true);
  });

  siteTest('that is the master is no conflict', async (site) => {
    const { baton } = site;
    const other = farBaton(site);
    other.configure(block(200));
    try {
      const first = other.start();
      await first.printed('Entering MASTER STATE');
      baton.configure(block(100, ['address_conflict refuse']));
      const program = baton.start();
      await program.printed('Entering BACKUP STATE');
      await sleep(4_500);
      const { state, conflicts, counters } = await baton.instance();
      expect({ state, conflicts }).toEqual({ state: 'Backup', conflicts: [] });
      expect(counters.addressClaims, 'it has answered').toBeGreaterThan(0);
      expect((await other.instance()).conflicts).toEqual([]);
      expect((await other.instance()).counters.addressClaims).toBe(0);
    } finally {
      await other.end();
    }
  });

  siteTest('and says so over and over is answered once in ten seconds', async (site) => {
    const { far, baton, wire } = site;
    baton.configure(block(100, ['garp_master_delay 0', 'garp_master_repeat 1']));
    const program = baton.start();
    await program.printed('Entering MASTER STATE');
    await until('its announcement', () => wire.gratuitousArps.length > 0);
    await sleep(200);
    const before = wire.gratuitousArps.length;
    for (let round = 0; round < 30; round += 1) {
      announceFrom(site);
      await sleep(100);
    }
    await sleep(200);
    // The far host hears itself, too.
    expect(wire.gratuitousArps.length - before).toBe(30 + 1);
    const { counters, conflicts } = await baton.instance();
    expect(counters.addressDefences).toBe(1);
    expect(counters.addressClaims).toBe(30);
    expect(conflicts.map((one) => one.with)).toEqual([macOf(far.host)]);
  });
});

/** The far host says that it has the address, as a host does that was given it by mistake. */
function announceFrom({ far }: Site): void {
  const frame = new Uint8Array(gratuitousArpLength);
  const hardware = macOf(far.host) as MacAddress;
  emitGratuitousArp(frame, 0, { address: virtualAddress as Ipv4Address, hardware });
  far.network.queueFrame(eth0, frame);
  expect(far.network.flush()).toEqual([]);
}
