/** Why the running Baton could not be asked. */

export interface ControlFailure {
  readonly code:
    | 'not-running'
    | 'no-permission'
    | 'no-answer' // it is connected and silent
    | 'connection-lost'
    | 'refused'; // it answered with an error
  /** What, where, and how to mend it. */
  readonly message: string;
}

const nobodyThere: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED']);
const notAllowed: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM']);

/** What a failed connect(2) means to the operator. */
export function describeConnectError(path: string, error: NodeJS.ErrnoException): ControlFailure {
  if (nobodyThere.has(error.code)) {
    const message =
      `Baton is not running: nothing listens at ${path}. Start it with \`baton run\`, ` +
      'or name the socket of the one that runs with --socket';
    return { code: 'not-running', message };
  }
  if (notAllowed.has(error.code)) {
    const message = `no permission to open ${path}: only the user that Baton runs as may; try with sudo`;
    return { code: 'no-permission', message };
  }
  return { code: 'connection-lost', message: `control socket ${path}: ${error.message}` };
}

export function describeSilence(path: string, patience: number): ControlFailure {
  return {
    code: 'no-answer',
    message:
      `Baton does not answer at ${path}: connected, and silent for ${String(patience / 1_000)} s. ` +
      'Its process may be stopped (SIGSTOP) or stuck: look at its state with ps',
  };
}
