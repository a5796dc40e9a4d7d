/** The lab's outside: starts its inside in namespaces of its own and listens to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LabOptions } from './lab-options.ts';
import type { NamespaceEntry } from './namespaces.ts';
import type { StoryEvent } from './story-event.ts';

/** An inside that does not leave by itself is ended after this. */
const leavingPatienceMs = 3_000;

/**
 * Plays to the end. With `keep`, or when the signal aborts it, it ends once the
 * lab has been taken down. Every process of the lab is gone when this returns.
 */
export async function playInNamespaces(
  entry: NamespaceEntry,
  options: LabOptions,
  onEvent: (event: StoryEvent) => void,
  abort: AbortSignal,
): Promise<void> {
  const inside = spawn(
    entry.program,
    [
      ...entry.arguments,
      process.execPath,
      fileURLToPath(new URL('./inside.js', import.meta.url)),
      JSON.stringify(options),
    ],
    // In a session of its own, so that the terminal's Ctrl-C reaches the outside only.
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  const { stdin, stdout } = inside;
  // The inside goes away on its own as well; writing to it is then no error.
  stdin.on('error', () => undefined);
  const leave = (): void => {
    stdin.end();
    setTimeout(() => inside.kill('SIGKILL'), leavingPatienceMs).unref();
  };
  if (abort.aborted) leave();
  abort.addEventListener('abort', leave);
  const lines = createInterface({ input: stdout });
  lines.on('line', (line) => {
    onEvent(JSON.parse(line) as StoryEvent);
  });
  const [exit] = await Promise.all([once(inside, 'exit'), once(lines, 'close')]);
  const [status, signal] = exit as [number | null, NodeJS.Signals | null];
  if (status !== 0 && !abort.aborted) {
    onEvent({
      type: 'broken',
      reason: `its inside ended with ${signal ?? `status ${String(status)}`}`,
    });
  }
  abort.removeEventListener('abort', leave);
}

/**
 * The number that this process's namespace gives to a process of the lab;
 * null when it is gone. `insideId` is the number that the lab gives to it.
 */
export async function findProcessOfLab(insideId: number): Promise<number | null> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const name of names) {
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const numbers = /^NSpid:\t(.+)$/m.exec(status)?.[1]?.split('\t') ?? [];
    // One number a namespace, ours first: ours, the lab's, and the machine's own, where it is 1.
    if (numbers.length === 3 && numbers[1] === String(insideId) && numbers[2] === '1') {
      return Number(numbers[0]);
    }
  }
  return null;
}
