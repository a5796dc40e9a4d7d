/** Files for others to read: written under another name first, so that none is ever half there. */
import { randomUUID } from 'node:crypto';
import { lstatSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The path of a dump: as configured, where a slash at the end means a directory; else under
 * $TMPDIR or /tmp. `qualifier` null: none.
 */
export function dumpPath(options: {
  readonly configured: string | null;
  readonly name: string;
  readonly extension: string;
  readonly qualifier: string | null;
}): string {
  const { configured, name, extension, qualifier } = options;
  if (configured !== null && !configured.endsWith('/')) return configured;
  const suffix = qualifier === null ? '' : `_${qualifier}`;
  return join(configured ?? process.env['TMPDIR'] ?? '/tmp', `${name}${suffix}.${extension}`);
}

/** Writes or replaces a file, mode 0600; null, or the reason why not. */
export function replaceFile(path: string, text: string): string | null {
  const temporary = join(dirname(path), `.baton-${randomUUID()}`);
  try {
    // Whoever names a device (/dev/null) wants no file in its place.
    const former = lstatSync(path, { throwIfNoEntry: false });
    if (former !== undefined && !former.isFile() && !former.isSymbolicLink()) {
      return 'there is something else at its path';
    }
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
    return null;
  } catch (error) {
    try {
      unlinkSync(temporary);
    } catch {
      // It was not made.
    }
    return (error as Error).message;
  }
}
