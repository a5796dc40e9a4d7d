/** Files that tell others of a reload. */
import { closeSync, constants, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogSink } from '../ports/log.ts';
import { replaceFile } from './dump-files.ts';

/** `reload_file`: does something while an empty file is there; null: without one. */
export function whileMarked<Value>(
  marker: string | null,
  log: LogSink,
  action: () => Value,
): Value {
  if (marker === null) return action();
  try {
    mark(marker);
  } catch (error) {
    log.write('warning', `Reload file ${marker} not written: ${(error as Error).message}`);
    return action();
  }
  try {
    return action();
  } finally {
    unmark(marker);
  }
}

/** `reload_check_config`: what there is to say of the file that was read; null: written nowhere. */
export function writeComplaints(
  path: string | null,
  complaints: readonly string[],
  log: LogSink,
): void {
  if (path === null || path === '/dev/null') return;
  const error = replaceFile(path, complaints.map((text) => `${text}\n`).join(''));
  if (error !== null) log.write('warning', `Complaints not written to ${path}: ${error}`);
}

function mark(path: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;
  try {
    closeSync(openSync(path, flags, 0o644));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // The usual place, in a directory under /run, is not there after a boot.
    mkdirSync(dirname(path), 0o755);
    closeSync(openSync(path, flags, 0o644));
  }
}

function unmark(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody has taken it away.
  }
}
