/** The lint rules that keep the pure folders pure bite: each line here has to be found. */
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { root } from './house.ts';

const forbiddenWherePure = [
  "import { readFileSync } from 'node:fs';",
  'export const now = Date.now();',
  'export const today = new Date();',
  'export const precise = process.hrtime.bigint();',
  'export const timer = setTimeout(() => undefined, 10);',
  'export const chance = Math.random();',
  'export const octets = Buffer.alloc(10);',
  'export async function wait(): Promise<void> {}',
];

const forbiddenWithoutClock = [
  'export const now = Date.now();',
  'export const timer = setTimeout(() => undefined, 10);',
  'export const chance = Math.random();',
];

const forbiddenEverywhere = [
  "import { readdirSync } from 'fs';",
  "import { exec } from 'node:child_process';",
  'export const options = { shell: true };',
  "export const twice = (a: 'x' | 'y'): number => { switch (a) { case 'x': return 1; default: return 2; } };",
  "export const forgotten = (a: 'x' | 'y'): void => { switch (a) { case 'x': return; } };",
];

// With CI in its environment the parser would read the file of that name, not these lines.
const parserOptions = { disallowAutomaticSingleRunInference: true };
const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions } } });

/** Lints these lines as if they were the file; returns those in which nothing was found. */
async function linesNotFound(file: string, lines: readonly string[]): Promise<string[]> {
  const [result] = await eslint.lintText(lines.join('\n'), { filePath: file });
  const rules = [
    'no-restricted-globals',
    'no-restricted-imports',
    'no-restricted-properties',
    'no-restricted-syntax',
    '@typescript-eslint/switch-exhaustiveness-check',
  ];
  const found = result?.messages.filter(({ ruleId }) => rules.includes(ruleId ?? '')) ?? [];
  return lines.filter((_line, index) => !found.some(({ line }) => line === index + 1));
}

describe('the linter finds', () => {
  it.each([
    'src/base/units.ts',
    'src/model/config.ts',
    'src/wire/ipv4.ts',
    'src/config/diagnostic.ts',
    'src/core/core.ts',
  ])('a clock, chance, the system and waiting in %s', async (file) => {
    expect(await linesNotFound(file, forbiddenWherePure)).toEqual([]);
  });

  it.each(['src/ports/clock.ts', 'src/runtime/pulse.ts'])(
    'a clock and chance in %s',
    async (file) => {
      expect(await linesNotFound(file, forbiddenWithoutClock)).toEqual([]);
    },
  );

  it.each(['src/core/core.ts', 'src/linux/libc.ts', 'src/main.ts'])(
    'shells, imports without node:, and unions with a default in %s',
    async (file) => {
      expect(await linesNotFound(file, forbiddenEverywhere)).toEqual([]);
    },
  );

  it('nothing of that where it belongs', async () => {
    const lines = forbiddenWherePure;
    expect(await linesNotFound('src/system/pulse-thread.ts', lines)).toEqual(lines);
  });
});
