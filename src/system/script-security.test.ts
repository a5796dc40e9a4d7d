import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insecurity } from './script-security.ts';

// Only root can give files to others.
describe.runIf(process.getuid?.() === 0)('a program that root is to run', () => {
  let directory = '';
  let program = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-security-'));
    chmodSync(directory, 0o755);
    program = join(directory, 'script.sh');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('may be where only root can write, sticky directories on the way or not', () => {
    expect(insecurity('/bin/true')).toBeNull();
    expect(insecurity(program)).toBeNull();
  });

  it("may be writable by root's own group", () => {
    chmodSync(program, 0o775);
    expect(insecurity(program)).toBeNull();
  });

  it.each([
    ['writable by another group', 0o775, 0, 1, 'is writable by group 1'],
    ['writable by everybody', 0o757, 0, 0, 'is writable by everybody'],
    ["somebody else's", 0o755, 1, 0, 'belongs to user 1'],
  ])('must not be %s', (_what, mode, owner, group, fault) => {
    chownSync(program, owner, group);
    chmodSync(program, mode);
    expect(insecurity(program)).toBe(`${program} ${fault}`);
  });

  it('must not be in a folder that others may write to', () => {
    chmodSync(directory, 0o777);
    expect(insecurity(program)).toBe(`${directory} is writable by everybody`);
    chmodSync(directory, 0o1777);
    expect(insecurity(program)).toBeNull();
  });

  it('is judged by what a symbolic link leads to, and by where the link is', () => {
    const [link, open] = [join(directory, 'link'), join(directory, 'open')];
    symlinkSync(program, link);
    expect(insecurity(link)).toBeNull();
    mkdirSync(open);
    symlinkSync(program, join(open, 'link'));
    chmodSync(open, 0o777);
    expect(insecurity(join(open, 'link'))).toBe(`${open} is writable by everybody`);
    chmodSync(program, 0o757);
    expect(insecurity(link)).toBe(`${program} is writable by everybody`);
  });

  it('has to be there', () => {
    expect(insecurity(join(directory, 'none'))).toMatch(/^ENOENT/);
  });
});
