/**
 * `npm run chaos -- [--rounds N] [--fault NAME] [--mode NAME] [--seconds N] [--seed N]
 * [--parallel N] [--traces DIRECTORY] [--document]`: plays each fault, in each mode that it is
 * played in, N times on the real kernel, and prints what the wire has shown. Ends with 1 where
 * it has shown what may not be. `--document` writes the figures into docs/chaos.md.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/base/random.ts';
import { findNamespaces } from '../../src/lab/namespaces.ts';
import { playCases } from './campaign.ts';
import type { CaseOrder, CaseReport } from './case-report.ts';
import { isWell } from './case-report.ts';
import { writeFigures } from './document.ts';
import type { FaultName } from './faults.ts';
import { faultNames } from './faults.ts';
import type { ModeName } from './modes.ts';
import { modeNames } from './modes.ts';
import { renderTable } from './table.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    fault: { type: 'string', multiple: true, default: [...faultNames] },
    mode: { type: 'string', multiple: true, default: [...modeNames] },
    seconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
    traces: { type: 'string' },
    document: { type: 'boolean', default: false },
  },
});

/** The names that are known; the command ends where one is not. */
function known<Name extends string>(names: readonly string[], all: readonly Name[]): Name[] {
  const strange = names.filter((name) => !all.some((one) => one === name));
  if (strange.length === 0) return all.filter((name) => names.includes(name));
  console.error(`There is no ${strange.join(', ')}. There are: ${all.join(', ')}.`);
  process.exit(2);
}

function ordersOf(faults: readonly FaultName[], modes: readonly ModeName[]): CaseOrder[] {
  const random = seededRandom(Number(values.seed));
  const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => round);
  const longest = (fault: FaultName): number => (fault === 'freeze' ? 30 : 10);
  return rounds.flatMap(() =>
    faults.flatMap((fault) =>
      modes.map((mode): CaseOrder => {
        const drawn = 1 + random.next() * (longest(fault) - 1);
        const seed = Math.floor(random.next() * 2 ** 32);
        return { fault, mode, seconds: Number(values.seconds ?? drawn), seed };
      }),
    ),
  );
}

function tell({ order, acts, notes, broken, logs }: CaseReport): void {
  const { fault, mode, seconds, seed } = order;
  const faults = acts.flatMap(({ says, faults: found }) => found.map((one) => `${says}: ${one}`));
  const complaints = [...(broken === null ? [] : [broken]), ...faults];
  const verdict = complaints.length === 0 ? 'well' : complaints.join('; ');
  const further = notes.map((note) => ` (${note})`).join('');
  console.log(`${fault} ${mode} ${seconds.toFixed(1)} s, seed ${seed}: ${verdict}${further}`);
  if (complaints.length > 0) console.log(logs.replace(/^/gm, '    '));
}

const orders = ordersOf(known(values.fault, faultNames), known(values.mode, modeNames));
const namespaces = await findNamespaces();
if (!namespaces.available) {
  console.error(`No namespaces: ${namespaces.reason}`);
  process.exit(2);
}
if (values.traces !== undefined) mkdirSync(values.traces, { recursive: true });
const reports = await playCases(orders, {
  entry: namespaces.entry,
  root,
  parallel: Number(values.parallel),
  traces: values.traces ?? null,
  onReport: tell,
});
console.log(`\n${renderTable(reports)}`);
if (values.document) writeFigures(root, reports, process.argv.slice(2));
const unwell = reports.filter((report) => !isWell(report)).length;
console.log(`\n${reports.length} cases, ${unwell} of them not well`);
process.exitCode = unwell > 0 ? 1 : 0;
