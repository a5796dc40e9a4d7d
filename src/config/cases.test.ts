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

const folder = new URL('cases/', import.meta.url);
const divider = '-'.repeat(40);

function play(input: string): string {
  const [main = '', ...parts] = input.split(/^==> (\S+) <==\n/m);
  const others: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) {
    others[mainFile.replace(/[^/]*$/, parts[index] ?? '')] = parts[index + 1] ?? '';
  }
  const { config, diagnostics, files } = loadText(main, {}, others);
  const told = diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic, files)}\n`);
  const shortened = told.map((text) => text.replace('/etc/keepalived/', ''));
  return `${input}${divider}\n${[...shortened, configText(config)].join('\n')}\n`;
}

describe('case', () => {
  it.each(readdirSync(folder))('%s', (file) => {
    const place = new URL(file, folder);
    const text = readFileSync(place, 'utf8');
    const end = text.indexOf(`${divider}\n`);
    const played = play(end < 0 ? text : text.slice(0, end));
    if (env['UPDATE_CASES'] === '1') writeFileSync(place, played);
    else expect(played).toBe(text);
  });
});
