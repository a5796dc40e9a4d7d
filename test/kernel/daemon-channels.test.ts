/** What the whole program tells others, and hears from them, beside the network. */
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { until, type Program } from './program.ts';
import { holds, instanceBlock, siteTest, type Site } from './site.ts';

/** With the greatest priority that is no owner's, Backup lasts 3 s and 2/256 s. */
const almostOwner = 254;

/** Two virtual routers that are Master together, and a FIFO whose script keeps what it reads. */
function groupConfiguration(site: Site, name: string): { text: string; record: string } {
  const [fifo, record] = [join(site.directory, `${name}.fifo`), join(site.directory, name)];
  const reader = join(site.directory, `${name}.sh`);
  writeFileSync(reader, `#!/bin/sh\nexec cat "$1" > ${record}\n`, { mode: 0o755 });
  const one = instanceBlock({ priority: almostOwner });
  const two = instanceBlock({ priority: almostOwner, addresses: ['192.0.2.6'] })
    .replace('VI_1', 'VI_2')
    .replace('router_id 51', 'router_id 52');
  const text = `global_defs {
    script_user root
    vrrp_notify_fifo ${fifo}
    vrrp_notify_fifo_script ${reader}
}
vrrp_sync_group G1 {
    group {
        VI_1
        VI_2
    }
}
${one}${two}`;
  return { text, record };
}

function linesOf(record: string): readonly string[] {
  return existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : [];
}

/** Through a take-over and a stop. */
async function told(program: Program, record: string): Promise<readonly string[]> {
  await until('both masters', () => linesOf(record).length >= 6);
  program.signal('SIGTERM');
  expect(await program.ended()).toBe(0);
  return linesOf(record);
}

describe.concurrent('a notify FIFO', () => {
  siteTest("has keepalived's lines in keepalived's order, read by a script", async (site) => {
    const { baton, near, directory } = site;
    const ours = groupConfiguration(site, 'ours');
    baton.configure(ours.text);
    const lines = await told(baton.start(), ours.record);
    expect(lines).toEqual([
      ...['GROUP "G1" BACKUP 0', 'INSTANCE "VI_1" BACKUP 254', 'INSTANCE "VI_2" BACKUP 254'],
      ...['INSTANCE "VI_2" MASTER 254', 'INSTANCE "VI_1" MASTER 254', 'GROUP "G1" MASTER 0'],
      ...['INSTANCE "VI_1" STOP 254', 'INSTANCE "VI_2" STOP 254', 'GROUP "G1" STOP 0'],
    ]);
    expect(existsSync(join(directory, 'ours.fifo'))).toBe(false);

    const theirs = groupConfiguration(site, 'theirs');
    baton.configure(theirs.text);
    const words = ['-n', '-l', '-f', baton.configurationPath];
    const places = ['-p', join(directory, 'parent.pid'), '-r', join(directory, 'vrrp.pid')];
    const keepalived = site.start(near.host, ['keepalived', ...words, ...places]);
    // Its stop ends the script before that has read the last lines.
    const takeOver = (await told(keepalived, theirs.record)).slice(0, 6);
    expect(takeOver).toEqual(lines.slice(0, 6));
  });
});

describe.concurrent('a tracked thing', () => {
  siteTest('of type file changes the priority on the wire', async ({ baton, wire, directory }) => {
    const path = join(directory, 'level');
    writeFileSync(path, '0\n');
    const lines = ['track_file {', 'level weight 2', '}'];
    baton.configure(
      `track_file level {\n    file ${path}\n}\n` + instanceBlock({ priority: almostOwner, lines }),
    );
    const program = baton.start();
    await until('an advert', () => wire.priorities().at(-1) === almostOwner);
    writeFileSync(path, '-27\n');
    const lowered = await program.printed('Changing effective priority from 254 to 200');
    await until('an advert of 200', () => wire.priorities().at(-1) === 200);
    // One interval, and a second for a busy machine.
    expect((wire.adverts.at(-1)?.latestMs ?? Infinity) - lowered.atMs).toBeLessThan(2_000);
  });

  siteTest('of type process counts while it runs', async (site) => {
    const { baton, near, wire, directory } = site;
    const worker = join(directory, 'baton-worker');
    copyFileSync('/bin/sleep', worker);
    const lines = ['track_process {', 'worker', '}'];
    baton.configure(
      `vrrp_track_process worker {\n    process baton-worker\n    weight 50\n}\n` +
        instanceBlock({ priority: 200, lines }),
    );
    const running = site.start(near.host, [worker, '60']);
    const program = baton.start();
    await until('an advert', () => wire.priorities().at(-1) === 250);
    await running.end();
    await program.printed('Changing effective priority from 250 to 200');
    await until('an advert of 200', () => wire.priorities().at(-1) === 200);
    site.start(near.host, [worker, '60']);
    await until('an advert of 250', () => wire.priorities().at(-1) === 250);
  });
});

describe('the dumps', () => {
  siteTest('are written at their signals, where they are to be', async (site) => {
    const { baton, near, directory } = site;
    const path = (name: string): string => join(directory, name);
    baton.configure(`global_defs {
    state_dump_file ${directory}/
    stats_dump_file ${path('statistics')}
    json_dump_file ${path('state.json')}
    json_version 2
}
${instanceBlock({ priority: 255, state: 'MASTER' })}`);
    const program = baton.start();
    await until('the address', () => holds(near));
    const written = async (signal: number | NodeJS.Signals, name: string): Promise<string> => {
      const before = statSync(path(name), { throwIfNoEntry: false })?.ino;
      process.kill(program.processId, signal);
      await until(name, () => {
        const now = statSync(path(name), { throwIfNoEntry: false })?.ino;
        return now !== undefined && now !== before;
      });
      expect(statSync(path(name)).mode & 0o777).toBe(0o600);
      return readFileSync(path(name), 'utf8');
    };
    expect(await written('SIGUSR1', 'keepalived.data')).toMatch(/VRRP Instance = VI_1\n/);
    await until('the other', () => existsSync(path('keepalived_parent.data')));
    expect(await written('SIGUSR2', 'statistics')).toContain('Became master: 1');
    const { vrrp } = JSON.parse(await written(36, 'state.json')) as {
      vrrp: readonly { data: { iname: string; state: number } }[];
    };
    expect(vrrp.map(({ data }) => [data.iname, data.state])).toEqual([['VI_1', 2]]);

    expect(await written(63, 'statistics')).toContain('Became master: 1');
    expect(await written('SIGUSR2', 'statistics')).toContain('Became master: 0');
    process.kill(program.processId, 64);
    await program.printed('Main thread waits for: ');
    expect((await baton.instance()).state).toBe('Master');
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
  });
});
