/**
 * Holds the code to the house's table, and holds the gate itself to biting: it is
 * run on a small house with one planted import for each pair of folders and must
 * name every forbidden one and no other.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderStateDiagram } from '../../src/core/transitions.ts';
import { cruise, filesBelow, house, renderHouse, root, type CruiseResult } from './house.ts';
import { rewriteBetween, textBetween } from './marked-text.ts';

describe('the imports of this project', () => {
  let result: CruiseResult;
  beforeAll(async () => {
    result = await cruise(root);
  });

  it('keep to the table', () => {
    expect(result.violations).toEqual([]);
  });

  it('were all read', () => {
    const sources = filesBelow('src').filter((file) => file.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(0);
    expect(result.modules).toEqual(expect.arrayContaining(sources));
    // Fewer imports than modules would mean that `.ts` imports are not followed.
    expect(result.imports).toBeGreaterThan(result.modules.length);
  });

  it('come from folders and files that the table knows', () => {
    const places = new Set(filesBelow('src').map((file) => file.split('/').slice(0, 2).join('/')));
    const known = [
      ...house.folders.map(({ folder }) => folder),
      ...house.composition.map(({ file }) => file),
    ];
    expect([...places].filter((place) => !known.includes(place))).toEqual([]);
  });
});

/** Imports that must be found whatever the table says: it must not be weakened unnoticed. */
const mustBeFound: readonly {
  readonly file: string;
  readonly text: string;
  readonly to: string;
}[] = [
  { file: 'src/base/a.ts', text: "import '../model/leaf.ts';", to: 'src/model/leaf.ts' },
  { file: 'src/model/a.ts', text: "import '../wire/leaf.ts';", to: 'src/wire/leaf.ts' },
  { file: 'src/wire/a.ts', text: "import '../linux/leaf.ts';", to: 'src/linux/leaf.ts' },
  { file: 'src/config/a.ts', text: "import 'node:fs';", to: 'fs' },
  { file: 'src/config/b.ts', text: "import '../core/leaf.ts';", to: 'src/core/leaf.ts' },
  { file: 'src/core/a.ts', text: "import '../linux/leaf.ts';", to: 'src/linux/leaf.ts' },
  { file: 'src/core/b.ts', text: "import '../ports/leaf.ts';", to: 'src/ports/leaf.ts' },
  { file: 'src/core/c.ts', text: "import 'node:timers';", to: 'timers' },
  { file: 'src/core/d.ts', text: "await import('../system/leaf.ts');", to: 'src/system/leaf.ts' },
  { file: 'src/core/e.ts', text: "export * from '../api/leaf.ts';", to: 'src/api/leaf.ts' },
  {
    file: 'src/core/f.ts',
    text: "import type { Leaf } from '../lab/leaf.ts';",
    to: 'src/lab/leaf.ts',
  },
  { file: 'src/core/g.ts', text: "import '../main.ts';", to: 'src/main.ts' },
  { file: 'src/core/h.test.ts', text: "import '../linux/leaf.ts';", to: 'src/linux/leaf.ts' },
  { file: 'src/ports/a.ts', text: "import '../runtime/leaf.ts';", to: 'src/runtime/leaf.ts' },
  { file: 'src/runtime/a.ts', text: "import '../linux/leaf.ts';", to: 'src/linux/leaf.ts' },
  { file: 'src/simulation/a.ts', text: "import '../system/leaf.ts';", to: 'src/system/leaf.ts' },
  { file: 'src/api/a.ts', text: "import '../linux/leaf.ts';", to: 'src/linux/leaf.ts' },
  { file: 'src/cli/a.ts', text: "import '../linux/leaf.ts';", to: 'src/linux/leaf.ts' },
  { file: 'src/web/a.ts', text: "import '../api/leaf.ts';", to: 'src/api/leaf.ts' },
  { file: 'src/system/a.ts', text: "import 'koffi';", to: 'koffi' },
  { file: 'src/lab/a.ts', text: "import 'nodemailer';", to: 'nodemailer' },
  { file: 'src/api/b.ts', text: "import 'commander';", to: 'commander' },
  { file: 'src/main.ts', text: "import 'vitest';", to: 'vitest' },
  { file: 'src/pulse.ts', text: "import '../test/leaf.ts';", to: 'test/leaf.ts' },
  { file: 'src/linux/a.ts', text: "import './leaf.test.ts';", to: 'src/linux/leaf.test.ts' },
  { file: 'src/linux/b.ts', text: "import './nowhere.ts';", to: './nowhere.ts' },
  { file: 'src/attic/a.ts', text: "import '../base/leaf.ts';", to: 'src/base/leaf.ts' },
  { file: 'src/lost.ts', text: "import './base/leaf.ts';", to: 'src/base/leaf.ts' },
  { file: 'src/linux/c.ts', text: "import './d.ts';", to: 'src/linux/d.ts' },
];

