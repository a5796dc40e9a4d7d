/** Counts fail-overs: the address answers on another host than the one before. */
import type { Stretch, Watcher } from './witness.ts';

export class FailoverCount implements Watcher {
  count = 0;
  private holder: string | null = null;

  elapsed({ hosts }: Stretch): void {
    const holders = hosts.filter(({ answers }) => answers);
    const [holder] = holders;
    if (holder === undefined || holders.length > 1 || holder.name === this.holder) return;
    if (this.holder !== null) this.count += 1;
    this.holder = holder.name;
  }
}
