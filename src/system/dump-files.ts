/** Files for others to read: written under another name first, so that none is ever half there. */
import { randomUUID } from 'node:crypto';
import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The path of a dump: as configured, else under $TMPDIR or /tmp. `qualifier` null: none. */
export function dumpPath(options: {
  readonly configured: string | null;
  readonly name: string;
  readonly extension: string;
  readonly qualifier: string | null;
}): string {
  const { configured, name, extension, qualifier } = options;
  if (configured !== null) return configured;
  const suffix = qualifier === null ? '' : `_${qualifier}`;
  return join(process.env['TMPDIR'] ?? '/tmp', `${name}${suffix}.${extension}`);
}

/** Writes or replaces a file, mode 0600; null, or the reason why not. */
export function replaceFile(path: string, text: string): string | null {
  const temporary = join(dirname(path), `.baton-${randomUUID()}`);
  try {
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
