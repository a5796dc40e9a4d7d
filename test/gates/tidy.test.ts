/** What no linter looks at: sizes, names, excuses without a reason, links that lead nowhere. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles, root } from './house.ts';

const linesPerFile = 400;
const columns = 100;

const files = projectFiles();

/** All code but this file, which has to name what is forbidden. */
const code = files.filter(
  (file) =>
    (/\.(ts|mjs|js|sh)$/.test(file) || file === '.ci/run') && file !== 'test/gates/tidy.test.ts',
);
const pages = files.filter((file) => file.endsWith('.md'));

interface Line {
  readonly place: string;
  readonly text: string;
}

function linesOf(file: string): Line[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.map((text, index) => ({ place: `${file}:${index + 1}`, text }));
}

/** Places of the lines for which the question is answered with yes. */
function placesOf(lines: readonly Line[], isWanted: (text: string) => boolean): string[] {
  return lines.filter(({ text }) => isWanted(text)).map(({ place }) => place);
}

/** Too long even without its addresses and its texts: those are searched for, so not broken. */
function isTooLong(text: string): boolean {
  const code = text.replace(/https?:\/\/\S+|'[^']*'|"[^"]*"|`[^`]*`/g, '');
  return code.length > columns;
}

const unfinished = /\b(?:TODO|FIXME|XXX)\b/;
const lonelyTest = /\b(?:it|test|describe)\.only\b/;
const exception = /@ts-ignore|@ts-nocheck|@ts-expect-error|eslint-disable/;

/** An exception to a rule is explained after two dashes. */
function hasNoReason(text: string): boolean {
  return exception.test(text) && !/ -- \S+ \S+/.test(text);
}

const emptyNames =
  /^(?:utils?|helpers?|managers?|common|misc|shared|index)\b|-(?:utils?|helpers?|manager)\b/;

interface Link {
  readonly page: string;
  readonly target: string;
}

/** Links from a page to files of the repository, without what names a place inside the file. */
function linksOf(page: string, text: string): Link[] {
  const prose = text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:|^#/.test(target))
    .map((target) => ({ page, target: target.replace(/#.*$/, '') }));
}

function leadsNowhere({ page, target }: Link): boolean {
  return !existsSync(join(root, dirname(page), target));
}

describe('every file', () => {
  const lines = code.flatMap(linesOf);

  it('is looked at', () => {
    expect(code.length).toBeGreaterThan(50);
    expect(pages.length).toBeGreaterThan(0);
  });

  it(`of the program has at most ${linesPerFile} lines`, () => {
    const program = code.filter((file) => file.startsWith('src/') && !file.endsWith('.test.ts'));
    const long = program.filter((file) => linesOf(file).length - 1 > linesPerFile);
    expect(long).toEqual([]);
  });

  it(`keeps to ${columns} columns`, () => {
    // Tests hold what a program prints, as it prints it.
    const ours = code.filter((file) => !file.endsWith('.test.ts')).flatMap(linesOf);
    expect(placesOf(ours, isTooLong)).toEqual([]);
  });

  it('is finished', () => {
    expect(placesOf(lines, (text) => unfinished.test(text))).toEqual([]);
  });

  it('lets all its tests run', () => {
    expect(placesOf(lines, (text) => lonelyTest.test(text))).toEqual([]);
  });

  it('gives a reason for each exception to a rule', () => {
    expect(placesOf(lines, hasNoReason)).toEqual([]);
  });

  it('has a name that says what it defines', () => {
    expect(code.filter((file) => emptyNames.test(basename(file)))).toEqual([]);
  });
});

describe('every page', () => {
  it('links to files that are there', () => {
    const links = pages.flatMap((page) => linksOf(page, readFileSync(join(root, page), 'utf8')));
    expect(links.filter(leadsNowhere)).toEqual([]);
  });
});

describe('the tidy gate bites on', () => {
  it('a long line, but not on a long address or a long text', () => {
    expect(isTooLong('x'.repeat(101))).toBe(true);
    expect(isTooLong('x'.repeat(100))).toBe(false);
    expect(isTooLong(`// https://example.org/${'x'.repeat(100)}`)).toBe(false);
    expect(isTooLong(`  log('${'x'.repeat(100)}');`)).toBe(false);
    expect(isTooLong(`  log('x'); // ${'x'.repeat(100)}`)).toBe(true);
  });

  it('what is unfinished', () => {
    expect(unfinished.test('// TODO: later')).toBe(true);
    expect(lonelyTest.test("it.only('works', () => {")).toBe(true);
  });

  it('an exception without a reason', () => {
    expect(hasNoReason('// @ts-ignore')).toBe(true);
    expect(hasNoReason('// eslint-disable-next-line no-console')).toBe(true);
    expect(hasNoReason('// eslint-disable-next-line no-console -- it is a tool')).toBe(false);
  });

  it('a name that says nothing', () => {
    for (const name of ['utils.ts', 'helper.test.ts', 'path-utils.ts', 'common.ts', 'index.ts']) {
      expect(emptyNames.test(name)).toBe(true);
    }
    expect(emptyNames.test('command.ts')).toBe(false);
    expect(emptyNames.test('community.ts')).toBe(false);
  });

  it('a link that leads nowhere', () => {
    const links = linksOf(
      'docs/page.md',
      '[a](nowhere.md#x) [b](../package.json) [c](https://x.y)',
    );
    expect(links.map(({ target }) => target)).toEqual(['nowhere.md', '../package.json']);
    expect(links.filter(leadsNowhere).map(({ target }) => target)).toEqual(['nowhere.md']);
  });
});
