/** A Baton that is killed and started again: what the other host and a client notice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { IpAddress } from '../../src/model/address.ts';
import { type Program, until } from './program.ts';
import { seconds } from '../../src/base/units.ts';
import { leftTo } from './found-addresses.ts';
import { cableTest, clock, virtualAddress as addressOf } from './station.ts';
import { addressEvents, Baton, holds, instanceBlock, siteTest, virtualAddress } from './site.ts';
import type { Site } from './site.ts';

const nearAddress = '192.0.2.1' as IpAddress;
const excluded = ['virtual_ipaddress_excluded {', '2001:db8::5/64', '203.0.113.7/32', '}'];

describe('what an earlier run has left', () => {
  for (const text of ['192.0.2.5/32', '2001:db8::5/64']) {
    cableTest(`is told with the time of its last renewal: ${text}`, async ({ host, network }) => {
      const held = addressOf(text);
      const hold = { type: 'hold', id: 1, address: held, lifetime: seconds(2) } as const;
      network.changeAddresses([hold]);
      await sleep(300);
      const earliest = clock.now();
      network.changeAddresses([hold]);
      const latest = clock.now();
      await sleep(600);
      const [left] = leftTo(host);
      expect(left).toMatchObject({ address: held.address, own: true });
      // Never later than it was, and as exactly as the kernel's ticks of 1 to 10 ms let.
      expect(left?.renewedAt).toBeLessThanOrEqual(latest);
      expect(left?.renewedAt).toBeGreaterThan(earliest - 60_000);
      // To be looked at does not let it live longer.
      await sleep(1_950);
      expect(host.ip('address show dev eth0')).not.toContain(held.address);
    });
  }
});

/** Two Batons; the near one is Master. */
async function startBoth(site: Site, near: string, far: string): Promise<[Program, Program]> {
  const { baton } = site;
  const other = new Baton(site.far.host, site.subdirectory('other'));
  other.configure(far);
  baton.configure(near);
  const master = baton.start();
  await master.printed('Entering MASTER STATE');
  const backup = other.start();
  await backup.printed('Entering BACKUP STATE');
  return [master, backup];
}

/** Kills it with SIGKILL and starts it again, as systemd does with RestartSec=0. */
async function killAndRestart(site: Site, master: Program): Promise<Program> {
  master.signal('SIGKILL');
  await master.ended();
  return site.baton.start();
}

/** The longest time without an advert of the near host, as far as the test can have seen it. */
function longestGapMs(site: Site): number {
  const times = site.wire.adverts.filter(({ source }) => source === nearAddress);
  const gaps = times.map(({ earliestMs }, index) => {
    return earliestMs - (times[index - 1]?.latestMs ?? earliestMs);
  });
  return Math.max(...gaps);
}

describe.concurrent('killed and started again within its lease', () => {
  siteTest('is Master at once, and nobody notices', async (site) => {
    const { near, far, wire } = site;
    const [master, backup] = await startBoth(
      site,
      instanceBlock({ priority: 200, lines: excluded }),
      instanceBlock({ priority: 100, lines: excluded }),
    );
    const client = site.start(far.host, ['ping', '-n', '-i', '0.05', '-W', '1', virtualAddress]);
    await client.printed('bytes from');
    await until('the first burst of ARPs', () => wire.gratuitousArps.length >= 10);
    const { length: advertsBefore } = wire.adverts;
    near.forget();
    far.forget();

    const again = await killAndRestart(site, master);
    await again.printed('goes on with the addresses of an earlier run');
    await again.printed('Entering MASTER STATE');
    // Longer than the backup would have waited.
    await sleep(4_000);

    expect(addressEvents(near)).toEqual([]);
    expect(addressEvents(far)).toEqual([]);
    expect(backup.text).not.toContain('Entering MASTER STATE');
    const since = wire.adverts.slice(advertsBefore);
    expect(new Set(since.map(({ source }) => source))).toEqual(new Set([nearAddress]));
    expect(new Set(since.map(({ priority }) => priority))).toEqual(new Set([200]));
    expect(longestGapMs(site)).toBeLessThan(3_000);
    expect((await site.baton.instance()).state).toBe('Master');

    client.signal('SIGINT');
    await client.ended();
    const [, sent = '', answered = ''] =
      /(\d+) packets transmitted, (\d+) received/.exec(client.text) ?? [];
    expect(Number(sent)).toBeGreaterThan(60);
    // The last one may have been under way.
    expect(Number(sent) - Number(answered)).toBeLessThanOrEqual(1);

    again.signal('SIGTERM');
    expect(await again.ended()).toBe(0);
    expect(holds(near)).toBe(false);
  });

  siteTest('with a virtual MAC address, and a script whose result is not known', async (site) => {
    const { near, far, wire, baton } = site;
    const tracked = ['use_vmac', 'track_script {', 'check', '}'];
    const script = 'vrrp_script check {\n script "/bin/sleep 2"\n interval 3\n user root\n}\n';
    const [master, backup] = await startBoth(
      site,
      script + instanceBlock({ priority: 200, lines: tracked }),
      instanceBlock({ priority: 100, lines: ['use_vmac'] }),
    );
    const { length: advertsBefore } = wire.adverts;
    near.forget();
    const again = await killAndRestart(site, master);
    await again.printed('Entering MASTER STATE');
    await sleep(4_000);
    expect(addressEvents(near)).toEqual([]);
    expect(backup.text).not.toContain('Entering MASTER STATE');
    const since = wire.adverts.slice(advertsBefore);
    expect(new Set(since.map(({ source }) => source))).toEqual(new Set([nearAddress]));
    expect((await baton.snapshot()).scripts[0]?.runs).toBe(1);
    expect(far.events.filter(({ type }) => type === 'address-appeared')).toEqual([]);
  });
});

describe.concurrent('killed and started again too late', () => {
  siteTest('begins as Backup', async (site) => {
    const { baton, near, wire } = site;
    const block = instanceBlock({ priority: 255, state: 'MASTER' });
    baton.configure(block);
    const master = baton.start();
    await master.printed('Entering MASTER STATE');
    master.signal('SIGKILL');
    await master.ended();
    await sleep(2_700);
    const { length: advertsBefore } = wire.adverts;
    baton.configure(instanceBlock({ priority: 100 }));
    const again = baton.start();
    await again.printed('Entering BACKUP STATE (init)');
    expect(again.text).not.toContain('earlier run');
    expect(holds(near)).toBe(false);
    expect(wire.adverts.slice(advertsBefore)).toEqual([]);
  });
});
