/** The processes of the lab, as its own /proc shows them: those of every machine in it. */
import { readFile, readdir, readlink } from 'node:fs/promises';

export interface ProcessEntry {
  readonly processId: number;
  readonly parentId: number;
  /** The kernel's name for it: at most 15 octets of its program's name. */
  readonly name: string;
  /** The state letter of ps: "Z" is a zombie. */
  readonly state: string;
}

/** Reads "pid (name) state ppid ..." (proc_pid_stat(5)); null where it is not that. */
export function parseProcessStatus(text: string): ProcessEntry | null {
  // The name may hold blanks and brackets, so it ends at the last closing bracket.
  const match = /^(\d+) \((.*)\) (\S) (\d+) /s.exec(text);
  if (match === null) return null;
  const [, processId, name, state, parentId] = match;
  if (processId === undefined || name === undefined || state === undefined) return null;
  return { processId: Number(processId), parentId: Number(parentId), name, state };
}

/** A process may end while it is read: then it is left out. */
export async function listProcesses(): Promise<readonly ProcessEntry[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      return parseProcessStatus(text);
    }),
  );
  return entries.filter((entry) => entry !== null);
}

/** Those in the process namespace whose first process is `initId`. */
export async function listProcessesBeside(initId: number): Promise<readonly ProcessEntry[]> {
  const own = await processNamespace(initId);
  const entries = await listProcesses();
  const namespaces = await Promise.all(entries.map(({ processId }) => processNamespace(processId)));
  return entries.filter((_, index) => namespaces[index] === own);
}

function processNamespace(processId: number): Promise<string | null> {
  return readlink(`/proc/${String(processId)}/ns/pid`).catch(() => null);
}
