/** Users and groups of this machine, from /etc/passwd and /etc/group (passwd(5), group(5)). */
import { readFileSync } from 'node:fs';
import { failure, success, type Result } from '../base/result.ts';

/** Whom a process is to run as; undefined: as its parent does. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

const systemAccountFiles: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' };

/** Numbers for the names; a user without a group brings its own. The error is a reason in words. */
export function resolveIdentity(
  names: { readonly user: string | null; readonly group: string | null },
  files: AccountFiles = systemAccountFiles,
): Result<Identity, string> {
  const user = names.user === null ? null : findEntry(files.passwd, names.user);
  if (names.user !== null && user === null) return failure(`there is no user ${names.user}`);
  const group = names.group === null ? null : findEntry(files.group, names.group);
  if (names.group !== null && group === null) return failure(`there is no group ${names.group}`);
  // NAME:x:UID:GID:... in one file, NAME:x:GID:... in the other.
  const gid = group?.[2] ?? user?.[3];
  return success({
    ...(user === null ? {} : { uid: Number(user[2]) }),
    ...(gid === undefined ? {} : { gid: Number(gid) }),
  });
}

/** The fields of the line whose name, or whose number, this is. */
function findEntry(path: string, nameOrNumber: string): readonly string[] | null {
  const entries = readLines(path).map((line) => line.split(':'));
  const wellFormed = entries.filter((fields) => /^\d+$/.test(fields[2] ?? ''));
  return (
    wellFormed.find((fields) => fields[0] === nameOrNumber) ??
    wellFormed.find((fields) => fields[2] === nameOrNumber) ??
    null
  );
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return []; // Without the file there are no names.
  }
}

/** The groups that list this user (NAME:x:GID:USER,USER), as numbers; null: there is no user. */
export function supplementaryGroups(
  user: string | null,
  files: AccountFiles = systemAccountFiles,
): readonly number[] | null {
  const entry = user === null ? null : findEntry(files.passwd, user);
  if (entry === null) return null;
  const [name = '', , , primary] = entry;
  const listing = readLines(files.group)
    .map((line) => line.split(':'))
    .filter((fields) => /^\d+$/.test(fields[2] ?? '') && fields[3]?.split(',').includes(name))
    .map((fields) => Number(fields[2]));
  return [...new Set([...listing, Number(primary)])].filter((group) => Number.isInteger(group));
}
