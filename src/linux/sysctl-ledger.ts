/**
 * What kernel parameters were before Baton changed them, in a file that outlives it. The kernel
 * can't mark a parameter, so this is written before the parameter is, and whoever starts after a
 * kill takes the changes over or back. The file is believed only where nobody else could have
 * written it, and for this boot and network namespace only; and what it says is done only to a
 * parameter that still has the value that Baton gave it.
 */
import { lstatSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readSysctl, writeSysctl } from './sysctl.ts';

export interface SysctlChange {
  /** Under /proc/sys/net. */
  readonly path: string;
  readonly before: string;
  readonly written: string;
}

interface LedgerFile {
  readonly version: 1;
  readonly boot: string;
  readonly network: string;
  readonly changes: readonly SysctlChange[];
}

export class SysctlLedger {
  readonly #file: string | null;
  readonly #changes = new Map<string, SysctlChange>();
  /** Of an earlier run, and nobody has said yet that they are wanted. */
  readonly #left = new Map<string, SysctlChange>();

  /** Null: nothing outlives the process. */
  constructor(file: string | null) {
    this.#file = file;
    if (file === null) return;
    for (const change of readLedger(file)) {
      if (readSysctl(change.path) === change.written) this.#left.set(change.path, change);
    }
  }

  /** What it was before an earlier run changed it to what it is; null: none has. */
  before(path: string): string | null {
    return this.#left.get(path)?.before ?? null;
  }

  /** It is wanted as an earlier run has made it: from now on it is this one's to restore. */
  inherit(path: string): string | null {
    const before = this.before(path);
    this.#left.delete(path);
    return before;
  }

  /** It is about to be changed. */
  note(change: SysctlChange): void {
    this.#changes.set(change.path, change);
    this.#write();
  }

  /** It has been restored, or need not be. */
  forget(path: string): void {
    if (this.#changes.delete(path)) this.#write();
  }

  /** What an earlier run has changed and nobody wants so; the last change first. */
  get left(): readonly SysctlChange[] {
    return [...this.#left.values()].toReversed();
  }

  /** Takes one of those back. */
  restore({ path, before }: SysctlChange): ReturnType<typeof writeSysctl> {
    this.#left.delete(path);
    const error = writeSysctl(path, before);
    this.#write();
    return error;
  }

  /** What is left of an earlier run stays written down until it is taken over or back. */
  #write(): void {
    if (this.#file === null) return;
    const changes = [...this.#left.values(), ...this.#changes.values()];
    try {
      if (changes.length === 0) {
        rmSync(this.#file, { force: true });
        return;
      }
      const content: LedgerFile = { version: 1, ...identity(), changes };
      const draft = `${this.#file}.new`;
      rmSync(draft, { force: true });
      writeFileSync(draft, `${JSON.stringify(content)}\n`, { flag: 'wx', mode: 0o600 });
      renameSync(draft, this.#file);
    } catch {
      // Without it a kill leaves the parameters changed, which is better than not to run.
    }
  }
}

/** What the file says; nothing where it can't be believed. */
function readLedger(file: string): readonly SysctlChange[] {
  try {
    const status = lstatSync(file);
    const trusted =
      status.isFile() && status.uid === process.geteuid?.() && (status.mode & 0o022) === 0;
    if (!trusted || status.size > sizeLimit) return [];
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(content) || content['version'] !== 1) return [];
    const { boot, network } = identity();
    if (content['boot'] !== boot || content['network'] !== network) return [];
    const { changes } = content;
    return Array.isArray(changes) ? changes.filter(isChange) : [];
  } catch {
    return [];
  }
}

const sizeLimit = 1 << 20;

/** Interface names have no slash; a path of parameters is never empty, "." or "..". */
const pathPattern = /^ipv[46](?:\/(?!\.\.?(?:\/|$))[^/\0\s]+){1,4}$/;
const valuePattern = /^-?\d{1,10}$/;

function isChange(value: unknown): value is SysctlChange {
  if (!isRecord(value)) return false;
  const { path, before, written } = value;
  return (
    typeof path === 'string' &&
    pathPattern.test(path) &&
    [before, written].every((one) => typeof one === 'string' && valuePattern.test(one))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Which boot of which machine, and which of its networks. */
function identity(): Pick<LedgerFile, 'boot' | 'network'> {
  return {
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    network: readlinkSync('/proc/thread-self/ns/net'),
  };
}
