/** The whole story, on a real kernel network, as a person plays it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { findNamespaces } from '../../src/lab/namespaces.ts';
import { steps } from '../../src/lab/steps.ts';
import { played, playLab, startLab, untilPrinted } from './lab-run.ts';
import { machineState, occupationOf, remainsOf } from './leftovers.ts';

const namespaces = await findNamespaces();
const hasKeepalived = spawnSync('keepalived', ['--version']).status === 0;

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

describe('the lab', () => {
  beforeEach((context) => {
    if (!namespaces.available) context.skip(`no namespaces: ${namespaces.reason}`);
  });

  it('plays every step of the story within its budget and with one holder', async () => {
    const result = await playLab([]);
    expect(
      played(result).flatMap(({ faults }) => faults),
      result.timeline,
    ).toEqual([]);
    expect(result.reports.map(({ step }) => step)).toEqual(steps.map(({ name }) => name));
    for (const report of played(result)) {
      expect(report).toMatchObject({ ok: true, holder: report.expected_holder, holders_max: 1 });
      expect(report.outage_ms).toBeGreaterThan(0);
      expect(report.outage_ms).toBeLessThanOrEqual(report.budget_ms);
    }
    expect(result.status).toBe(0);
  });

  it('takes over from a keepalived that is stopped, and gives the address back', async (context) => {
    if (!hasKeepalived) context.skip('keepalived is not installed');
    const result = await playLab(['--peer', 'keepalived:a', '--scenario', 'baton-back']);
    expect(
      played(result).flatMap(({ faults }) => faults),
      result.timeline,
    ).toEqual([]);
    expect(result.status).toBe(0);
  });

  it('falls silent before a keepalived takes over from it', async (context) => {
    if (!hasKeepalived) context.skip('keepalived is not installed');
    const result = await playLab(['--peer', 'keepalived', '--scenario', 'baton-restarted']);
    expect(
      played(result).flatMap(({ faults }) => faults),
      result.timeline,
    ).toEqual([]);
    expect(result.status).toBe(0);
  });

  it('plays for an ordinary user', async (context) => {
    const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
    const asNobody = (...command: string[]): boolean => {
      const [program = '', ...programArguments] = [...nobody, ...command];
      return spawnSync(program, programArguments).status === 0;
    };
    if (!asNobody('true')) context.skip('this is no root that could become somebody else');
    if (!asNobody('test', '-r', main)) context.skip('an ordinary user may not read this checkout');
    const result = await playLab(['--scenario', 'nginx-broken'], nobody);
    expect(
      played(result).flatMap(({ faults }) => faults),
      result.timeline,
    ).toEqual([]);
    expect(result.status).toBe(0);
  });

  it("plays with a stand-in where nginx can't be had, and says so", async (context) => {
    const nginx = '/usr/sbin/nginx';
    if (!existsSync(nginx))
      context.skip('nginx is not installed, so that all of them are played so');
    // In a mount namespace of the test's own; the words of the command are only passed on.
    const hide = `mount --bind /dev/null ${nginx} && exec "$@"`;
    const result = await playLab(
      ['--scenario', 'nginx-killed'],
      ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', hide, 'sh'],
    );
    expect(result.timeline).toContain('a small Node server stands in');
    expect(
      played(result).flatMap(({ faults }) => faults),
      result.timeline,
    ).toEqual([]);
    expect(result.status).toBe(0);
  });

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind after %s',
    async (signal) => {
      const scratch = mkdtempSync(join(tmpdir(), 'baton-lab-'));
      onTestFinished(() => {
        rmSync(scratch, { recursive: true });
      });
      const before = machineState();
      const lab = startLab(['--scenario', 'start'], [], { ...process.env, TMPDIR: scratch });
      await untilPrinted(lab, 'start: ');
      assert(lab.pid !== undefined, 'it was started');
      const occupation = occupationOf(lab.pid);
      expect(occupation.namespaces.length).toBeGreaterThan(10);
      const gone = once(lab, 'exit');
      lab.kill(signal);
      await gone;
      const deadline = performance.now() + 5_000;
      while (remainsOf(occupation).length > 0 && performance.now() < deadline) await sleep(20);
      expect(remainsOf(occupation)).toEqual([]);
      expect(machineState()).toEqual(before);
      expect(readdirSync(scratch)).toEqual([]);
    },
  );
});
