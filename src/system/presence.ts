/**
 * Shows that a Baton lives in this network namespace, to those who would clean up after dead
 * ones: by an abstract Unix socket, which belongs to the namespace and goes with the process,
 * however that ends.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The NUL that the name begins with is shown as @, and so are those that may fill it up. */
const namePattern = / @baton\/(\d+)\/([0-9a-f]+)@*$/;

/**
 * Shows this process to others from now on; whether there is no other Baton but `predecessor`,
 * whose place it takes.
 */
export async function isAlone(processId: number, predecessor: number | null): Promise<boolean> {
  const token = randomBytes(8).toString('hex');
  await new Promise<void>((resolve) => {
    const server = createServer((connection) => {
      connection.destroy();
    });
    // Where that can't be had, others take this one for dead; its pid file says otherwise.
    server.on('error', () => {
      resolve();
    });
    server.listen(`\0baton/${String(processId)}/${token}`, resolve);
    server.unref();
  });
  return livingBatons(token).every((one) => one === predecessor);
}

/** The process ids of the Batons that live in the network namespace of this process. */
export function livingBatons(except?: string): readonly number[] {
  const sockets = readFileSync('/proc/self/net/unix', 'latin1').split('\n');
  return sockets.flatMap((line) => {
    const [, processId, token] = namePattern.exec(line) ?? [];
    return processId === undefined || token === except ? [] : [Number(processId)];
  });
}
