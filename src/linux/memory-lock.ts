/**
 * Keeps the program in memory (`vrrp_no_swap`).
 *
 * Not all of the process, as mlockall(2) would: the engine gives pages of its heap back by
 * madvise(2), which the kernel refuses for locked pages (EINVAL), and the engine ends the process
 * when that fails. So what is locked is what it never gives back: everything that is mapped from
 * files, which the kernel would otherwise drop and read again even where there is no swap.
 */
import { readFileSync } from 'node:fs';
import type { KernelError } from '../ports/network.ts';
import { lastError, mlock2 } from './libc.ts';

/** MLOCK_ONFAULT: what is in memory stays there, and what is not used is not read for it. */
const onFault = 1;

interface Mapping {
  readonly address: number;
  readonly length: number;
}

/** Locks what is mapped from files now; munlockall(2) lets go of it. */
export function lockProgram(): KernelError | null {
  for (const { address, length } of mappedFiles(readFileSync('/proc/self/maps', 'utf8'))) {
    if (mlock2(address, length, onFault) < 0) return lastError('lock memory');
  }
  return null;
}

/** The mappings of files in the text of /proc/PID/maps (proc_pid_maps(5)). */
export function mappedFiles(maps: string): readonly Mapping[] {
  return [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \d+ +\/.*$/gm)].map(
    ([, from = '', end = '']) => {
      const address = Number.parseInt(from, 16);
      return { address, length: Number.parseInt(end, 16) - address };
    },
  );
}
