/**
 * Listening on a unix socket that nobody but its owner can ever open, at a path
 * where a Baton that died may have left its own.
 *
 * bind(2) makes the socket's file with whatever mode the umask leaves, and only
 * then can it be narrowed. So it is bound in a directory that only the owner may
 * enter, narrowed there, and then linked to its path: it appears as it is to
 * stay, and link(2) refuses to replace what is there.
 */
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  renameSync,
  rmSync,
  unlinkSync,
  type Stats,
} from 'node:fs';
import { createConnection, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { failure, success, type Result } from '../base/result.ts';

/** `sun_path` holds 108 octets with the terminating zero (unix(7)); longer paths are cut silently. */
const longestPathOctets = 107;

/** Another Baton that starts at the same moment can come between; a third time is no accident. */
const attempts = 3;

export interface ListenFailure {
  readonly code: 'socket-in-use' | 'socket-unusable';
  /** What, where, and how to mend it. */
  readonly message: string;
}

/** A socket that is listened on, as a file. */
export interface SocketFile {
  /** Removes the file, unless another has taken its place. */
  remove(): void;
}

/**
 * Makes `server` listen at `path` with mode 0600 from the first moment. The
 * socket of a process that is gone is replaced; that of a living one is left
 * alone, and so is anything that is not a socket.
 */
export async function listenPrivately(
  server: Server,
  path: string,
): Promise<Result<SocketFile, ListenFailure>> {
  let directory: string;
  try {
    directory = mkdtempSync(join(dirname(path), '.baton-'));
  } catch (error) {
    return unusable(path, describeFileError(error as NodeJS.ErrnoException));
  }
  try {
    return await listenThrough(server, { directory, path });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Places {
  /** A directory beside the path that only the owner may enter. */
  readonly directory: string;
  readonly path: string;
}

async function listenThrough(
  server: Server,
  places: Places,
): Promise<Result<SocketFile, ListenFailure>> {
  const { directory, path } = places;
  const staged = join(directory, 's');
  const excess = Math.max(...[path, staged].map((name) => Buffer.byteLength(name)));
  if (excess > longestPathOctets) {
    return unusable(path, `its path is ${String(excess - longestPathOctets)} octets too long`);
  }
  const bindError = await bind(server, staged);
  if (bindError !== null) return unusable(path, describeFileError(bindError));
  chmodSync(staged, 0o600);
  const own = lstatSync(staged);
  const refused = await publish(staged, places);
  if (refused !== null) {
    server.close();
    return refused;
  }
  return success({
    remove() {
      const found = statOf(path);
      if (found !== null && isSameFile(found, own)) unlinkSync(path);
    },
  });
}

async function bind(server: Server, path: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      resolve(error);
    };
    server.once('error', refused);
    server.listen({ path }, () => {
      server.off('error', refused);
      resolve(null);
    });
  });
}

/** Gives the staged socket its path. Null: done. */
async function publish(staged: string, places: Places): Promise<Refusal | null> {
  const { path } = places;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      linkSync(staged, path);
      return null;
    } catch (error) {
      const reason = error as NodeJS.ErrnoException;
      if (reason.code !== 'EEXIST') return unusable(path, describeFileError(reason));
    }
    const occupied = await clearStale(places);
    if (occupied !== null) return occupied;
  }
  return inUse(path);
}

/** Removes a dead process's socket. Null: the path may be free now. */
async function clearStale(places: Places): Promise<Refusal | null> {
  const { path } = places;
  const found = statOf(path);
  if (found === null) return null;
  if (!found.isSocket()) {
    return unusable(path, 'there is something that is not a socket, and it is left alone');
  }
  return (await isDead(path)) ? removeExactly(found, places) : inUse(path);
}

/**
 * Removes the very socket that was found dead. Another Baton may have put its
 * own in that place since, so what is at the path is first moved aside and
 * compared; a living one is put back.
 */
function removeExactly(dead: Stats, { directory, path }: Places): Refusal | null {
  const aside = join(directory, 'stale');
  try {
    renameSync(path, aside);
    if (isSameFile(lstatSync(aside), dead)) return null;
    linkSync(aside, path);
    return inUse(path);
  } catch (error) {
    const reason = error as NodeJS.ErrnoException;
    return reason.code === 'ENOENT' ? null : unusable(path, describeFileError(reason));
  }
}

function isSameFile(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

function statOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

/** Whether nobody listens there any more; a full backlog or a refused permission is somebody. */
async function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' || error.code === 'ENOENT');
    });
  });
}

const missingDirectory: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR']);
const notAllowed: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

function describeFileError(error: NodeJS.ErrnoException): string {
  if (missingDirectory.has(error.code)) return 'its directory does not exist';
  if (notAllowed.has(error.code)) return `no permission to make it (${String(error.code)})`;
  return error.message;
}

type Refusal = Result<never, ListenFailure>;

function inUse(path: string): Refusal {
  return failure({
    code: 'socket-in-use',
    message:
      `control socket ${path}: another Baton is running and listens there: stop it with ` +
      `\`baton stop --socket ${path}\`, or give this one another path with --socket`,
  });
}

function unusable(path: string, reason: string): Refusal {
  return failure({
    code: 'socket-unusable',
    message: `control socket ${path}: ${reason}: choose another path with --socket`,
  });
}
