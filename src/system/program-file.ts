/** What a program's file is, so that a command that can't be executed can say why. */
import { closeSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { delimiter, join } from 'node:path';

/** How a command has to be executed, or the reason why it can't be. */
export type Execution =
  | { readonly type: 'direct'; readonly path: string }
  /** A text without `#!`: the shell reads it, as system(3) would have it. */
  | { readonly type: 'by-shell'; readonly path: string }
  | { readonly type: 'impossible'; readonly reason: string };

export const shell = '/bin/sh';

const headLength = 256;
const elfMagic = '\x7fELF';

/** Looks a program up: in PATH where its name has no slash. */
export function locateProgram(program: string, searchPath: string): Execution {
  if (program.includes('/')) return inspectFile(program);
  const found = searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutableFile);
  if (found !== undefined) return inspectFile(found);
  return { type: 'impossible', reason: `there is no program ${program} in PATH` };
}

function isExecutableFile(path: string): boolean {
  const status = statusOf(path);
  return status !== null && status.isFile() && (status.mode & 0o111) !== 0;
}

/** Null where the path leads nowhere, or not for us. */
function statusOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/**
 * The C library would hand whatever the kernel refuses to the shell; for an empty
 * or a binary file the result would mean nothing, and might be success.
 */
function inspectFile(path: string): Execution {
  const head = readHead(path);
  // A file that Baton may execute but not read, or none: to start it will tell.
  if (head === null) return { type: 'direct', path };
  if (head === '') return { type: 'impossible', reason: `${path} is empty` };
  if (head.startsWith('#!')) return inspectInterpreter(path, head);
  if (head.startsWith(elfMagic)) return { type: 'direct', path };
  if (!head.includes('\0')) return { type: 'by-shell', path };
  return { type: 'impossible', reason: `${path} is neither a program nor a script` };
}

function inspectInterpreter(path: string, head: string): Execution {
  const interpreter = /^#![ \t]*([^\s\0]+)/.exec(head)?.[1];
  if (interpreter !== undefined && statusOf(interpreter) !== null) return { type: 'direct', path };
  const missing = interpreter === undefined ? 'names none' : `${interpreter} is not there`;
  return { type: 'impossible', reason: `bad interpreter of ${path}: ${missing}` };
}

/** The first octets of a regular file; null where it can't be read. */
function readHead(path: string): string | null {
  if (statusOf(path)?.isFile() !== true) return null;
  try {
    const descriptor = openSync(path, 'r');
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

/** The reason in words why a program could not be started. */
export function describeStartError(path: string, error: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT:
      statusOf(path) === null ? `${path} does not exist` : `${path} needs a file that is not there`,
    EACCES: isExecutableFile(path)
      ? `permission denied for ${path}`
      : `${path} is not an executable file`,
    ENOEXEC: `${path} is not a program of this machine`,
    EPERM: `may not become the user that is to run ${path}`,
  };
  return reasons[error.code ?? ''] ?? error.message;
}
