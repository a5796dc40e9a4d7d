/**
 * Each fault once on the real kernel, seen from the wire; `npm run chaos` is the long run. The
 * cases are played side by side, since most of their time is the protocol's own.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { findNamespaces } from '../../src/lab/namespaces.ts';
import { playCases } from './campaign.ts';
import type { CaseOrder, CaseReport } from './case-report.ts';
import { faultNames } from './faults.ts';
import type { ModeName } from './modes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const namespaces = await findNamespaces();
const hasFilter = spawnSync('nft', ['--version']).status === 0;

const atOnce = 4;
const otherModes: readonly ModeName[] = ['v2-1s', 'v3-10ms', 'v6-100ms'];

function order(fault: CaseOrder['fault'], mode: ModeName, place: number): CaseOrder {
  return { fault, mode, seconds: 1, seed: place };
}

/** The longest first, so that none of them is waited for alone in the end. */
const orders: readonly CaseOrder[] = [
  ...otherModes.flatMap((mode, place) => [
    order('kill', mode, place),
    order('freeze', mode, place),
  ]),
  ...faultNames.map((fault, place) => order(fault, 'v3-100ms', place)),
];

describe('on the real kernel', () => {
  let reports: readonly CaseReport[] = [];

  beforeAll(async () => {
    if (!namespaces.available || !hasFilter) return;
    const compiler = 'node_modules/typescript/bin/tsc';
    const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.chaos.json'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert(compiled.status === 0, `tsc: ${compiled.stdout}`);
    const { entry } = namespaces;
    reports = await playCases(orders, { entry, root, parallel: atOnce });
  });

  for (const [place, { fault, mode }] of orders.entries()) {
    it(`the wire shows no more than it may: ${fault}, ${mode}`, (context) => {
      context.skip(!namespaces.available, 'network namespaces are not to be had here');
      context.skip(!hasFilter, 'nft is not installed');
      const report = reports[place];
      assert(report !== undefined, 'it was played');
      const found = report.acts.flatMap(({ says, faults }) =>
        faults.map((one) => `${says}: ${one}`),
      );
      expect({ broken: report.broken, found }, report.logs).toEqual({ broken: null, found: [] });
    });
  }
});
