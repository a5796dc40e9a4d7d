import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { failure, success } from '../base/result.ts';
import { resolveIdentity, supplementaryGroups, type AccountFiles } from './accounts.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-accounts-'));
const files: AccountFiles = { passwd: join(folder, 'passwd'), group: join(folder, 'group') };
writeFileSync(
  files.passwd,
  'root:x:0:0:root:/root:/bin/sh\nbroken line\nweb:x:33:34::/:/bin/false\n1001:x:7:8::/:\n',
);
writeFileSync(files.group, 'root:x:0:\nweb:x:34:\noperator:x:37:web\n');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function resolve(user: string | null, group: string | null): unknown {
  return resolveIdentity({ user, group }, files);
}

describe('the groups of a user', () => {
  it('are those that list it, and its own', () => {
    expect(supplementaryGroups('web', files)).toEqual([37, 34]);
    expect(supplementaryGroups('33', files)).toEqual([37, 34]);
    expect(supplementaryGroups('root', files)).toEqual([0]);
  });

  it('are none where there is no such user', () => {
    expect(supplementaryGroups(null, files)).toBeNull();
    expect(supplementaryGroups('nobody', files)).toBeNull();
  });
});

describe('an identity', () => {
  it('is unchanged where none is named', () => {
    expect(resolve(null, null)).toEqual(success({}));
  });

  it('is the user with the user’s own group', () => {
    expect(resolve('web', null)).toEqual(success({ uid: 33, gid: 34 }));
  });

  it('is the user with the group that is named', () => {
    expect(resolve('web', 'operator')).toEqual(success({ uid: 33, gid: 37 }));
  });

  it('may be a number that has an entry', () => {
    expect(resolve('33', '37')).toEqual(success({ uid: 33, gid: 37 }));
  });

  it('is that of the name where a name looks like a number', () => {
    expect(resolve('1001', null)).toEqual(success({ uid: 7, gid: 8 }));
  });

  it('is an error in words where there is no such name', () => {
    expect(resolve('nobody', null)).toEqual(failure('there is no user nobody'));
    expect(resolve('web', 'staff')).toEqual(failure('there is no group staff'));
    expect(resolve('broken line', null)).toEqual(failure('there is no user broken line'));
  });

  it('is an error where the file is missing', () => {
    const missing = { passwd: '/nonexistent', group: '/nonexistent' };
    expect(resolveIdentity({ user: 'root', group: null }, missing).ok).toBe(false);
  });
});
