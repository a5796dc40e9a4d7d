/** Runs vitest projects and counts what each test came to. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command.mjs';

/**
 * @typedef {object} Suite
 * @property {string[]} projects names of vitest.config.ts
 * @property {number} limitSeconds
 * @property {string[]} prefix what to put before the command line
 * @property {string} directory the project's root
 *
 * @typedef {object} SuiteResult
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skips of each skipped test, which it is and why
 * @property {string} output what vitest printed; empty where nothing failed
 * @property {number} seconds
 *
 * @param {Suite} suite
 * @returns {Promise<SuiteResult>}
 */
export async function runSuite({ projects, limitSeconds, prefix, directory }) {
  const scratch = mkdtempSync(join(tmpdir(), 'baton-tests-'));
  const tidyUp = () => rmSync(scratch, { recursive: true, force: true });
  // The run may be interrupted.
  process.once('exit', tidyUp);
  try {
    const recordFile = join(scratch, 'record');
    writeFileSync(recordFile, '');
    const { ok, output, seconds } = await runCommand({
      command: [
        ...[...prefix, process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
        ...['--reporter=default', '--reporter=./test/run/record-reporter.mjs'],
        ...projects.flatMap((name) => ['--project', name]),
      ],
      limitSeconds,
      directory,
      environment: { BATON_TEST_RECORD: recordFile },
    });
    const lines = readFileSync(recordFile, 'utf8').split('\n');
    const records = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    return { ...count({ records, ok, projects }), output: ok ? '' : output, seconds };
  } finally {
    process.off('exit', tidyUp);
    tidyUp();
  }
}

function count({ records, ok, projects }) {
  const of = (state) => records.filter((record) => record.state === state);
  const passed = of('passed').length;
  const skips = of('skipped').map(({ name, reason }) => `${name}: ${reason}`);
  // A project in which nothing ran is as good as one that failed.
  const empty = projects.filter((name) => !records.some((record) => record.project === name));
  const failed = of('failed').length + empty.length;
  // Vitest may also fail as a whole, or be stopped at its limit.
  return { passed, failed: failed === 0 && !ok ? 1 : failed, skips };
}
