/** A log that can't be written is no reason to let go of an address. */
import { describe, expect } from 'vitest';
import { batonProgram, until } from './program.ts';
import { holds, instanceBlock, siteTest, type Site } from './site.ts';

const owner = instanceBlock({ priority: 255, state: 'MASTER' });

/** Master, answering, and at the end an orderly stop. */
async function livesOn({ baton, near }: Site, end: () => Promise<unknown>): Promise<void> {
  await until('the address', () => holds(near));
  // Each of these is a line in the log.
  for (let reloads = 0; reloads < 3; reloads += 1) {
    expect(await baton.client.reload(null)).toMatchObject({ ok: true });
  }
  expect((await baton.instance()).state).toBe('Master');
  expect(holds(near)).toBe(true);
  expect(await end()).toBe(0);
  await until('its end', () => !holds(near));
}

describe('a log', () => {
  siteTest('may be a file on a disk that is full', async (site) => {
    const { baton } = site;
    baton.configure(owner);
    const program = baton.start(['-l', '-D', '--log-file=/dev/full']);
    await livesOn(site, () => {
      program.signal('SIGTERM');
      return program.ended();
    });
    // The others have it all the same, and with it what is wrong with that one.
    expect(program.text).toContain('/dev/full');
    expect(program.text).toContain('ENOSPC');
    expect(program.text).toContain('Stopped');
  });

  siteTest('may be a pipe whose reader has gone', async (site) => {
    const { baton, near } = site;
    baton.configure(owner);
    const files = `-f ${baton.configurationPath} -p ${baton.pidPath} --socket ${baton.socketPath}`;
    const run = `${process.execPath} ${batonProgram} run ${files} -l -D`;
    const program = site.start(near.host, ['bash', '-c', `exec ${run} 2> >(head -n 1)`]);
    await program.printed('Starting Baton');
    await livesOn(site, () => {
      program.signal('SIGTERM');
      return program.ended();
    });
  });
});
