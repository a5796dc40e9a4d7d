/**
 * Listening on a unix socket that nobody but its owner can ever open, at a path
 * where a Baton that died may have left its own.
 */
import { linkSync, lstatSync, renameSync, unlinkSync, type Stats } from 'node:fs';
import { createConnection, type Server } from 'node:net';

/** `sun_path` holds 108 octets with the terminating zero (unix(7)); longer paths are cut silently. */
const longestPathOctets = 107;

/** Another Baton that starts at the same moment can come between; a third time is no accident. */
const attempts = 3;

export interface ListenFailure {
  readonly code: 'socket-in-use' | 'socket-unusable';
  /** What, where, and how to mend it. */
  readonly message: string;
}

/**
 * Makes `server` listen at `path` with mode 0600 from the first moment. The
 * socket of a process that is gone is replaced; that of a living one is left
 * alone, and so is anything that is not a socket. Main thread only: a worker
 * can't set the umask.
 */
export async function listenPrivately(server: Server, path: string): Promise<ListenFailure | null> {
  const octets = Buffer.byteLength(path);
  if (octets > longestPathOctets) {
    return unusable(
      `control socket ${path}: the path has ${String(octets)} octets and the kernel takes ` +
        `${String(longestPathOctets)}: choose a shorter one with --socket`,
    );
  }
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const error = await bind(server, path);
    if (error === null) return null;
    if (error.code !== 'EADDRINUSE') return unusable(describeBindError(path, error));
    const occupied = await clearStale(path);
    if (occupied !== null) return occupied;
  }
  return inUse(path);
}

/**
 * Binds and listens. The socket's file is made by bind(2) with the umask of that
 * moment, and node:net binds within the call to `listen`, so the umask of these
 * few microseconds decides; for any other thread it is only stricter than usual.
 */
async function bind(server: Server, path: string): Promise<NodeJS.ErrnoException | null> {
  const outcome = new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const settle = (error: NodeJS.ErrnoException | null): void => {
      server.off('error', settle).off('listening', listening);
      resolve(error);
    };
    const listening = (): void => {
      settle(null);
    };
    server.once('error', settle).once('listening', listening);
  });
  const formerMask = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(formerMask);
  }
  return outcome;
}

/** Removes a dead process's socket. Null: the path may be free now. */
async function clearStale(path: string): Promise<ListenFailure | null> {
  const found = statOf(path);
  if (found === null) return null;
  if (!found.isSocket()) {
    return unusable(
      `control socket ${path}: there is something that is not a socket, and it is left alone: ` +
        'move it away, or choose another path with --socket',
    );
  }
  if (!(await isDead(path))) return inUse(path);
  return removeExactly(path, found);
}

/**
 * Removes the very socket that was found dead. Another Baton may have put its
 * own in that place since, so what is at the path is first moved aside and
 * compared; a living one is put back.
 */
function removeExactly(path: string, dead: Stats): ListenFailure | null {
  const aside = `${path}.${String(process.pid)}.stale`;
  try {
    renameSync(path, aside);
    const moved = lstatSync(aside);
    const isTheSame = moved.ino === dead.ino && moved.dev === dead.dev;
    if (!isTheSame) linkSync(aside, path);
    unlinkSync(aside);
    return isTheSame ? null : inUse(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    return unusable(`control socket ${path}: the socket of a dead Baton can't go: ${message}`);
  }
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

function describeBindError(path: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `control socket ${path}: its directory does not exist: make it, or choose another path with --socket`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `control socket ${path}: no permission to make it: run as root, or choose another path with --socket`;
    default:
      return `control socket ${path}: ${error.message}`;
  }
}

function inUse(path: string): ListenFailure {
  return {
    code: 'socket-in-use',
    message:
      `control socket ${path}: another Baton is running and listens there: stop it with ` +
      `\`baton stop --socket ${path}\`, or give this one another path with --socket`,
  };
}

function unusable(message: string): ListenFailure {
  return { code: 'socket-unusable', message };
}