/** What a test may import and production code may not. */
const mustPass: readonly { readonly file: string; readonly text: string }[] = [
  {
    file: 'src/core/i.test.ts',
    text: "import 'node:fs'; import 'vitest'; import 'fast-check'; import '../../test/leaf.ts';",
  },
  { file: 'src/linux/e.ts', text: "import 'koffi'; import 'node:os';" },
  { file: 'src/system/b.ts', text: "import 'nodemailer'; import 'nodemailer/lib/base64';" },
  { file: 'src/cli/b.ts', text: "import 'commander';" },
  { file: 'src/web/b.ts', text: "import '../api/contract.ts';" },
];

describe('the gate, in a house with planted imports', () => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-house-'));
  let found: Set<string>;

  const plant = (file: string, text: string): void => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), `${text}\n`);
  };
  const foundIn = (file: string): string[] =>
    [...found].filter((one) => one.startsWith(`${file} -> `));
  const folders = house.folders.map(({ folder }) => folder);
  const pairs = house.folders.flatMap(({ folder, mayImport }) =>
    folders
      .filter((other) => other !== folder)
      .map((other) => ({
        file: `${folder}/imports-${other.replace('src/', '')}.ts`,
        to: `${other}/leaf.ts`,
        forbidden: !mayImport.includes(other),
      })),
  );

  beforeAll(async () => {
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    for (const file of ['package.json', 'tsconfig.json']) {
      writeFileSync(join(directory, file), readFileSync(join(root, file)));
    }
    for (const folder of [...folders, 'test']) {
      plant(`${folder}/leaf.ts`, 'export interface Leaf { readonly leaf: true }');
    }
    plant('src/api/contract.ts', 'export {};');
    plant('src/linux/leaf.test.ts', 'export {};');
    plant('src/linux/d.ts', "import type {} from './c.ts';");
    for (const { file, to } of pairs) plant(file, `import '../${to.replace('src/', '')}';`);
    for (const { file, text } of [...mustBeFound, ...mustPass]) plant(file, text);
    const { violations } = await cruise(directory);
    found = new Set(violations.map(({ from, to }) => `${from} -> ${packageName(to)}`));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each(mustBeFound)('finds $file: $text', ({ file, to }) => {
    expect(foundIn(file)).toEqual([`${file} -> ${to}`]);
  });

  it.each(mustPass)('lets pass $file: $text', ({ file }) => {
    expect(foundIn(file)).toEqual([]);
  });

  it('finds each pair of folders that the table forbids, and no other', () => {
    const named = [...found].filter((one) => one.includes('/imports-')).sort();
    const forbidden = pairs.filter((pair) => pair.forbidden);
    expect(forbidden.length).toBeGreaterThanOrEqual(11);
    expect(named).toEqual(forbidden.map(({ file, to }) => `${file} -> ${to}`).sort());
  });
});

describe('docs/architecture.md (UPDATE_DOCS=1 rewrites it)', () => {
  const file = join(root, 'docs/architecture.md');

  it.each([
    { mark: 'folders', what: 'the table that is enforced', generated: renderHouse(house) },
    {
      mark: 'states',
      what: 'the transitions that the code goes by',
      generated: `\`\`\`mermaid\n${renderStateDiagram()}\n\`\`\``,
    },
  ])('shows $what', ({ mark, generated }) => {
    if (process.env['UPDATE_DOCS'] === '1') rewriteBetween({ file, mark }, generated);
    expect(textBetween({ file, mark })).toBe(generated);
  });
});

/** "node_modules/koffi/index.js" as "koffi"; any other path as it is. */
function packageName(path: string): string {
  return /node_modules\/(?:@types\/)?([^/]+)\//.exec(path)?.[1] ?? path;
}
