/**
 * Tracked files. The folder of each is watched and not the file itself, since a
 * file is often replaced rather than written; where the folder is missing the
 * nearest one above it is. A shell that writes `echo 1 > FILE` empties the file
 * first, so a change counts once nothing has happened for a moment.
 */
import {
  closeSync,
  constants,
  openSync,
  readSync,
  realpathSync,
  statSync,
  watch,
  writeFileSync,
  type FSWatcher,
  type Stats,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FileConfig } from '../model/config.ts';
import type { LogSink } from '../ports/log.ts';
import type { FileReport, TrackedFiles } from '../ports/tracked-files.ts';

/** How long a file must rest, and how long one that is found empty, in milliseconds. */
const restMs = 5;
const emptyRestMs = 100;
/** A file that never rests is read all the same. */
const longestWaitMs = 250;

/** More than any number, and the white space before it, takes. */
const headLength = 4_096;

/** Where the kernel watches nothing for us (no inotify left) the file is looked at this often. */
const pollMs = 1_000;

export class WatchedFiles implements TrackedFiles {
  private readonly log: LogSink;
  private watched = new Map<string, WatchedFile>();

  constructor({ log }: { readonly log: LogSink }) {
    this.log = log;
  }

  watch(files: readonly FileConfig[], report: FileReport): void {
    const former = this.watched;
    this.watched = new Map();
    for (const file of files) {
      const key = JSON.stringify(file);
      if (!former.has(key)) this.writeInitialValue(file);
      this.watched.set(key, new WatchedFile(file, this.log, report));
    }
    for (const file of former.values()) file.close();
  }

  close(): void {
    for (const file of this.watched.values()) file.close();
    this.watched.clear();
  }

  private writeInitialValue({ path, initialValue, overwrite }: FileConfig): void {
    if (initialValue === null) return;
    try {
      const flag = overwrite ? 'w' : 'wx';
      writeFileSync(path, `${String(initialValue)}\n`, { flag, mode: 0o644 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      const { message } = error as Error;
      this.log.write('warning', `Initial value of track file ${path} not written: ${message}`);
    }
  }
}

class WatchedFile {
  private readonly file: FileConfig;
  private readonly log: LogSink;
  private readonly report: FileReport;
  private readonly folders = new Map<string, FSWatcher>();
  private value: number | null;
  private poll: NodeJS.Timeout | null = null;
  private rest: NodeJS.Timeout | null = null;
  private changingSinceMs: number | null = null;

  constructor(file: FileConfig, log: LogSink, report: FileReport) {
    this.file = file;
    this.log = log;
    this.report = report;
    this.watchFolders();
    this.value = numberIn(contentOf(file.path));
    report(file.name, this.value);
  }

  close(): void {
    for (const watcher of this.folders.values()) watcher.close();
    this.folders.clear();
    if (this.poll !== null) clearInterval(this.poll);
    if (this.rest !== null) clearTimeout(this.rest);
  }

  private changed(): void {
    this.changingSinceMs ??= performance.now();
    this.readAfter(restMs);
  }

  private readAfter(delayMs: number): void {
    if (this.rest !== null) clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.read();
    }, delayMs).unref();
  }

  private read(): void {
    this.watchFolders();
    const content = contentOf(this.file.path);
    const waitedMs = performance.now() - (this.changingSinceMs ?? -Infinity);
    if (content?.trim() === '' && waitedMs < longestWaitMs) {
      this.readAfter(emptyRestMs);
      return;
    }
    this.changingSinceMs = null;
    const value = numberIn(content);
    if (value === this.value) return;
    this.value = value;
    this.report(this.file.name, value);
  }

  /** Watches the folders that matter now, and no others. */
  private watchFolders(): void {
    const wanted = foldersOf(this.file.path);
    for (const [key, watcher] of this.folders) {
      if (wanted.has(key)) continue;
      watcher.close();
      this.folders.delete(key);
    }
    for (const [key, folder] of wanted) if (!this.folders.has(key)) this.watchFolder(key, folder);
  }

  private watchFolder(key: string, folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        this.changed();
      });
      watcher.on('error', (error) => {
        this.fallBack(error);
      });
      this.folders.set(key, watcher);
    } catch (error) {
      this.fallBack(error as Error);
    }
  }

  private fallBack(error: Error): void {
    if (this.poll !== null) return;
    const text = `Track file ${this.file.path} can't be watched and is looked at each second`;
    this.log.write('warning', `${text}: ${error.message}`);
    this.poll = setInterval(() => {
      this.read();
    }, pollMs).unref();
  }
}

/** The folder of the file, and of what it is a link to, by what identifies them. */
function foldersOf(path: string): ReadonlyMap<string, string> {
  const target = realPath(path);
  const folders = [dirname(resolve(path)), ...(target === null ? [] : [dirname(target)])];
  return new Map(
    folders.map((folder) => {
      const { there, key } = nearestFolder(folder);
      return [key, there];
    }),
  );
}

function nearestFolder(folder: string): { readonly there: string; readonly key: string } {
  const status = statusOf(folder);
  if (status?.isDirectory() === true || folder === '/') {
    return { there: folder, key: `${String(status?.dev)}:${String(status?.ino)}` };
  }
  return nearestFolder(dirname(folder));
}

/** Null where it is not there, or not for us, or a link that leads to itself. */
function statusOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** The beginning, in which the number stands; a FIFO in the file's place is not waited for. */
function contentOf(path: string): string | null {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const head = Buffer.alloc(headLength);
      return head.toString('latin1', 0, readSync(descriptor, head));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

function numberIn(content: string | null): number | null {
  const digits = /^\s*([+-]?\d{1,15})/.exec(content ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}
