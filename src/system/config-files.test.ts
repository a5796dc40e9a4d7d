import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigFiles } from './config-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-config-'));
const path = join(folder, 'keepalived.conf');
const files = new ConfigFiles();

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a configuration file', () => {
  it('is read as octets, whatever they are', () => {
    writeFileSync(path, new Uint8Array([0xff, 0, 0x41]));
    const read = files.read(path);
    expect(read.ok && [...read.value]).toEqual([0xff, 0, 0x41]);
  });

  it('that is missing is an error with its name', () => {
    const read = files.read(join(folder, 'missing'));
    expect(read.ok || read.error).toMatch(/ENOENT.*missing/);
  });

  it('may not be a folder or a device', () => {
    expect(files.read(folder)).toEqual({ ok: false, error: `${folder} is not a regular file` });
    expect(files.read('/dev/zero').ok).toBe(false);
  });

  it('may not be huge', () => {
    const huge = join(folder, 'huge');
    writeFileSync(huge, '');
    truncateSync(huge, 17 * 1_024 * 1_024);
    const read = files.read(huge);
    expect(read.ok || read.error).toMatch(/larger than 16777216 octets/);
  });

  it('is found by a pattern', () => {
    expect(files.glob(join(folder, 'keep*.con?'))).toEqual([path]);
  });
});
