/** What surrounds the protocol: scripts of a start and a stop, names, places, times, security. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { batonProgram, until } from './program.ts';
import { holds, instanceBlock, siteTest, virtualAddress, type Site } from './site.ts';

const owner = instanceBlock({ priority: 255, state: 'MASTER' });

function globalBlock(...lines: readonly string[]): string {
  return `global_defs {\n${lines.join('\n')}\n}\n`;
}

function script(site: Site, name: string, body: string): string {
  const path = join(site.directory, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

describe.concurrent('the scripts of a start and of a stop', () => {
  siteTest('run before anything is up, and after everything is down', async (site) => {
    const { baton, directory } = site;
    const record = join(directory, 'record');
    const count = `ip -4 address show | grep -c ${virtualAddress} >> ${record}; true`;
    const notify = script(site, 'notify.sh', `echo "$3" >> ${record}`);
    baton.configure(
      globalBlock(
        'script_user root',
        `startup_script "${script(site, 'start.sh', `echo start >> ${record}; ${count}`)}"`,
        `shutdown_script "${script(site, 'stop.sh', `echo stop >> ${record}; ${count}`)}"`,
      ) + instanceBlock({ priority: 255, state: 'MASTER', lines: [`notify "${notify}"`] }),
    );
    const program = baton.start();
    await until('the notification', () => holds(site.near) && existsSync(record));
    await until('MASTER', () => readFileSync(record, 'utf8').includes('MASTER'));
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
    const told = readFileSync(record, 'utf8').trim().split('\n');
    expect(told.slice(0, 2)).toEqual(['start', '0']);
    expect(told.slice(-3)).toEqual(['STOP', 'stop', '0']);
    expect(program.text).toMatch(/Shutdown script .*stop\.sh succeeded\n.*Stopped$/);
  });

  siteTest('are logged where they fail or take too long, and hold nothing up', async (site) => {
    const { baton } = site;
    const slow = script(site, 'slow.sh', 'sleep 60');
    const bad = script(site, 'bad.sh', 'echo no such thing; exit 3');
    baton.configure(
      globalBlock(
        'script_user root',
        `startup_script "${slow}"`,
        'startup_script_timeout 1',
        `shutdown_script "${bad}"`,
      ) + owner,
    );
    const program = baton.start();
    const begun = await program.printed(`Startup script ${slow} begins`);
    const failed = await program.printed(`Startup script ${slow} failed: timed out`);
    expect(failed.atMs - begun.atMs).toBeGreaterThan(900);
    await program.printed('Entering MASTER STATE');
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(program.text).toContain(`Shutdown script ${bad} failed: exit status 3: no such thing`);
  });

  siteTest('give way to a stop', async (site) => {
    const { baton, wire } = site;
    const slow = script(site, 'slow.sh', 'sleep 60');
    baton.configure(globalBlock('script_user root', `startup_script "${slow}"`) + owner);
    const program = baton.start();
    await program.printed('begins');
    program.signal('SIGHUP');
    program.signal('SIGUSR1');
    program.signal('SIGTERM');
    expect(await program.ended(5_000)).toBe(0);
    expect(wire.adverts).toEqual([]);
    expect(existsSync(baton.pidPath)).toBe(false);
  });
});

describe.concurrent('script security', () => {
  siteTest('has what others may write to fail, and says so once', async (site) => {
    const { baton, wire } = site;
    const open = site.subdirectory('open');
    chmodSync(site.directory, 0o755);
    chmodSync(open, 0o777);
    const check = script(site, 'open/check.sh', 'exit 0');
    baton.configure(
      `${globalBlock('enable_script_security', 'script_user root')}vrrp_script check {
    script "${check}"
    interval 1
}
${instanceBlock({ priority: 255, state: 'MASTER', lines: ['track_script {', 'check', '}'] })}`,
    );
    const program = baton.start();
    await program.printed('Entering FAULT STATE');
    const reason = `${check} is not run as root: ${open} is writable by everybody`;
    let runs = 0;
    while (runs < 3) {
      const [state] = (await baton.snapshot()).scripts;
      runs = state?.runs ?? 0;
      expect(state?.status).toBe('down');
    }
    const told = program.lines.filter(({ text }) => text.includes(`Script security: ${reason}`));
    expect(told).toHaveLength(1);
    expect(wire.adverts).toEqual([]);
  });
});

describe.concurrent('a daemon', () => {
  siteTest('has the name, the umask and the places that it is given', async (site) => {
    const { baton, near, directory } = site;
    const name = `test-${String(process.pid)}`;
    const umaskScript = script(site, 'umask.sh', `umask > ${join(directory, 'umask')}`);
    const named = globalBlock(
      'process_name keeper',
      'umask IRWXG|IRWXO',
      'script_user root',
      `startup_script "${umaskScript}"`,
    );
    baton.configure(`instance ${name}\nuse_pid_dir\n${named}${owner}`);
    const words = ['run', '-f', baton.configurationPath, '-l', '-D'];
    const program = site.start(near.host, [process.execPath, batonProgram, ...words]);
    await program.printed('Entering MASTER STATE');
    const pidPath = `/run/baton/baton_${name}.pid`;
    expect(readFileSync(pidPath, 'utf8')).toBe(`${String(program.processId)}\n`);
    expect(readFileSync(`/proc/${String(program.processId)}/comm`, 'utf8')).toBe('keeper\n');
    expect(readFileSync(join(directory, 'umask'), 'utf8')).toBe('0077\n');
    const status = baton.command('status', '--socket', `/run/baton/baton_${name}.sock`);
    expect(await status.ended()).toBe(0);

    const second = site.start(near.host, [process.execPath, batonProgram, ...words]);
    expect(await second.ended()).toBe(1);
    expect(second.text).toContain('Baton is already running');

    baton.configure(`instance other\n${named}${owner}`);
    program.signal('SIGHUP');
    await program.printed('instance has changed: that takes a restart of Baton');
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(existsSync(pidPath)).toBe(false);
  });

  siteTest('enters the namespace of its file, or of its command line first', async ({ baton }) => {
    baton.configure(`net_namespace baton-none\n${owner}`);
    const byFile = baton.start();
    expect(await byFile.ended()).toBe(1);
    expect(byFile.text).toContain('the network namespace /run/netns/baton-none: ENOENT');
    const byFlag = baton.start(['-l', '-s', 'baton-other']);
    expect(await byFlag.ended()).toBe(1);
    expect(byFlag.text).toContain('the network namespace /run/netns/baton-other: ENOENT');
  });

  siteTest('waits with VRRP as long as it is told to', async ({ baton, wire }) => {
    const delayMs = 2_000;
    baton.configure(globalBlock(`vrrp_startup_delay ${String(delayMs / 1_000)}`) + owner);
    const program = baton.start();
    const started = await program.printed('Startup complete');
    await until('an advert', () => wire.adverts.length > 0);
    const first = wire.adverts[0]?.latestMs ?? NaN;
    expect(first).toBeGreaterThan(program.startedAtMs + delayMs);
    expect(first).toBeLessThan(started.atMs + delayMs + 1_000);
  });

  siteTest('reloads at the time that a file tells, and writes what is wrong', async (site) => {
    const { baton, near, directory } = site;
    const [timeFile, complaints] = [join(directory, 'time'), join(directory, 'complaints')];
    const global = globalBlock(`reload_time_file ${timeFile}`, `reload_check_config ${complaints}`);
    baton.configure(global + owner);
    const program = baton.start();
    await program.printed('Entering MASTER STATE');
    baton.configure(
      global + instanceBlock({ priority: 255, state: 'MASTER', addresses: ['192.0.2.6'] }),
    );
    const due = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 2_000);
    writeFileSync(timeFile, `${due.toISOString().slice(11, 19)}Z\n`);
    await program.printed('Reload scheduled for');
    const done = await program.printed('Reload complete');
    expect(done.atMs).toBeGreaterThanOrEqual(due.getTime());
    await until('the new address', () => holds(near, '192.0.2.6'));
    expect(existsSync(timeFile)).toBe(false);
    expect(readFileSync(complaints, 'utf8')).not.toContain('error');

    baton.configure(global + instanceBlock({ priority: 255, lines: ['prioritty 1'] }));
    program.signal('SIGHUP');
    await program.printed('Reload refused');
    await until('the complaints', () => readFileSync(complaints, 'utf8').includes('prioritty'));
    expect(holds(near, '192.0.2.6')).toBe(true);
  });
});
