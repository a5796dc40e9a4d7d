/** One Baton takes the place of another on the same host: what other hosts notice of it. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { IpAddress } from '../../src/model/address.ts';
import { until, type Program } from './program.ts';
import { addressEvents, Baton, holds, instanceBlock, siteTest, virtualAddress } from './site.ts';
import type { Site } from './site.ts';

const nearAddress = '192.0.2.1' as IpAddress;

function block(priority: number, intervalSeconds: number, lines: readonly string[] = []): string {
  const version = intervalSeconds < 1 ? ['version 3'] : [];
  return instanceBlock({ priority, lines: [...version, ...lines] }).replace(
    'advert_int 1',
    `advert_int ${intervalSeconds}`,
  );
}

/** Two Batons, the near one Master; and what the far one goes on to say. */
async function startBoth(site: Site, near: string, far: string): Promise<[Program, Baton]> {
  const other = new Baton(site.far.host, site.subdirectory('other'));
  other.configure(far);
  site.baton.configure(near);
  const master = site.baton.start();
  await master.printed('Entering MASTER STATE');
  const backup = other.start();
  await backup.printed('Entering BACKUP STATE');
  await until('it hears the master', () => site.wire.adverts.length > 3);
  return [master, other];
}

/** Starts the one that is to take over as the test's own program, which ends with the test. */
function takeOver(site: Site): Program {
  const { baton } = site;
  const places = ['-f', baton.configurationPath, '-p', baton.pidPath, '--socket', baton.socketPath];
  const words = baton.words('run', ...places, '--takeover', '-l', '-D');
  return site.start(site.near.host, words);
}

/** The longest time between two adverts of the near host from this one on, at the least. */
function longestGapMs(site: Site, from: number): number {
  const times = site.wire.adverts.slice(from).filter(({ source }) => source === nearAddress);
  const gaps = times
    .slice(1)
    .map(({ earliestMs }, index) => earliestMs - (times[index]?.latestMs ?? earliestMs));
  return Math.max(...gaps);
}

async function processIdOf({ client }: Baton): Promise<number> {
  const answer = await client.status();
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value.identity.processId;
}

function isMasterAsThatOneWas(intervalSeconds: number): void {
  siteTest(`is Master as that one was, at ${intervalSeconds} s`, async (site) => {
    const { near, far, wire, baton } = site;
    const [master, other] = await startBoth(
      site,
      block(200, intervalSeconds, ['garp_master_delay 0']),
      block(100, intervalSeconds),
    );
    const client = site.start(far.host, ['ping', '-n', '-i', '0.02', '-W', '1', virtualAddress]);
    await client.printed('bytes from');
    await until('the burst of ARPs is over', () => wire.gratuitousArps.length >= 5);
    const before = { adverts: wire.adverts.length, arps: wire.gratuitousArps.length };
    const { counters } = await baton.instance();
    near.forget();
    far.forget();

    const next = takeOver(site);
    await next.printed('Took the place of process');
    expect(await master.ended()).toBe(0);
    const { length: taken } = wire.adverts;
    await until('it advertises', () => wire.adverts.length >= taken + 5);
    await sleep(3_000 * intervalSeconds);

    expect(addressEvents(near), next.text).toEqual([]);
    expect(addressEvents(far)).toEqual([]);
    const since = wire.adverts.slice(before.adverts);
    expect(new Set(since.map(({ source }) => source))).toEqual(new Set([nearAddress]));
    expect(new Set(since.map(({ priority }) => priority))).toEqual(new Set([200]));
    expect(wire.gratuitousArps.length, 'nothing is announced').toBe(before.arps);
    // None is late by more than an interval.
    const gapMs = longestGapMs(site, before.adverts - 1);
    console.log(`longest time between adverts at ${intervalSeconds} s: ${gapMs} ms`);
    expect(gapMs).toBeLessThanOrEqual(2_000 * intervalSeconds);
    const present = await baton.instance();
    expect(present.state).toBe('Master');
    expect(present.counters.becameMaster).toBe(1);
    expect(present.counters.advertsSent).toBeGreaterThan(counters.advertsSent);
    expect((await other.instance()).counters.becameMaster).toBe(0);

    client.signal('SIGINT');
    await client.ended();
    const [, sent = '', answered = ''] =
      /(\d+) packets transmitted, (\d+) received/.exec(client.text) ?? [];
    // The last one may have been under way.
    expect(Number(sent) - Number(answered)).toBeLessThanOrEqual(1);

    next.signal('SIGTERM');
    expect(await next.ended()).toBe(0);
    expect(holds(near)).toBe(false);
    await other.end();
  });
}

