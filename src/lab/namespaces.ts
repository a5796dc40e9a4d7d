/**
 * Finds out how the lab can have namespaces of its own: as root, or else in a
 * user namespace, or not at all.
 */
import { runToEnd } from './command.ts';

export interface NamespaceEntry {
  readonly program: string;
  /** The program to run inside, with its arguments, is to be appended. */
  readonly arguments: readonly string[];
  readonly userNamespace: boolean;
}

export type NamespaceAvailability =
  | { readonly available: true; readonly entry: NamespaceEntry }
  | { readonly available: false; readonly reason: string };

/** What the lab has to be able to do in there, tried before it is relied upon. */
const trials: readonly (readonly string[])[] = [
  ['ip', 'link', 'add', 'trial', 'type', 'veth', 'peer', 'name', 'other-end'],
  ['mount', '-t', 'tmpfs', 'tmpfs', '/run'],
];

export async function findNamespaces(): Promise<NamespaceAvailability> {
  const isRoot = process.getuid?.() === 0;
  const reasons: string[] = [];
  for (const userNamespace of isRoot ? [false, true] : [true]) {
    const entry = describeEntry(userNamespace);
    const reason = await tryEntry(entry);
    if (reason === null) return { available: true, entry };
    reasons.push(reason);
  }
  return { available: false, reason: reasons.join('; ') };
}

/**
 * `setpriv` has the kernel kill unshare when the lab's process is gone, and
 * unshare has it kill the first process inside: SIGKILL leaves nothing behind.
 */
function describeEntry(userNamespace: boolean): NamespaceEntry {
  return {
    program: 'setpriv',
    arguments: [
      ...['--pdeathsig', 'KILL', 'unshare'],
      ...(userNamespace ? ['--user', '--map-root-user'] : []),
      ...['--mount', '--net', '--pid', '--uts', '--ipc', '--propagation', 'private'],
      ...['--fork', '--kill-child=KILL', '--mount-proc', '--'],
    ],
    userNamespace,
  };
}

async function tryEntry(entry: NamespaceEntry): Promise<string | null> {
  for (const trial of trials) {
    const outcome = await runToEnd(entry.program, [...entry.arguments, ...trial]);
    if (outcome.status !== 0) return outcome.complaint || `${trial.join(' ')} fails`;
  }
  return null;
}
