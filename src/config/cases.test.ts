/**
 * Each file in `cases` is a configuration, a line of dashes, what is said about it, and
 * what it means (only what differs from the defaults; times in microseconds). A line
 * "==> NAME <==" begins another file beside keepalived.conf. UPDATE_CASES=1 writes the
 * second half anew; then the difference is to be read like code.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { describe, expect, it } from 'vitest';
import { configText } from '../../test/config/config-text.ts';
import { loadText, mainFile } from '../../test/config/memory-files.ts';
import { formatDiagnostic } from './diagnostic.ts';
import type { LoadedConfig } from './load.ts';

const folder = new URL('cases/', import.meta.url);
const divider = '-'.repeat(40);

function load(input: string): LoadedConfig {
  const [main = '', ...parts] = input.split(/^==> (\S+) <==\n/m);
  const others: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) {
    others[mainFile.replace(/[^/]*$/, parts[index] ?? '')] = parts[index + 1] ?? '';
  }
  return loadText(main, {}, others);
}

function play(input: string): string {
  const { config, diagnostics, files } = load(input);
  const told = diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic, files)}\n`);
  const shortened = told.map((text) => text.replace('/etc/keepalived/', ''));
  return `${input}${divider}\n${[...shortened, configText(config)].join('\n')}\n`;
}

function inputOf(text: string): string {
  const end = text.indexOf(`${divider}\n`);
  return end < 0 ? text : text.slice(0, end);
}

describe('case', () => {
  it.each(readdirSync(folder))('%s', (file) => {
    const place = new URL(file, folder);
    const text = readFileSync(place, 'utf8');
    const played = play(inputOf(text));
    if (env['UPDATE_CASES'] === '1') writeFileSync(place, played);
    else expect(played).toBe(text);
  });
});

describe('every configuration', () => {
  it('is plain data: nothing of it is lost where it is recorded', () => {
    for (const file of readdirSync(folder)) {
      const { config } = load(inputOf(readFileSync(new URL(file, folder), 'utf8')));
      expect(JSON.parse(JSON.stringify(config)), file).toStrictEqual(config);
    }
  });
});
