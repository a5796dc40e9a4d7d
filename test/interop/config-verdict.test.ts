/**
 * Whether a configuration is in order: what Baton says against what keepalived says
 * (`keepalived -t`), for a corpus of small files. Where they differ the corpus says why.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadText } from '../config/memory-files.ts';
import { verdictCorpus } from './verdict-corpus.ts';

/**
 * Asks keepalived about each file, in a network of its own with two interfaces. Only
 * fixed words are run here; the files come as arguments.
 */
const script = `
mount -t tmpfs tmpfs /run || exit 1
for name in eth0 eth1; do
  ip link add "$name" type veth peer name "$name-peer" || exit 1
  ip link set "$name" up && ip link set "$name-peer" up || exit 1
done
ip address add 192.0.2.1/24 dev eth0 || exit 1
for file; do
  timeout 10 keepalived -t -i host-a -f "$file" > "$file.log" 2>&1
  echo "$?"
done`;

const folder = mkdtempSync(join(tmpdir(), 'baton-verdict-'));
let exitCodes: readonly number[] = [];
let whyNot: string | null = null;

beforeAll(() => {
  const files = verdictCorpus.map(({ text }, index) => {
    const file = join(folder, `${index}.conf`);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  });
  const version = spawnSync('keepalived', ['--version'], { encoding: 'utf8' });
  if (version.error !== undefined) {
    whyNot = 'keepalived is not installed';
    return;
  }
  const flags = ['--net', '--mount', 'sh', '-c', script, 'sh'];
  const { stdout, stderr } = spawnSync('unshare', [...flags, ...files], { encoding: 'utf8' });
  exitCodes = stdout.trim().split('\n').map(Number);
  if (exitCodes.length !== files.length) whyNot = `keepalived can't be asked here: ${stderr}`;
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the verdict on', () => {
  it.for(verdictCorpus.map((one, index) => ({ ...one, index })))(
    '$name',
    ({ text, differs, index }, context) => {
      context.skip(whyNot !== null, whyNot ?? '');
      const loaded = loadText(text);
      const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
      const ours = errors.length === 0 ? 'ok' : 'not ok';
      const theirs = exitCodes[index] === 0 ? 'ok' : 'not ok';
      expect(ours === theirs, `${ours} here, ${theirs} there`).toBe(differs === null);
    },
  );
});
