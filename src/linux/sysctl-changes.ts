/** Changes of kernel parameters that can be taken back. */
import type { KernelError } from '../ports/network.ts';
import { readSysctl, writeSysctl } from './sysctl.ts';
import { SysctlLedger } from './sysctl-ledger.ts';

interface Change {
  readonly before: string;
  readonly written: string;
}

export class SysctlChanges {
  readonly #changes = new Map<string, Change>();
  readonly #ledger: SysctlLedger;

  constructor(ledger: SysctlLedger = new SysctlLedger(null)) {
    this.#ledger = ledger;
  }

  /** Sets one that is there; what this host's kernel does not have needs no setting. */
  set(path: string, value: string): KernelError | null {
    const current = readSysctl(path);
    // What an earlier run has changed is ours to take back, also where it is as it should be.
    const inherited = this.#ledger.inherit(path);
    if (current === null || (current === value && inherited === null)) return null;
    const before = this.#changes.get(path)?.before ?? inherited ?? current;
    this.#ledger.note({ path, before, written: value });
    const error = current === value ? null : writeSysctl(path, value);
    if (error === null) this.#changes.set(path, { before, written: value });
    else this.#ledger.forget(path);
    return error;
  }

  /** The last change first. What somebody else has changed since, or taken away, stays so. */
  restore(): void {
    for (const [path, { before, written }] of [...this.#changes].toReversed()) {
      if (readSysctl(path) === written) writeSysctl(path, before);
      this.#ledger.forget(path);
    }
    this.#changes.clear();
  }
}
