/**
 * The advert is the lease: whatever happens to the network or to Baton, no host
 * answers for the address longer than its lease after its last advert, and its
 * kernel has not the address for longer than its lifetime.
 */
import type { Instant } from '../../base/units.ts';
import { leaseEnd, lifetimeEnd } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Report, Stretch, Watcher, WireAdvert } from './witness.ts';

export class LapsedLease implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  private readonly lastAdvert = new Map<string, Instant>();
  private readonly told = new Set<string>();

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  advertised({ at, from }: WireAdvert): void {
    this.lastAdvert.set(from, at);
    this.told.delete(from);
  }

  elapsed({ to, hosts }: Stretch): void {
    const { site } = this.setting;
    for (const { name, has, answers } of hosts) {
      if (!has || this.told.has(name)) continue;
      const silent = to - (this.lastAdvert.get(name) ?? 0);
      const tooLong = answers && site.guarded && silent > leaseEnd(site);
      if (!tooLong && silent <= lifetimeEnd(site)) continue;
      this.told.add(name);
      const what = tooLong ? 'answers' : 'has the address';
      const text = `${name} ${what} ${String(silent / 1_000)} ms after its last advert`;
      this.report({ kind: 'safety', at: to, text: `lapsed lease: ${text}` });
    }
  }
}
