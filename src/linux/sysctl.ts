/** Kernel parameters under /proc/sys of the network namespace that the thread is in. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { KernelError } from '../ports/network.ts';

const root = '/proc/sys/net';

/** The value; null where there is no such parameter, or no such interface any more. */
export function readSysctl(path: string): string | null {
  try {
    return readFileSync(`${root}/${path}`, 'utf8').trim();
  } catch {
    return null;
  }
}

/** What stands below a folder; nothing where there is none. */
export function listSysctls(path: string): readonly string[] {
  try {
    return readdirSync(`${root}/${path}`);
  } catch {
    return [];
  }
}

/** Writes one that is there. */
export function writeSysctl(path: string, value: string): KernelError | null {
  try {
    writeFileSync(`${root}/${path}`, value);
    return null;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EIO';
    return { code, call: `set net/${path} to ${value}` };
  }
}
