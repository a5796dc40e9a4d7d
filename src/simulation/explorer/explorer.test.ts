/** The explorer finds nothing wrong with the cores that ship, and would if something were. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/random.ts';
import { compareWithToldCores } from './agreement.ts';
import { CoreTable } from './core-table.ts';
import { historyText, parseHistory } from './history.ts';
import { report, type Report } from './report.ts';
import { defaults, type FaultKind, type Settings } from './settings.ts';
import { Occurrences } from './site.ts';

const nothing: Settings['faults'] = {
  losses: 0,
  crashes: 0,
  freezes: 0,
  restarts: 0,
  stops: 0,
  failures: 0,
};

const world = (faults: Partial<Record<FaultKind, number>>): Settings => ({
  ...defaults,
  faults: { ...nothing, ...faults },
});

describe('every state of a small world', { timeout: 60_000 }, () => {
  it.each([
    ['adverts are lost', world({ losses: 2 }), 5_000],
    [
      'an advert is lost, a host dies and starts again',
      world({ losses: 1, crashes: 1, restarts: 1 }),
      50_000,
    ],
    ['a host freezes', world({ freezes: 1 }), 10_000],
    ['a host is stopped', world({ stops: 1 }), 1_000],
    ['its service fails', world({ failures: 1 }), 5_000],
  ])('is as it should be: %s', (_, settings, atLeast) => {
    const { clean, lines, states } = report(settings);
    expect(clean, lines.join('\n')).toBe(true);
    expect(states).toBeGreaterThan(atLeast);
  });

  it('is as it is of cores that are told everything from their start', () => {
    const settings = world({ losses: 1, crashes: 1, freezes: 1, restarts: 1, failures: 1 });
    const occurrences = new Occurrences();
    const laws = { settings, occurrences, cores: new CoreTable(settings, occurrences) };
    const made = compareWithToldCores(laws, { histories: 12, length: 120 }, seededRandom(1));
    expect(made).toBeGreaterThan(1_000);
  });
});

it('a history can be written down and read', () => {
  const text = '28t f0 d1 z1 3t w1 r0 l0 c0 s1 x0 y0';
  const moves = parseHistory(text);
  expect(moves).toHaveLength(28 + 3 + 10);
  expect(historyText(moves ?? [])).toBe(text);
  expect(parseHistory('28t q0')).toBeNull();
});

const source = fileURLToPath(new URL('../../', import.meta.url));

/** What a world needs, compiled one file at a time. */
function compileInto(directory: string): void {
  for (const folder of ['base', 'model', 'core', 'simulation/explorer']) {
    for (const name of readdirSync(join(source, folder))) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      const { outputText } = ts.transpileModule(readFileSync(join(source, folder, name), 'utf8'), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          rewriteRelativeImportExtensions: true,
        },
      });
      const place = join(directory, folder, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, outputText);
    }
  }
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
}

interface Bug {
  readonly title: string;
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  readonly settings: Settings;
  /** What is found. */
  readonly found: RegExp;
}

const bugs: readonly Bug[] = [
  {
    title: 'the master that is worse does not yield',
    file: 'core/election.js',
    right: 'return other.priority > local.priority;',
    wrong: 'return other.priority < local.priority;',
    settings: world({}),
    found: /takes over from a master that lives/,
  },
  {
    title: 'of two that are alike the lower address wins, and the higher one',
    file: 'core/election.js',
    right: 'compareAddresses(other.address, local.address) > 0',
    wrong: 'compareAddresses(other.address, local.address) === 0',
    settings: { ...world({}), priorities: [128, 128] },
    found: /two hosts have answered/,
  },
  {
    title: 'Skew_Time is forgotten',
    file: 'core/election.js',
    right: 'return (silence + skewTime(basis))',
    wrong: 'return (silence)',
    settings: world({ losses: 2 }),
    found: /takes over from a master that lives/,
  },
  {
    title: 'who wakes late does not fence itself',
    file: 'core/master.js',
    right: 'if (surroundings.at > state.leaseEndsAt)',
    wrong: 'if (surroundings.at > state.leaseEndsAt + 1e9)',
    settings: world({ freezes: 1 }),
    found:
      /announces what it lacks|is Backup with the address|two hosts have answered|beside another/,
  },
];

describe('a planted bug is found', { timeout: 60_000 }, () => {
  const right = mkdtempSync(join(tmpdir(), 'baton-explorer-'));
  beforeAll(() => {
    compileInto(join(right, 'right'));
  });
  afterAll(() => {
    rmSync(right, { recursive: true });
  });

  it.each(bugs.map((bug, index) => ({ ...bug, index })))('$title', async (bug) => {
    const copy = join(right, `wrong-${String(bug.index)}`);
    cpSync(join(right, 'right'), copy, { recursive: true });
    const text = readFileSync(join(copy, bug.file), 'utf8');
    expect(text.split(bug.right)).toHaveLength(2);
    writeFileSync(join(copy, bug.file), text.replace(bug.right, bug.wrong));
    const module = (await import(
      /* @vite-ignore */ pathToFileURL(join(copy, 'simulation/explorer/report.js')).href
    )) as { report: (settings: Settings) => Report };
    const { finding, lines } = module.report(bug.settings);
    expect(finding?.text, lines.join('\n')).toMatch(bug.found);
  });
});
