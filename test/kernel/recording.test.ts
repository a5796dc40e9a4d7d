/** A real fail-over, recorded by the daemon, and played again by another process. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baton, instanceBlock, siteTest, type Site } from './site.ts';

const password = 'hu5hhu5h';
const authentication = ['authentication {', 'auth_type PASS', `auth_pass ${password}`, '}'];

const takeOver = new RegExp(
  '^VI_1 became Master at [0-9:.]+, [0-9.]+ s ago, since no advert had come from 192\\.0\\.2\\.2 ' +
    'for 3\\.6[0-9]+ s \\(Master_Down_Interval = 3 × 1 s \\+ 0\\.609 s skew at priority 100\\)\\. ' +
    'The last one, priority 150, came at [0-9:.]+\\.$',
  'm',
);

/** The far host is master and is killed; the near one, which records, takes over and stops. */
async function recordFailOver(site: Site, file: string): Promise<void> {
  const { near, far, baton } = site;
  const other = new Baton(far.host, site.subdirectory('far'));
  other.configure(instanceBlock({ priority: 150, lines: authentication }));
  baton.configure(instanceBlock({ priority: 100, lines: authentication }));
  const master = other.start();
  await master.printed('Entering MASTER STATE');
  const program = baton.start(['-l', '-D', '--record', file]);
  await program.printed(`Recording to ${file}`);
  await program.printed('Startup complete');
  while ((await baton.instance()).master === null) await sleep(20);
  master.signal('SIGKILL');
  await program.printed('Entering MASTER STATE');
  const asked = site.start(near.host, baton.words('explain', '--socket', baton.socketPath));
  expect(await asked.ended()).toBe(0);
  expect(asked.text).toMatch(takeOver);
  program.signal('SIGTERM');
  expect(await program.ended()).toBe(0);
}

siteTest('a fail-over that was recorded is replayed to the byte', async (site) => {
  const file = join(site.directory, 'fail-over');
  await recordFailOver(site, file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  for (const secret of [password, Buffer.from(password).toString('hex')]) {
    expect(text).not.toContain(secret);
  }

  const same = site.start(site.near.host, site.baton.words('replay', file));
  expect(await same.ended()).toBe(0);
  expect(same.text).toMatch(/^\d+ inputs in [\d.]+ s: all \d+ effects identical$/m);
  expect(same.text).toMatch(/VI_1 Backup -> Master: master 192\.0\.2\.2 silent or resigned/);
  expect(same.text).toContain('it ends where Baton stopped');

  // The operator's command is the last cause: what stands in the recording is its whole life.
  const explained = site.start(
    site.near.host,
    site.baton.words('explain', '--recording', file, 'VI_1'),
  );
  expect(await explained.ended()).toBe(0);
  expect(explained.text).toMatch(/^VI_1 ended as Master at [0-9:.]+, 0\.\d s ago, since Baton was/);
  expect(explained.text).toContain("operator's command: stop");

  // The same, had the core not done what it did.
  const advert = text.split('\n').findIndex((line) => line.includes('"send-advert"'));
  const forged = text.replace(/("send-advert".*"digest":")....../, '$1ffffff');
  writeFileSync(file, forged);
  const other = site.start(site.near.host, site.baton.words('replay', file));
  expect(await other.ended()).toBe(1);
  expect(other.text).toContain(`line ${advert + 1}: the first difference`);
  expect(other.text).toMatch(/: 1 answered otherwise than recorded$/m);
});

siteTest(
  'what can not be recorded does not keep Baton from its work',
  async ({ baton, directory }) => {
    const file = join(directory, 'there-already');
    writeFileSync(file, 'kept');
    baton.configure(instanceBlock({ priority: 255, state: 'MASTER' }));
    const program = baton.start(['-l', '-D', '--record', file]);
    await program.printed('Entering MASTER STATE');
    expect(program.text).toContain(`Not recording: ${file} is there already`);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  },
);
