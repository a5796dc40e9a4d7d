/** A bug ends Baton at once and says where it is: nothing is left half alive. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { batonProgram, type Program } from './program.ts';
import { instanceBlock, siteTest, type Site } from './site.ts';

/** In Fault, so that the pulse waits for nothing in particular. */
const idle = instanceBlock({ priority: 100 }).replace('eth0', 'eth9');

/** Baton with this planted in its main thread; it ends by it once it has started. */
async function endBy(site: Site, bug: string): Promise<Program> {
  const { baton, near, directory } = site;
  const module = join(directory, 'bug.mjs');
  const trigger = join(directory, 'now');
  writeFileSync(
    module,
    `import { existsSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    const timer = isMainThread ? setInterval(look, 20) : null;
    function look() {
      if (!existsSync(${JSON.stringify(trigger)})) return;
      clearInterval(timer);
      ${bug}
    }`,
  );
  baton.configure(idle);
  const files = ['-f', baton.configurationPath, '-p', baton.pidPath, '--socket', baton.socketPath];
  const words = [process.execPath, '--import', module, batonProgram, 'run', ...files, '-l', '-D'];
  const program = site.start(near.host, words);
  await program.printed('Startup complete');
  // So long that the pulse sleeps.
  await sleep(500);
  writeFileSync(trigger, '');
  expect(await program.ended(10_000)).toBe(70);
  expect(() => readFileSync(baton.pidPath)).toThrow('ENOENT');
  return program;
}

describe('an error that nobody has foreseen', () => {
  siteTest('in the main thread ends both', async (site) => {
    const program = await endBy(site, `throw new Error('planted');`);
    expect(program.text).toContain('Baton has a bug and stops: Error: planted');
  });

  siteTest('in a promise ends both', async (site) => {
    const program = await endBy(site, `void Promise.reject(new Error('promised'));`);
    expect(program.text).toContain('Baton has a bug and stops: Error: promised');
  });
});
