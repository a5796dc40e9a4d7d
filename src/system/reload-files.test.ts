import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dumpPath, replaceFile } from './dump-files.ts';
import { whileMarked, writeComplaints } from './reload-files.ts';

let folder = '';
let logged: string[] = [];
const log = { write: (_level: string, text: string) => logged.push(text) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-reload-files-'));
  logged = [];
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the file that marks a reload', () => {
  it('is there meanwhile, in a folder that is made for it', () => {
    const path = join(folder, 'run', 'marker');
    expect(whileMarked(path, log, () => existsSync(path))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('goes when reading fails', () => {
    const path = join(folder, 'marker');
    const failing = (): never => {
      throw new Error('bug');
    };
    expect(() => whileMarked(path, log, failing)).toThrow('bug');
    expect(existsSync(path)).toBe(false);
  });

  it('is no reason not to reload where it cannot be', () => {
    const [target, path] = [join(folder, 'target'), join(folder, 'link')];
    writeFileSync(target, 'precious');
    symlinkSync(target, path);
    expect(whileMarked(path, log, () => 7)).toBe(7);
    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(logged).toEqual([expect.stringContaining(`Reload file ${path} not written: ELOOP`)]);
  });
});

describe('complaints', () => {
  it('are those of the last reload', () => {
    const path = join(folder, 'complaints');
    writeComplaints(path, ['one', 'two'], log);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    writeComplaints(path, [], log);
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('leave devices and folders as they are', () => {
    writeComplaints('/dev/null', ['one'], log);
    expect(logged).toEqual([]);
    mkdirSync(join(folder, 'complaints'));
    writeComplaints(join(folder, 'complaints'), ['one'], log);
    expect(logged).toHaveLength(1);
    expect(replaceFile('/dev/zero', 'one')).toBe('there is something else at its path');
    const loop = join(folder, 'loop');
    symlinkSync(loop, loop);
    expect(replaceFile(join(loop, 'file'), 'one')).toMatch(/^ELOOP/);
  });
});

describe('the path of a dump', () => {
  const names = { name: 'keepalived', extension: 'data', qualifier: 'blue' };

  it('is what is configured, or in the folder that is', () => {
    expect(dumpPath({ ...names, configured: '/a/b' })).toBe('/a/b');
    expect(dumpPath({ ...names, configured: '/a/b/' })).toBe('/a/b/keepalived_blue.data');
  });
});
