/**
 * holo's recorded cases, replayed to the core: `npm run holo`. The data is read from the
 * checkout that HOLO_CHECKOUT names. A case passes where we do what holo does, or where
 * every difference is one of the table in rules.ts, and every row for the case is needed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import { differences, type Difference } from './difference.ts';
import { readRecordings } from './recording.ts';
import { replay } from './replay.ts';
import { outsideVrrp, rules } from './rules.ts';

const howToGet = `HOLO_CHECKOUT has to name a checkout of holo:
    git clone --depth 1 https://github.com/holo-routing/holo /tmp/holo
    HOLO_CHECKOUT=/tmp/holo npm run holo`;

const folder = join(env['HOLO_CHECKOUT'] ?? '', 'holo-vrrp/tests/conformance');
if (!existsSync(folder) || env['HOLO_CHECKOUT'] === undefined) throw new Error(howToGet);

const recordings = readRecordings(folder);
const left = new Set(outsideVrrp.map(({ field }) => field));

describe('a recorded case of holo', () => {
  const passed: string[] = [];
  const byRule: string[] = [];

  it.each(recordings)('$name', (recording) => {
    const listed = rules.filter(({ cases }) => cases.includes(recording.name));
    const found = replay(recording).flatMap(differences);
    const seen = found.filter(({ field }) => !left.has(field)).map(text);
    expect(seen.sort()).toEqual(listed.map(text).sort());
    if (listed.length === 0) passed.push(recording.name);
    const reasons = listed.map(
      (rule) => `    ${text(rule)}\n      ${rule.section}: ${rule.reason}`,
    );
    if (listed.length > 0) byRule.push([`  ${recording.name}`, ...reasons].join('\n'));
  });

  it('is there for each row of the table of rules', () => {
    const names = recordings.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(rules.flatMap(({ cases }) => cases)));
  });

  afterAll(() => {
    const failed = recordings.length - passed.length - byRule.length;
    const without = outsideVrrp.map(({ field, reason }) => `  ${field}: ${reason}`);
    const report = [
      'Differ from holo by rule:',
      ...byRule,
      'Left out of the comparison:',
      ...without,
      `Passed: ${passed.join(', ')}`,
      `${String(recordings.length)} cases of holo: ${String(passed.length)} passed, ` +
        `${String(byRule.length)} differ by rule, ${String(failed)} failed`,
    ];
    console.log(report.join('\n'));
  });
});

function text({ field, holo, ours }: Difference): string {
  return `${field}: holo ${shown(holo)}, we ${shown(ours)}`;
}

function shown(value: Difference['holo']): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