// They wait for most of their time.
describe.concurrent('a Baton that takes the place of another, with adverts of a second', () => {
  isMasterAsThatOneWas(1);

  siteTest('goes on with the numbers that others count by', async (site) => {
    const { wire } = site;
    const header = ['authentication {', 'auth_type AH', 'auth_pass secret', '}'];
    const [, other] = await startBoth(site, block(200, 1, header), block(100, 1, header));
    const next = takeOver(site);
    await next.printed('Took the place of process');
    const { length: taken } = wire.adverts;
    await until('it advertises', () => wire.adverts.length >= taken + 4);
    const { state, counters } = await other.instance();
    expect(state).toBe('Backup');
    expect(counters.drops).toEqual({});
    expect(counters.becameMaster).toBe(0);
    await other.end();
  });
});

describe('a Baton that takes the place of another', () => {
  for (const intervalSeconds of [0.1, 0.02]) isMasterAsThatOneWas(intervalSeconds);

  siteTest('is Backup as that one was, and takes over when the master is gone', async (site) => {
    const { baton, far } = site;
    const master = new Baton(far.host, site.subdirectory('other'));
    master.configure(block(200, 0.1));
    const first = master.start();
    await first.printed('Entering MASTER STATE');
    baton.configure(block(100, 0.1));
    await baton.start().printed('Entering BACKUP STATE');
    const next = takeOver(site);
    await next.printed('Took the place of process');
    await sleep(1_000);
    expect((await baton.instance()).state).toBe('Backup');
    expect(next.text).not.toContain('Entering');
    first.signal('SIGKILL');
    await next.printed('Entering MASTER STATE');
    await first.ended();
  });

  siteTest('leaves that one alone where it may not do its work', async (site) => {
    const { baton, near } = site;
    baton.configure(block(200, 0.1));
    const master = baton.start();
    await master.printed('Entering MASTER STATE');
    const former = await processIdOf(baton);
    const drop = ['setpriv', '--inh-caps=-all', '--bounding-set=-net_admin,-net_raw', '--'];
    const places = ['-f', baton.configurationPath, '-p', baton.pidPath, '-l'];
    const words = baton.words('run', ...places, '--socket', baton.socketPath, '--takeover');
    const next = site.start(near.host, [...drop, ...words]);
    expect(await next.ended()).toBe(4);
    expect(Number(readFileSync(baton.pidPath, 'utf8'))).toBe(former);
    expect((await baton.instance()).state).toBe('Master');
  });

  siteTest('starts by itself where there is none', async (site) => {
    site.baton.configure(block(200, 0.1));
    const program = site.baton.start(['-l', '-D', '--takeover']);
    await program.printed('No Baton runs whose place could be taken');
    await program.printed('Entering MASTER STATE');
  });
});

describe('baton upgrade', () => {
  siteTest('starts the program anew, which takes over', async (site) => {
    const { baton, near, wire } = site;
    const [, other] = await startBoth(site, block(200, 0.1), block(100, 0.1));
    const former = await processIdOf(baton);
    const { length: before } = wire.adverts;
    near.forget();
    const upgrade = baton.command('upgrade', '--socket', baton.socketPath);
    try {
      expect(await upgrade.ended(), upgrade.text).toBe(0);
      const present = await processIdOf(baton);
      expect(upgrade.text).toMatch(
        new RegExp(`\\(process ${present}\\) has taken the place of .* \\(process ${former}\\)`),
      );
      expect(Number(readFileSync(baton.pidPath, 'utf8'))).toBe(present);
      await until('the former one is gone', () => !isAlive(former));
      await sleep(500);
      expect(addressEvents(near)).toEqual([]);
      expect(longestGapMs(site, before - 1)).toBeLessThanOrEqual(200);
      expect((await other.instance()).counters.becameMaster).toBe(0);
      // Once more, by the one that has taken over.
      const again = baton.command('upgrade', '--socket', baton.socketPath);
      expect(await again.ended(), again.text).toBe(0);
      expect(await processIdOf(baton)).not.toBe(present);
      expect(addressEvents(near)).toEqual([]);
    } finally {
      await baton.client.stop();
      await other.end();
    }
  });

  siteTest('changes nothing where the new one does not start', async (site) => {
    const { baton, near } = site;
    baton.configure(block(200, 0.1));
    const master = baton.start();
    await master.printed('Entering MASTER STATE');
    await until('it has its address', () => holds(near));
    near.forget();
    baton.configure('vrrp_instance VI_1 {\n    prioriti 100\n}\n');
    const former = await processIdOf(baton);
    const upgrade = baton.command('upgrade', '--socket', baton.socketPath);
    expect(await upgrade.ended()).toBe(1);
    expect(upgrade.text).toContain('exit code 2');
    expect(upgrade.text).toContain('this Baton goes on as before');
    expect(master.text).toContain('prioriti');
    expect(await processIdOf(baton)).toBe(former);
    expect(Number(readFileSync(baton.pidPath, 'utf8'))).toBe(former);
    expect((await baton.instance()).state).toBe('Master');
    expect(addressEvents(near)).toEqual([]);
  });
});

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
