/** The processes as /proc shows them (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessIdentity } from './process-match.ts';

/** The numbers of all processes; none where there is no /proc. */
export function listProcessIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Who a process is; null where it is gone, or has ended and waits for its parent. */
export function readProcess(processId: number, withWords: boolean): ProcessIdentity | null {
  try {
    const status = readFileSync(`/proc/${processId}/stat`, 'latin1');
    // The name may hold blanks and brackets, so it ends at the last closing bracket.
    const parts = /^\d+ \((.*)\) (\S) /s.exec(status);
    const [, name, state] = parts ?? [];
    if (name === undefined || state === 'Z' || state === 'X') return null;
    if (!withWords) return { name, words: [] };
    const line = readFileSync(`/proc/${processId}/cmdline`, 'latin1');
    return { name, words: line === '' ? [] : line.replace(/\0$/, '').split('\0') };
  } catch {
    return null;
  }
}
