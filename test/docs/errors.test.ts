/** Holds docs/errors.md to the tables that the program goes by. UPDATE_DOCS=1 rewrites it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { describeDiagnosticCodes, diagnosticCodes } from '../../src/config/diagnostic-codes.ts';
import { conflictTable } from '../../src/model/conflict.ts';
import { dropReasonTable } from '../../src/model/drop-reason.ts';

const page = new URL('../../docs/errors.md', import.meta.url);

function describeDropReasons(): string {
  const rows = Object.entries(dropReasonTable).map(
    ([reason, { counter, meaning, mending }]) =>
      `| \`${reason}\` | ${meaning} | ${counter === null ? '' : `\`${counter}\``} | ${mending} |\n`,
  );
  const head = '| reason | what is wrong with it | counter | how to mend it |\n';
  return `${head}| --- | --- | --- | --- |\n${rows.join('')}`;
}

function describeConflicts(): string {
  const rows = Object.entries(conflictTable).map(
    ([cause, { meaning, mending }]) => `| \`${cause}\` | ${meaning} | ${mending} |\n`,
  );
  return `| cause | what is the matter with the other one | how to mend it |\n| --- | --- | --- |\n${rows.join('')}`;
}

async function renderPage(): Promise<string> {
  const text = `# Errors

<!-- Made by \`npm run docs\` from src/config/diagnostic-codes.ts, src/model/drop-reason.ts and
src/model/conflict.ts. -->

Every code here is stable: scripts may rely on it.

## Reading a configuration

\`baton check\` and \`baton run\` print these with the file, the line and the column. An error stops a
start and a reload (\`--lenient\` goes on as keepalived would, and logs it); a warning or a note stops
nothing.

${describeDiagnosticCodes()}
## Dropped packets

Packets that arrive and are not acted on. Each is counted: \`baton status --json\` has the counters,
those of packets that belong to no instance apart. An instance logs a reason once until its state or
its master changes. \`counter\` is the name that RFC 2787 has for it.

${describeDropReasons()}
## Conflicts

Why another host is Master beside this one, or would be if it did not know better: \`baton status\`
shows it while it lasts, and \`baton events\` when it began and ended. What is to be done is in
[troubleshoot.md](troubleshoot.md#two-masters).

${describeConflicts()}`;
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}

describe('docs/errors.md', () => {
  it('is what the tables say', async () => {
    const rendered = await renderPage();
    if (env['UPDATE_DOCS'] === '1') writeFileSync(page, rendered);
    expect(readFileSync(page, 'utf8')).toBe(rendered);
  });

  it('names every code that there is, and none that is gone', () => {
    const text = readFileSync(page, 'utf8');
    const named = [...text.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, code]) => code);
    const tables = [diagnosticCodes, dropReasonTable, conflictTable];
    const codes = tables.flatMap((table) => Object.keys(table));
    expect(named).toEqual(codes);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
