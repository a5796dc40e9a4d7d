import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { matchingFiles, segmentMatcher } from './glob.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-glob-'));
for (const name of ['conf.d', 'conf.d/sub.conf', 'other']) mkdirSync(join(folder, name));
const names = [
  'main.conf',
  'conf.d/b.conf',
  'conf.d/a.conf',
  'conf.d/10.conf',
  'conf.d/.hidden.conf',
];
for (const name of [...names, 'conf.d/[x].conf', 'other/a.conf'])
  writeFileSync(join(folder, name), '');
execFileSync('mkfifo', [join(folder, 'conf.d/pipe.conf')]);
symlinkSync('a.conf', join(folder, 'conf.d/link.conf'));
symlinkSync('gone', join(folder, 'conf.d/dangling.conf'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function matches(pattern: string): readonly string[] {
  return matchingFiles(join(folder, pattern)).map((path) => path.slice(folder.length + 1));
}

describe('a pattern of files', () => {
  it.each<[string, readonly string[]]>([
    ['main.conf', ['main.conf']],
    ['missing.conf', []],
    ['conf.d', []],
    ['conf.d/?.conf', ['conf.d/a.conf', 'conf.d/b.conf']],
    ['*/a.conf', ['conf.d/a.conf', 'other/a.conf']],
    ['conf.d/[!a].conf', ['conf.d/b.conf']],
    ['conf.d/[0-9]*', ['conf.d/10.conf']],
    ['conf.d/.*.conf', ['conf.d/.hidden.conf']],
    ['conf.d/\\[x\\].conf', ['conf.d/[x].conf']],
    ['nothing/*/a.conf', []],
  ])('%j names %j', (pattern, expected) => {
    expect(matches(pattern)).toEqual(expected);
  });

  it('names neither folders, pipes, hidden files nor links that lead nowhere', () => {
    const expected = ['10', '[x]', 'a', 'b', 'link'].map((name) => `conf.d/${name}.conf`);
    expect(matches('conf.d/*.conf')).toEqual(expected);
  });

  it('is read without an exception, whatever it is', () => {
    const character = fc.constantFrom(...Array.from('ab/[]!^-*?\\.é\u{1f600}'));
    const pattern = fc.string({ unit: character, maxLength: 24 });
    fc.assert(
      fc.property(pattern, (text) => {
        segmentMatcher(text).test(text);
        matchingFiles(join(folder, text));
      }),
    );
  });
});

describe('a set of characters', () => {
  it.each<[string, string, boolean]>([
    ['[a-c]', 'b', true],
    ['[a-c]', 'd', false],
    ['[^a-c]', 'd', true],
    ['[]a]', ']', true],
    ['[!]a]', ']', false],
    ['[a-]', '-', true],
    ['[c-a]', 'b', false],
    ['[a', '[a', true],
    ['[.]', 'x', false],
  ])('%j matches %j: %s', (pattern, text, expected) => {
    expect(segmentMatcher(pattern).test(text)).toBe(expected);
  });
});
