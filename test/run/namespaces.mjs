/** How the suites that make network namespaces can be run here, if they can. */
import { spawnSync } from 'node:child_process';

/**
 * As root they run as they are: each test makes its own namespaces. Anybody else is
 * made root of a user namespace, where the kernel lets people do that.
 *
 * @returns {{ prefix: string[], reason: string | null }} what to put before a command line;
 *   `reason` says why it can't be done
 */
export function findNamespaces() {
  const isRoot = process.getuid() === 0;
  const flags = isRoot ? ['--net', '--mount'] : ['--user', '--map-root-user', '--net', '--mount'];
  const { error, status, stderr } = spawnSync('unshare', [...flags, 'true'], { encoding: 'utf8' });
  if (status !== 0) {
    return { prefix: [], reason: error?.message ?? stderr.trim() };
  }
  if (isRoot) return { prefix: [], reason: null };
  // A new network's loopback interface is down; the words of the command are only passed on.
  const script = 'ip link set lo up && exec "$@"';
  return { prefix: ['unshare', ...flags, 'sh', '-c', script, 'sh'], reason: null };
}
