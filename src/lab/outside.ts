/** The lab's outside: starts its inside in namespaces of its own and listens to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LabOptions } from './lab-options.ts';
import type { NamespaceEntry } from './namespaces.ts';
import { listProcesses } from './process-table.ts';
import type { KeptMachine, StoryEvent } from './story-event.ts';

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
    const event = JSON.parse(line) as StoryEvent;
    if (event.type !== 'kept' || inside.pid === undefined) {
      onEvent(event);
      return;
    }
    void numberForOutside(event.machines, inside.pid).then((machines) => {
      onEvent({ type: 'kept', machines });
    });
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

/** The machines as a person outside has to name them; one that is gone is left out. */
async function numberForOutside(
  machines: readonly KeptMachine[],
  labId: number,
): Promise<readonly KeptMachine[]> {
  const parents = new Map(
    (await listProcesses()).map(({ processId, parentId }) => [processId, parentId]),
  );
  const isOfLab = (processId: number): boolean => {
    let at: number | undefined = processId;
    while (at !== undefined && at !== labId) at = parents.get(at);
    return at === labId;
  };
  const found: KeptMachine[] = [];
  for (const processId of [...parents.keys()].filter(isOfLab)) {
    const numbers = await namespaceNumbers(processId);
    // The innermost namespace is the machine's own, in which this is the first process.
    if (numbers.at(-1) !== 1) continue;
    const machine = machines.find(({ initId }) => initId === numbers.at(-2));
    if (machine !== undefined) found.push({ ...machine, initId: processId });
  }
  return found;
}

/** What each process namespace calls the process, ours first (proc_pid_status(5), NSpid). */
async function namespaceNumbers(processId: number): Promise<readonly number[]> {
  const status = await readFile(`/proc/${String(processId)}/status`, 'utf8').catch(() => '');
  return /^NSpid:\t(.+)$/m.exec(status)?.[1]?.split('\t').map(Number) ?? [];
}
