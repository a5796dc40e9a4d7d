/**
 * `enable_script_security`: what runs as root must not be for others to change. A part of
 * a path is theirs where they own it, or may write to it; of the path as written and of
 * the one that symbolic links lead to. In a sticky directory of root's, such as /tmp,
 * nobody may replace what is not his.
 */
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Why root must not run the program of this path; null where it may. */
export function insecurity(path: string): string | null {
  const written = resolve(path);
  try {
    const parts = new Set([...partsOf(written), ...partsOf(realpathSync(written))]);
    for (const part of parts) {
      const fault = faultOf(lstatSync(part));
      if (fault !== null) return `${part} ${fault}`;
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** "/a/b": "/", "/a", "/a/b". */
function partsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...partsOf(parent), path];
}

function faultOf(status: Stats): string | null {
  if (status.uid !== 0) return `belongs to user ${String(status.uid)}`;
  // The mode of a symbolic link means nothing: who may replace it is up to its directory.
  if (status.isSymbolicLink()) return null;
  if (status.isDirectory() && (status.mode & 0o1000) !== 0) return null;
  if ((status.mode & 0o002) !== 0) return 'is writable by everybody';
  const byGroup = (status.mode & 0o020) !== 0 && status.gid !== 0;
  return byGroup ? `is writable by group ${String(status.gid)}` : null;
}
