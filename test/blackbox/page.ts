/** docs/conformance.md: which case holds, from the run itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Case } from './case.ts';

export type Outcome = { readonly met: true } | { readonly met: false; readonly because: string };

const path = new URL('../../docs/conformance.md', import.meta.url);
const begin = '<!-- cases: begin -->';
const end = '<!-- cases: end -->';

/** Compares the page with this run, or rewrites it (UPDATE_DOCS=1). */
export function checkPage(cases: readonly Case[], outcomes: ReadonlyMap<string, Outcome>): void {
  const page = readFileSync(path, 'utf8');
  const [head = '', rest = ''] = page.split(begin);
  const [, tail = ''] = rest.split(end);
  const wanted = `${head}${begin}\n\n${renderCases(cases, outcomes)}\n\n${end}${tail}`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, wanted);
  else expect(page).toBe(wanted);
}

/** A sentence with the sums, and the table. */
function renderCases(cases: readonly Case[], outcomes: ReadonlyMap<string, Outcome>): string {
  const rows = cases.map(({ id, what }) => [id, what, resultOf(outcomes.get(id))] as const);
  const met = cases.filter(({ id }) => outcomes.get(id)?.met === true).length;
  const widths = [0, 1, 2].map((column) =>
    Math.max(...[titles, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const sums = `${met} of ${cases.length} cases are met.`;
  return [sums, '', line(titles), rule, ...rows.map(line)].join('\n');
}

const titles = ['id', 'what holds', 'result'] as const;

function resultOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'not run';
  return outcome.met ? 'met' : `not met: ${outcome.because}`;
}
