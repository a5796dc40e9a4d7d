/** Kernel parameters under /proc/sys of the network namespace that the thread is in. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { KernelError } from '../ports/network.ts';

const root = '/proc/sys/net';

interface Change {
  readonly before: string;
  readonly written: string;
}

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

/** Changes of parameters that can be taken back. */
export class SysctlChanges {
  readonly #changes = new Map<string, Change>();

  /** Sets one that is there; what this host's kernel does not have needs no setting. */
  set(path: string, value: string): KernelError | null {
    const before = readSysctl(path);
    if (before === null || before === value) return null;
    const error = write(path, value);
    if (error !== null) return error;
    this.#changes.set(path, { before: this.#changes.get(path)?.before ?? before, written: value });
    return null;
  }

  /** The last change first. What somebody else has changed since, or taken away, stays so. */
  restore(): void {
    for (const [path, { before, written }] of [...this.#changes].toReversed()) {
      if (readSysctl(path) === written) write(path, before);
    }
    this.#changes.clear();
  }
}

function write(path: string, value: string): KernelError | null {
  try {
    writeFileSync(`${root}/${path}`, value);
    return null;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EIO';
    return { code, call: `set net/${path} to ${value}` };
  }
}
