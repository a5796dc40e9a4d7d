/** The closing line of `npm test` counts what really happened: tried on a project that fails. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './house.ts';

const configuration = `
export default {
  test: {
    projects: ['unit', 'conformance', 'gates'].map((name) => ({
      test: { name, include: [name + '/*.test.mjs'] },
    })),
  },
};`;

const passing = `
import { it } from 'vitest';
it('passes', () => {});`;

const skipping = `
import { it } from 'vitest';
it('passes as well', () => {});
it('skips', (context) => context.skip('there is no such device'));`;

const failing = `
import { beforeAll, describe, it } from 'vitest';
it('fails', () => { throw new Error('as it should'); });
describe('after a hook that fails', () => {
  beforeAll(() => { throw new Error('as it should'); });
  it('is not run', () => {});
});`;

const broken = `throw new Error('while it is loaded');`;

const escaping = `
import { it } from 'vitest';
it('passes too early', () => { void Promise.reject(new Error('outside of the test')); });`;

interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly closingLine: string;
}

describe('npm test', () => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-run-'));

  beforeAll(() => {
    cpSync(join(root, 'test/run'), join(directory, 'test/run'), { recursive: true });
    cpSync(join(root, 'test/run.mjs'), join(directory, 'test/run.mjs'));
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(directory, 'vitest.config.mjs'), configuration);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** Runs the quick suites, with these as their only tests. */
  function run(tests: Readonly<Record<string, string>>, environment: object = {}) {
    for (const project of ['unit', 'conformance', 'gates']) {
      rmSync(join(directory, project), { recursive: true, force: true });
      mkdirSync(join(directory, project));
      const text = tests[project];
      if (text !== undefined) writeFileSync(join(directory, project, 'a.test.mjs'), text);
    }
    return new Promise<Outcome>((resolve) => {
      const { PATH, HOME } = process.env;
      const child = execFile(
        process.execPath,
        [join(directory, 'test/run.mjs'), 'unit'],
        { env: { PATH, HOME, ...environment } },
        (_error, output) => {
          const closingLine = output.trimEnd().split('\n').at(-1) ?? '';
          resolve({ status: child.exitCode ?? -1, output, closingLine });
        },
      );
    });
  }

  it('passes when all pass', async () => {
    const outcome = await run({ unit: passing, conformance: passing, gates: passing });
    expect(outcome).toMatchObject({ status: 0, closingLine: '3 passed, 0 failed, 0 skipped' });
  });

  it('tells the reason of each skipped test', async () => {
    const outcome = await run({ unit: passing, conformance: skipping, gates: passing });
    expect(outcome).toMatchObject({ status: 0, closingLine: '3 passed, 0 failed, 1 skipped' });
    expect(outcome.output).toContain('conformance/a.test.mjs > skips: there is no such device');
  });

  it('fails for a skipped test under CI', async () => {
    const tests = { unit: passing, conformance: skipping, gates: passing };
    const outcome = await run(tests, { CI: 'true' });
    expect(outcome).toMatchObject({ status: 1, closingLine: '3 passed, 1 failed, 0 skipped' });
    expect(outcome.output).toContain('there is no such device');
  });

  it('fails for a failed test, a failed hook and a broken file, and shows them', async () => {
    const outcome = await run({ unit: passing, conformance: failing, gates: broken });
    expect(outcome).toMatchObject({ status: 1, closingLine: '1 passed, 3 failed, 1 skipped' });
    expect(outcome.output).toContain('as it should');
    expect(outcome.output).toContain('while it is loaded');
  });

  it('fails for an error outside of any test', async () => {
    const outcome = await run({ unit: passing, conformance: escaping, gates: passing });
    expect(outcome).toMatchObject({ status: 1, closingLine: '3 passed, 1 failed, 0 skipped' });
  });

  it('fails for a suite that has no tests', async () => {
    const outcome = await run({ unit: passing, conformance: passing });
    expect(outcome).toMatchObject({ status: 1, closingLine: '2 passed, 1 failed, 0 skipped' });
  });
});
