/** Baton and Debian's keepalived as the two hosts of one virtual router. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { until, type Program } from '../kernel/program.ts';
import { holds, instanceBlock, passAuthentication, siteTest, type Site } from '../kernel/site.ts';

/** Why there is no keepalived here; null where there is. */
const obstacle = spawnSync('keepalived', ['--version']).error?.message ?? null;

const batonAddress = '192.0.2.1';
const keepalivedAddress = '192.0.2.2';

/** What is added to the protocol's times, for a machine that is busy elsewhere. */
const toleranceMs = 1_000;

/** RFC 3768 section 6.1, with adverts each second. */
function skewMs(priority: number): number {
  return ((256 - priority) / 256) * 1_000;
}

function masterDownMs(priority: number): number {
  return 3_000 + skewMs(priority);
}

const authentications = [
  { kind: 'no', lines: [] },
  { kind: 'PASS', lines: passAuthentication },
] as const;

/** The keepalived of the far host. */
class Keepalived {
  readonly configurationPath: string;
  readonly #site: Site;
  readonly #directory: string;

  constructor(site: Site) {
    this.#site = site;
    this.#directory = site.subdirectory('keepalived');
    this.configurationPath = join(this.#directory, 'keepalived.conf');
  }

  configure(text: string): void {
    writeFileSync(this.configurationPath, text);
  }

  start(): Program {
    const pidFiles = ['-p', '-r', '-c'].flatMap((flag) => [flag, join(this.#directory, flag)]);
    return this.#run('-n', '-l', '-D', '-f', this.configurationPath, ...pidFiles);
  }

  test(): Program {
    return this.#run('-t', '-l', '-f', this.configurationPath);
  }

  #run(...flags: readonly string[]): Program {
    return this.#site.start(this.#site.far.host, ['keepalived', ...flags]);
  }
}

function pairTest(name: string, body: (site: Site, keepalived: Keepalived) => Promise<void>): void {
  siteTest(name, (site) => body(site, new Keepalived(site)), { obstacle });
}

function holders({ near, far }: Site): readonly string[] {
  return [...(holds(near) ? ['Baton'] : []), ...(holds(far) ? ['keepalived'] : [])];
}

/** Waits until this host alone holds the address, then sees for two intervals that it stays so. */
async function settledOn(site: Site, holder: 'Baton' | 'keepalived', limitMs: number) {
  const settled = () => holders(site).join() === holder;
  await until(`${holder} alone holds the address`, settled, limitMs);
  const heard = site.wire.adverts.length;
  for (let look = 0; look < 20; look += 1) {
    await sleep(100);
    expect(holders(site)).toEqual([holder]);
  }
  const source = holder === 'Baton' ? batonAddress : keepalivedAddress;
  const since = site.wire.adverts.slice(heard);
  expect(since.length).toBeGreaterThan(0);
  expect(new Set(since.map((advert) => advert.source))).toEqual(new Set([source]));
}

/** How long, at the most, it was from the priority 0 of one host to the first advert of the other. */
async function takeOverMs({ wire }: Site, from: string, to: string): Promise<number> {
  const resigned = () =>
    wire.adverts.findLastIndex(({ source, priority }) => source === from && priority === 0);
  await until(`priority 0 of ${from}`, () => resigned() >= 0);
  const taken = () => wire.adverts.slice(resigned()).find(({ source }) => source === to);
  await until(`an advert of ${to}`, () => taken() !== undefined);
  return (taken()?.latestMs ?? NaN) - (wire.adverts[resigned()]?.earliestMs ?? NaN);
}

describe.concurrent.each(authentications)('with $kind authentication', ({ lines }) => {
  const backup = instanceBlock({ priority: 100, lines });
  const master = instanceBlock({ priority: 150, state: 'MASTER', lines });

  pairTest('keepalived is the backup of Baton', async (site, keepalived) => {
    const { baton } = site;
    baton.configure(master);
    keepalived.configure(backup);
    const first = baton.start();
    await first.printed('Startup complete');
    const peer = keepalived.start();
    await settledOn(site, 'Baton', masterDownMs(150) + toleranceMs);
    expect(peer.text).not.toContain('Entering MASTER STATE');

    first.signal('SIGTERM');
    const lateMs = await takeOverMs(site, batonAddress, keepalivedAddress);
    expect(lateMs).toBeGreaterThan(skewMs(100));
    expect(lateMs).toBeLessThan(skewMs(100) + toleranceMs);
    expect(await first.ended()).toBe(0);
    await settledOn(site, 'keepalived', toleranceMs);

    const wasMaster = peer.lines.length;
    const second = baton.start();
    await second.printed('Startup complete');
    await settledOn(site, 'Baton', masterDownMs(150) + toleranceMs);
    await peer.printed('removing VIPs', wasMaster);
  });

  pairTest('Baton is the backup of keepalived', async (site, keepalived) => {
    const { baton } = site;
    baton.configure(backup);
    keepalived.configure(master);
    const first = keepalived.start();
    await first.printed('Startup complete');
    const own = baton.start();
    await settledOn(site, 'keepalived', masterDownMs(150) + toleranceMs);
    // It may have begun just after an advert.
    await own.printed('Startup complete');
    await expect
      .poll(async () => (await baton.instance()).master, { timeout: 2_000 })
      .not.toBeNull();
    expect(await baton.instance()).toMatchObject({
      state: 'Backup',
      master: { address: keepalivedAddress, priority: 150 },
      counters: { advertsSent: 0, drops: {} },
    });

    first.signal('SIGTERM');
    const lateMs = await takeOverMs(site, keepalivedAddress, batonAddress);
    expect(lateMs).toBeGreaterThan(skewMs(100));
    expect(lateMs).toBeLessThan(skewMs(100) + toleranceMs);
    await settledOn(site, 'Baton', toleranceMs);
    expect(await first.ended()).toBe(0);

    await keepalived.start().printed('Startup complete');
    await settledOn(site, 'keepalived', masterDownMs(150) + toleranceMs);
    await own.printed(`Master received advert from ${keepalivedAddress} with higher priority 150`);
    expect((await baton.instance()).state).toBe('Backup');
  });
});

describe.concurrent('a pair', () => {
  pairTest('of different passwords has two masters, and Baton says why', async (site, peer) => {
    const { baton } = site;
    baton.configure(instanceBlock({ priority: 100, lines: passAuthentication }));
    const otherPassword = passAuthentication.map((line) => line.replace('1111', '2222'));
    peer.configure(instanceBlock({ priority: 150, lines: otherPassword }));
    const own = baton.start();
    await Promise.all([own, peer.start()].map((one) => one.printed('Startup complete')));
    const both = () => holders(site).join() === 'Baton,keepalived';
    await until('two holders', both, masterDownMs(100) + toleranceMs);
    await own.printed('not to be believed (authentication-failure)');
    const { state, counters } = await baton.instance();
    expect(state).toBe('Master');
    expect(counters.advertsReceived).toBe(0);
    expect(counters.drops['authentication-failure']).toBeGreaterThan(0);
    expect(own.text).not.toMatch(/1111|2222/);
  });

  pairTest("has one file: keepalived passes over what is Baton's", async (site, keepalived) => {
    const { far } = site;
    const service = 'service nginx {\n    type nginx\n    start /usr/sbin/nginx\n}\n';
    const instance = instanceBlock({ priority: 150 });
    keepalived.configure(`${instance}@baton include service.conf\n`);
    expect(await keepalived.test().ended()).toBe(0);

    keepalived.configure(service + instance);
    const peer = keepalived.start();
    await until('the address', () => holds(far), masterDownMs(150) + toleranceMs);
    await peer.printed('Entering MASTER STATE');
    await until('an advert', () => site.wire.adverts.length > 0);
    expect(site.wire.adverts.at(-1)).toMatchObject({ source: keepalivedAddress, priority: 150 });
  });
});
