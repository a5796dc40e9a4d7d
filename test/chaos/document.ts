/** Writes the figures of a run into docs/chaos.md, between two marks. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { CaseReport } from './case-report.ts';
import { isWell } from './case-report.ts';
import { renderTable } from './table.ts';

const begin = '<!-- figures: written by npm run chaos -- --document -->';
const end = '<!-- end of the figures -->';

export function writeFigures(
  root: string,
  reports: readonly CaseReport[],
  words: readonly string[],
): void {
  const path = join(root, 'docs/chaos.md');
  const text = readFileSync(path, 'utf8');
  const from = text.indexOf(begin);
  const until = text.indexOf(end);
  if (from < 0 || until < from) throw new Error(`${path} has no place for figures`);
  const run = `${describeRun(root, words)} ${countOf(reports)}`;
  const figures = `${begin}\n\n${run}\n\n${renderTable(reports)}\n`;
  const floods = reports.flatMap(({ order, notes }) =>
    notes.map((note) => `- ${order.mode}: ${note}`),
  );
  const list = floods.length === 0 ? '' : `\n${floods.join('\n')}\n`;
  writeFileSync(path, `${text.slice(0, from)}${figures}${list}\n${text.slice(until)}`);
}

/** What was found fault with stands there too. */
function countOf(reports: readonly CaseReport[]): string {
  const unwell = reports.filter((report) => !isWell(report));
  const list = unwell.flatMap(({ order, acts, broken }) => [
    ...(broken === null ? [] : [`- ${order.fault}, ${order.mode}: not played to its end`]),
    ...acts.flatMap(({ says, faults }) =>
      faults.map((fault) => `- ${order.fault}, ${order.mode}, ${says}: ${fault}`),
    ),
  ]);
  const count = `${reports.length} cases, ${unwell.length} of them not well.`;
  return list.length === 0 ? count : `${count}\n\n${list.join('\n')}`;
}

function describeRun(root: string, words: readonly string[]): string {
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD']);
  const processors = cpus();
  const gibibytes = (totalmem() / 2 ** 30).toFixed(1);
  const [load = 0] = loadavg();
  return [
    `\`npm run chaos -- ${words.join(' ')}\` at commit ${commit.toString().trim()}, on`,
    `${processors.length} processors (${processors[0]?.model.trim() ?? 'unknown'}) with ${gibibytes} GiB of`,
    `memory, Linux ${release()}, Node.js ${process.version}; load when it ended: ${load.toFixed(1)}.`,
  ].join('\n');
}
