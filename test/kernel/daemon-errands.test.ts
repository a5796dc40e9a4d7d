/** What the whole program does for people and scripts, beside its adverts. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { Relay } from '../interop/relay.ts';
import { until } from './program.ts';
import { instanceBlock, siteTest } from './site.ts';

const globalBlock = `global_defs {
    script_user root
    router_id router
    notification_email {
        operator@example.org
    }
    notification_email_from baton@example.org
    smtp_server 127.0.0.1 2525
}
`;

/** With the greatest priority that is no owner's, Backup lasts 3 s and 2/256 s. */
const almostOwner = 254;

describe.concurrent('a daemon', () => {
  siteTest('runs notify scripts one at a time, in order', async ({ baton, directory }) => {
    const record = join(directory, 'record');
    const script = join(directory, 'notify.sh');
    // Two at a time would begin both before either ends.
    const body = `#!/bin/sh\necho "begin $*" >> ${record}\nsleep 0.2\necho "end $*" >> ${record}\n`;
    writeFileSync(script, body, { mode: 0o755 });
    const notify = ['master', 'backup', 'stop'].map((state) => {
      return `notify_${state} "${script} the ${state} script"`;
    });
    const lines = [...notify, `notify "${script} any"`];
    baton.configure(globalBlock + instanceBlock({ priority: almostOwner, lines }));
    const program = baton.start();
    await program.printed('Entering MASTER STATE');
    const recorded = () => (existsSync(record) ? readFileSync(record, 'utf8').split('\n') : []);
    await until('four scripts', () => recorded().length === 8 + 1);
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
    const told = [
      ...['the backup script', 'any INSTANCE VI_1 BACKUP 254'],
      ...['the master script', 'any INSTANCE VI_1 MASTER 254'],
      ...['the stop script', 'any INSTANCE VI_1 STOP 254'],
    ];
    expect(recorded()).toEqual([...told.flatMap((text) => [`begin ${text}`, `end ${text}`]), '']);
  });

  siteTest('writes mail to its operator', async ({ baton, near }) => {
    const relay = new Relay();
    await near.host.run(() => relay.listen(2525));
    try {
      const lines = ['smtp_alert'];
      baton.configure(globalBlock + instanceBlock({ priority: almostOwner, lines }));
      baton.start();
      expect([await relay.next(), await relay.next()]).toEqual([
        '[router] VRRP Instance VI_1 - Entering BACKUP state',
        '[router] VRRP Instance VI_1 - Entering MASTER state',
      ]);
    } finally {
      await relay.close();
    }
  });

  siteTest('lowers its priority while a script fails', async (site) => {
    const { baton, directory, wire } = site;
    const well = join(directory, 'well');
    writeFileSync(well, '');
    baton.configure(
      scriptBlock(`/usr/bin/test -e ${well}`, 'weight -54') +
        instanceBlock({ priority: almostOwner, lines: tracking }),
    );
    const program = baton.start();
    await until('an advert', () => wire.adverts.length > 0);
    expect(wire.priorities()).not.toContain(200);

    rmSync(well);
    const lowered = await program.printed('Changing effective priority from 254 to 200');
    await until('an advert of 200', () => wire.priorities().at(-1) === 200);
    // One interval, and a second for a busy machine.
    expect((wire.adverts.at(-1)?.latestMs ?? Infinity) - lowered.atMs).toBeLessThan(2_000);
    expect(await baton.instance()).toMatchObject({ state: 'Master', effectivePriority: 200 });

    writeFileSync(well, '');
    await program.printed('Changing effective priority from 200 to 254');
    await until('an advert of 254', () => wire.priorities().at(-1) === 254);
  });

  siteTest('is in Fault, and says why, when a script does not exist', async (site) => {
    const { baton, wire } = site;
    baton.configure(
      scriptBlock('/nonexistent/check.sh') +
        instanceBlock({ priority: 255, state: 'MASTER', lines: tracking }),
    );
    const program = baton.start();
    await program.printed('Entering FAULT STATE');
    const status = baton.command('status', '--json', '--socket', baton.socketPath);
    expect(await status.ended()).toBe(0);
    expect(JSON.parse(status.text)).toMatchObject({
      instances: [{ state: 'Fault', reasons: ['script check down'] }],
      scripts: [{ lastDetail: "can't be executed: /nonexistent/check.sh does not exist" }],
    });
    expect(wire.adverts).toEqual([]);
  });
});

const tracking = ['track_script {', 'check', '}'];

function scriptBlock(command: string, ...lines: readonly string[]): string {
  return `vrrp_script check {
    script "${command}"
    interval 1
    ${lines.join('\n    ')}
}
`;
}
