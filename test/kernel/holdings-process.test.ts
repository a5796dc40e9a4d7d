/** What the kernel shows of the process itself: scheduling, memory, sockets, namespace, time. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { describe, expect } from 'vitest';
import { namespaceConfiguration, processConfiguration } from './held-process.ts';
import { becomes, difference } from './holdings.ts';
import type { Host } from './namespace.ts';
import { batonProgram, until, type Program } from './program.ts';
import { holds, instanceBlock, siteTest, type Site } from './site.ts';

const obstacle = readFileSync('/proc/self/setgroups', 'utf8').startsWith('deny')
  ? 'real-time priority is for root only, not for root of a user namespace'
  : null;

/** Nice, real-time priority and policy (proc_pid_stat(5)) of the thread that has a policy. */
function scheduling(processId: number): string {
  const folder = `/proc/${processId}/task`;
  for (const thread of readdirSync(folder)) {
    const stat = readFileSync(`${folder}/${thread}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [nice, priority, policy] = [fields[16], fields[37], fields[38]];
    if (policy === '0') continue;
    const status = readFileSync(`${folder}/${thread}/status`, 'utf8');
    const processors = /^Cpus_allowed_list:\s+(.*)$/m.exec(status)?.[1];
    return `nice ${nice}, priority ${priority}, policy ${policy}, processors ${processors}`;
  }
  return 'none';
}

function file(program: Program, name: string): string {
  return readFileSync(`/proc/${program.processId}/${name}`, 'utf8');
}

/** Groups, and the parameter for their reports. */
function groups(host: Host): readonly string[] {
  const shown = JSON.parse(host.ip('-json maddress show dev eth0')) as readonly {
    readonly maddr: readonly { readonly address?: string }[];
  }[];
  const joined = shown.flatMap(({ maddr }) => maddr.flatMap(({ address }) => address ?? []));
  const reports = host.run(() =>
    readFileSync('/proc/sys/net/ipv4/igmp_link_local_mcast_reports', 'utf8').trim(),
  );
  return [...joined.map((address) => `group ${address}`), `reports ${reports}`];
}

/** Sizes of the receive buffers of netlink sockets; the kernel doubles what it is asked for. */
function netlinkBuffers(host: Host): ReadonlySet<string> {
  const { stdout } = host.run(() =>
    spawnSync('ss', ['--family=netlink', '--memory'], { encoding: 'utf8' }),
  );
  return new Set([...stdout.matchAll(/,rb(\d+),/g)].map(([, octets = '']) => octets));
}

/** Source, destination and TTL of each virtual router's adverts of IPv4. */
function headers({ wire }: Site): readonly string[] {
  const lines = wire.adverts.map(({ hex }) => {
    const octet = (at: number): number => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
    const address = (at: number): string => [0, 1, 2, 3].map((one) => octet(at + one)).join('.');
    const ip = 14;
    return `VRID ${octet(ip + 21)}: ${address(ip + 12)} to ${address(ip + 16)}, TTL ${octet(ip + 8)}`;
  });
  return [...new Set(lines)].toSorted();
}

async function play(site: Site): Promise<void> {
  const { baton, near } = site;
  near.host.ip('address add 192.0.2.11/24 dev eth0');
  near.host.ip('address add fe80::1/64 dev eth0 nodad');
  const before = groups(near.host);
  baton.configure(processConfiguration);
  const program = baton.start();
  await Promise.all(
    [1, 2, 3, 4, 5].map((id) => program.printed(`(VI_${id}) Entering MASTER STATE`)),
  );
  await becomes(
    () => difference(before, groups(near.host)),
    [
      '- reports 1',
      'group 224.0.0.77',
      'group 224.0.0.99',
      'group ff02::1:ff00:4',
      'group ff02::99',
      'reports 0',
    ].toSorted(),
    'groups',
  );
  await becomes(
    () => [scheduling(program.processId)],
    ['nice -7, priority 11, policy 2, processors 0'],
    'scheduling',
  );
  expect(file(program, 'comm')).toBe('keeper_vrrp\n');
  expect(file(program, 'limits')).toMatch(/^Max realtime timeout +400000 /m);
  // More than a million octets of program and libraries, in kB.
  expect(file(program, 'status')).toMatch(/^VmLck:\s+\d{4,} kB$/m);
  const buffers = netlinkBuffers(near.host);
  expect([buffers.has('600000'), buffers.has('800000')]).toEqual([true, true]);
  await becomes(
    () => headers(site),
    [
      'VRID 1: 192.0.2.11 to 224.0.0.99, TTL 255',
      'VRID 2: 192.0.2.1 to 224.0.0.77, TTL 255',
      'VRID 3: 192.0.2.11 to 192.0.2.2, TTL 7',
      'VRID 5: 192.0.2.1 to 224.0.0.99, TTL 255',
    ],
    'headers',
  );
  // Through a reload, and what it lets go of: locked memory must not be what the engine needs.
  for (let count = 0; count < 5; count += 1) {
    const from = program.lines.length;
    program.signal('SIGHUP');
    await program.printed('Reload complete', from);
  }
  program.signal('SIGTERM');
  expect(await program.ended()).toBe(0);
  expect(difference(before, groups(near.host))).toEqual([]);
}

describe.concurrent('the kernel shows', () => {
  siteTest('how the program runs, listens and sends', play, { obstacle });

  siteTest(
    'that it runs in the namespace of its configuration',
    async (site) => {
      const { baton, near, far } = site;
      baton.configure(namespaceConfiguration);
      // The name is there for this program alone.
      const naming =
        'mkdir -p /run/netns && mount -t tmpfs none /run/netns && touch /run/netns/blue && ' +
        'mount --bind "$0" /run/netns/blue && exec "$@"';
      const files = ['-f', baton.configurationPath, '-p', baton.pidPath];
      const words = ['run', ...files, '--socket', baton.socketPath, '-l', '-D'];
      const shell = ['unshare', '--mount', 'sh', '-c', naming, near.host.path];
      const program = site.start(far.host, [...shell, process.execPath, batonProgram, ...words]);
      await program.printed('Entering MASTER STATE');
      await until('the address', () => holds(near, '198.51.100.1'));
      program.signal('SIGTERM');
      expect(await program.ended()).toBe(0);
      expect(holds(near, '198.51.100.1')).toBe(false);
    },
    { obstacle },
  );

  siteTest('when it may begin, by the time since the boot', async ({ baton, near, wire }) => {
    const beginsAfterS = 2.5;
    const begun = Date.now();
    const delay = `vrrp_delay_after_boot ${(uptime() + beginsAfterS).toFixed(2)}`;
    baton.configure(
      `global_defs {\n    ${delay}\n}\n` + instanceBlock({ priority: 255, state: 'MASTER' }),
    );
    const program = baton.start();
    await program.printed('Startup complete');
    expect(holds(near)).toBe(false);
    await until('an advert', () => wire.adverts.length > 0);
    const first = wire.adverts[0]?.latestMs ?? NaN;
    expect(first - begun).toBeGreaterThan(beginsAfterS * 1_000 - 20);
    expect(first - begun).toBeLessThan(beginsAfterS * 1_000 + 1_000);
  });
});
