/**
 * Every keyword that Baton acts on is either in a configuration whose effect on the kernel a test
 * knows, or in the list that says why a kernel shows nothing of it, or who shows it instead.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { DiagnosticCollector } from '../../src/config/diagnostic.ts';
import { findKeyword, type BlockDefinition } from '../../src/config/keywords/keyword.ts';
import { allBlocks, root as outermost } from '../../src/config/keywords/root.ts';
import { preprocess } from '../../src/config/preprocess.ts';
import { buildTree, type Statement } from '../../src/config/tree.ts';
import { splitLine } from '../../src/config/words.ts';
import { loadOptions, mainFile, memoryFiles } from '../config/memory-files.ts';
import { addressRows } from '../kernel/held-addresses.ts';
import { interfaceRows } from '../kernel/held-interfaces.ts';
import { namespaceConfiguration, processConfiguration } from '../kernel/held-process.ts';
import { staticRouting, virtualRouting } from '../kernel/held-routing.ts';
import { shownElsewhere, withoutKernelState } from '../kernel/without-kernel-state.ts';
import { root } from './house.ts';

const samples = join(root, 'docs/samples');

const configurations: readonly string[] = [
  ...readdirSync(samples).map((name) => readFileSync(join(samples, name), 'utf8')),
  ...[...addressRows, ...interfaceRows].map(({ configuration }) => configuration),
  ...[staticRouting, virtualRouting, processConfiguration, namespaceConfiguration],
];

/** "vrrp_instance: priority" for each keyword of a text; words of entries too. */
function keywordsOf(text: string): readonly string[] {
  const collector = new DiagnosticCollector();
  const random = seededRandom(1);
  const { path, configurationId, environment, everyIncludeRequired } = loadOptions;
  const query = { path, configurationId, environment, everyIncludeRequired, random };
  const { lines } = preprocess(memoryFiles({ [mainFile]: text }), query, collector);
  const phrases = lines.flatMap((line) => splitLine(line, collector));
  return named(buildTree(phrases, outermost, collector), outermost);
}

function named(statements: readonly Statement[], definition: BlockDefinition): string[] {
  return statements.flatMap(({ words, block }) => {
    const candidates = definition.kind === 'entries' ? words : words.slice(0, 1);
    return candidates.flatMap(({ text }) => {
      const keyword = findKeyword(definition, text);
      if (keyword === null) return [];
      const inner = block === null || keyword.block === null ? [] : block.statements;
      const within = keyword.block === null ? [] : named(inner, keyword.block);
      return [`${definition.title}: ${keyword.name}`, ...within];
    });
  });
}

const acted = allBlocks().flatMap(({ title, keywords }) =>
  keywords.filter(({ support }) => support === 'acted').map(({ name }) => `${title}: ${name}`),
);
const held = new Set(configurations.flatMap(keywordsOf));

const reasons = withoutKernelState.flatMap(({ keywords }) => keywords);
const elsewhere = shownElsewhere.flatMap(({ keywords }) => keywords);

/** What a list that may say "BLOCK: *" leaves of these. */
function unlisted(keywords: readonly string[], list: readonly string[]): readonly string[] {
  return keywords.filter((one) => !list.includes(one) && !list.includes(allOf(one)));
}

function allOf(keyword: string): string {
  return keyword.replace(/: .*$/, ': *');
}

describe('every keyword that Baton acts on', () => {
  it('has a configuration whose effect on the kernel is known, or a reason for none', () => {
    expect(held.size).toBeGreaterThan(150);
    const rest = acted.filter((keyword) => !held.has(keyword));
    expect(unlisted(unlisted(rest, reasons), elsewhere)).toEqual([]);
  });

  it('is listed once, and only where it is needed', () => {
    const listed = [...reasons, ...elsewhere];
    expect(listed.filter((one, index) => listed.indexOf(one) !== index)).toEqual([]);
    expect(listed.filter((one) => held.has(one))).toEqual([]);
    const known = new Set(acted.flatMap((keyword) => [keyword, allOf(keyword)]));
    expect(listed.filter((one) => !known.has(one))).toEqual([]);
  });

  it('is in the test that shows it, where another one does', () => {
    for (const { file, keywords } of shownElsewhere) {
      const text = readFileSync(join(root, file), 'utf8');
      for (const keyword of keywords) {
        expect(text, keyword).toContain(keyword.replace(/^.*: /, ''));
      }
    }
  });
});

describe('the gate bites on', () => {
  it('a keyword that nobody has thought of', () => {
    expect(unlisted(['vrrp_instance: new_one'], reasons)).toEqual(['vrrp_instance: new_one']);
    expect(unlisted(['service: new_one'], reasons)).toEqual([]);
  });

  it('words of blocks and of lines, and takes no value for a keyword', () => {
    const text = 'vrrp_instance state {\n virtual_ipaddress {\n 192.0.2.5 dev eth0 brd +\n }\n}\n';
    expect(keywordsOf(text)).toEqual([
      'the outermost level: vrrp_instance',
      'vrrp_instance: virtual_ipaddress',
      'virtual_ipaddress: dev',
      'virtual_ipaddress: brd',
    ]);
  });
});
