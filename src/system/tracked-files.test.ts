/** Real files, each test in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileConfig } from '../model/config.ts';
import { WatchedFiles } from './tracked-files.ts';

let folder: string;
let file: FileConfig;
let reported: (number | null)[];
let files: WatchedFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-track-'));
  file = { name: 'load', path: join(folder, 'load'), initialValue: null, overwrite: false };
  reported = [];
  files = new WatchedFiles({ log: { write: () => undefined } });
});

afterEach(() => {
  files.close();
  rmSync(folder, { recursive: true, force: true });
});

function watch(configuration: FileConfig = file): void {
  files.watch([configuration], (name, value) => {
    expect(name).toBe('load');
    reported.push(value);
  });
}

async function comesTo(values: readonly (number | null)[]): Promise<void> {
  await vi.waitFor(
    () => {
      expect(reported).toEqual(values);
    },
    { timeout: 5_000, interval: 5 },
  );
}

describe('a tracked file', () => {
  it.each([
    ['7\n', 7],
    [' -12 and more', -12],
    ['+3', 3],
    ['5.9', 5],
    ['', null],
    ['on', null],
  ])('with %j has the value %j', (text, value) => {
    writeFileSync(file.path, text);
    watch();
    expect(reported).toEqual([value]);
  });

  it('may be where no file can be, and is nothing then', async () => {
    const loop = join(folder, 'loop');
    symlinkSync(loop, loop);
    watch({ ...file, path: join(loop, 'load') });
    expect(reported).toEqual([null]);
    unlinkSync(loop);
    mkdirSync(loop);
    writeFileSync(join(loop, 'load'), '4\n');
    await comesTo([null, 4]);
  });

  it('is not waited for where there is a FIFO in its place', () => {
    spawnSync('mkfifo', [file.path]);
    // Whoever waited would do so until this one comes.
    const writer = spawn('sh', ['-c', 'sleep 3; : <> "$0"', file.path]);
    const before = performance.now();
    watch();
    expect(reported).toEqual([null]);
    expect(performance.now() - before).toBeLessThan(1_500);
    writer.kill();
  });

  it('is written, replaced, taken away and made again', async () => {
    watch();
    writeFileSync(file.path, '1\n');
    await comesTo([null, 1]);
    writeFileSync(`${file.path}.new`, '2\n');
    renameSync(`${file.path}.new`, file.path);
    await comesTo([null, 1, 2]);
    unlinkSync(file.path);
    await comesTo([null, 1, 2, null]);
    writeFileSync(file.path, '3\n');
    await comesTo([null, 1, 2, null, 3]);
  });

  it('is not taken for empty while it is written', async () => {
    writeFileSync(file.path, '1\n');
    watch();
    const begun = performance.now();
    for (let value = 2; value <= 6; value += 1) {
      writeFileSync(file.path, '');
      await new Promise((resolve) => setTimeout(resolve, 10));
      writeFileSync(file.path, `${String(value)}\n`);
    }
    const tookMs = performance.now() - begun;
    await vi.waitFor(() => {
      expect(reported.at(-1)).toBe(6);
    });
    // On a machine that stood still meanwhile it was empty for long enough to be told so.
    if (tookMs < 100) expect(reported).not.toContain(null);
  });

  it('may be in a folder that comes later, and that goes and comes back', async () => {
    const deep = join(folder, 'a', 'b');
    const path = join(deep, 'load');
    watch({ ...file, path });
    mkdirSync(deep, { recursive: true });
    writeFileSync(path, '4\n');
    await comesTo([null, 4]);
    rmSync(join(folder, 'a'), { recursive: true });
    await comesTo([null, 4, null]);
    mkdirSync(deep, { recursive: true });
    writeFileSync(path, '5\n');
    await comesTo([null, 4, null, 5]);
  });

  it('may be a link to a file elsewhere', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'target'), '1\n');
    symlinkSync(join(elsewhere, 'target'), file.path);
    watch();
    writeFileSync(join(elsewhere, 'target'), '2\n');
    await comesTo([1, 2]);
  });

  it('begins with its initial value', () => {
    watch({ ...file, initialValue: 9 });
    expect(reported).toEqual([9]);
    expect(readFileSync(file.path, 'utf8')).toBe('9\n');
  });

  it('keeps what it has, unless it is to be overwritten', () => {
    writeFileSync(file.path, '1\n');
    watch({ ...file, initialValue: 9 });
    watch({ ...file, initialValue: 8, overwrite: true });
    expect(reported).toEqual([1, 8]);
  });

  it('is told anew, and not written anew, when nothing about it changes', () => {
    const configuration = { ...file, initialValue: 9, overwrite: true };
    watch(configuration);
    writeFileSync(file.path, '2\n');
    watch({ ...configuration });
    expect(reported).toEqual([9, 2]);
  });
});
