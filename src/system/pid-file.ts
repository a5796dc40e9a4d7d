import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { failure, success, type Result } from '../base/result.ts';
import { readLivingProcess } from './process-status.ts';

/** Stale files that are taken away before giving up on a path that others write to as well. */
const attempts = 3;

interface PidFileOptions {
  readonly processId?: number;
  /** Whose place this process takes; it lives still. */
  readonly predecessor?: number | null;
}

/** The file that says which process Baton is, and that there is one only. */
export class PidFile {
  private readonly path: string;
  private readonly processId: number;

  private constructor(path: string, processId: number) {
    this.path = path;
    this.processId = processId;
  }

  /**
   * Creates the file (mode 0644), in place of that of `predecessor`. The error says who holds it,
   * or why it can't be written.
   */
  static create(
    path: string,
    { processId = process.pid, predecessor = null }: PidFileOptions = {},
  ): Result<PidFile, string> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const holder = readHolder(path);
      const other = holder !== null && holder !== processId && holder !== predecessor;
      if (other && isSameProgram(holder, processId)) {
        return failure(`Baton is already running: process ${holder} of ${path}`);
      }
      const error = replace(path, processId);
      if (error === null) return success(new PidFile(path, processId));
      if (error.code !== 'EEXIST') return failure(error.message);
    }
    return failure(`${path} is being written by somebody else`);
  }

  /** The process that the file names, if that is alive and could have written it. */
  static holder(path: string, processId: number = process.pid): number | null {
    const holder = readHolder(path);
    return holder !== null && isSameProgram(holder, processId) ? holder : null;
  }

  /** Takes the file away, unless it has come to name another process. */
  remove(): void {
    if (readHolder(this.path) === this.processId) remove(this.path);
  }
}

/** Takes a stale file away and creates a new one, which fails where somebody else was quicker. */
function replace(path: string, processId: number): NodeJS.ErrnoException | null {
  const error = create(path, processId);
  if (error?.code !== 'EEXIST') return error;
  return remove(path) ?? create(path, processId);
}

function create(path: string, processId: number): NodeJS.ErrnoException | null {
  return errorOf(() => {
    writeFileSync(path, `${processId}\n`, { flag: 'wx', mode: 0o644 });
  });
}

function remove(path: string): NodeJS.ErrnoException | null {
  return errorOf(() => {
    unlinkSync(path);
  });
}

function errorOf(attempt: () => void): NodeJS.ErrnoException | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function readHolder(path: string): number | null {
  try {
    const digits = /^\s*(\d{1,10})\s*$/.exec(readFileSync(path, 'latin1'))?.[1];
    return digits === undefined ? null : Number(digits);
  } catch {
    return null;
  }
}

/** Whether a process lives and is called as the other; its number may have been used again. */
function isSameProgram(processId: number, otherId: number): boolean {
  const name = readLivingProcess(processId)?.commandName;
  return name !== undefined && name === readLivingProcess(otherId)?.commandName;
}
