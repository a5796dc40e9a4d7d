/**
 * Whoever wakes late listens first: a host whose lease ran out while it was frozen does not
 * say that it is master before it has been silent for as long as any backup that hears of
 * a resignation at once.
 */
import type { Instant } from '../../base/units.ts';
import { believedPriority, drift, leaseEnd, skew } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Happening, HostFacts, Report, Stretch, Watcher, WireAdvert } from './witness.ts';

export class LateWaking implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  private readonly lastAdvert = new Map<string, Instant>();
  private readonly lives = new Map<string, HostFacts['life']>();
  /** Who answered when it was frozen. */
  private readonly frozenMasters = new Set<string>();
  private left: Happening | null = null;
  /** When those woke whose lease was over by then. */
  private readonly wokeAt = new Map<string, HostFacts & { readonly at: Instant }>();

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  elapsed({ from, hosts }: Stretch): void {
    for (const host of hosts) {
      const { name, life } = host;
      const former = this.lives.get(name);
      this.lives.set(name, life);
      if (life !== 'running') this.wokeAt.delete(name);
      if (life === 'frozen' && former === 'running' && host.answers) this.frozenMasters.add(name);
      if (life === 'running' && former === 'frozen') this.judgeWaking(host, from);
      if (life !== 'frozen') this.frozenMasters.delete(name);
    }
  }

  advertised({ at, from, priority }: WireAdvert): void {
    const woken = this.wokeAt.get(from);
    if (priority > 0) this.lastAdvert.set(from, at);
    if (woken === undefined || priority === 0) return;
    this.wokeAt.delete(from);
    const { site } = this.setting;
    // Until it has run its check script it goes by the priority that it had when it was frozen.
    const wait = skew(site, believedPriority(site, woken.priority));
    if (at - woken.at >= wait - drift(site, wait)) return;
    const text = `${from} woke after its lease, and says that it is master before it has listened`;
    this.report({ kind: 'safety', at, text });
  }

  /** Whoever leaves may have asked one that woke to take over. */
  happened({ at, of, host }: Happening): void {
    // Who has another priority now waits for as long as that one has to.
    if (of === 'rank' && host !== null) this.wokeAt.delete(host);
    if (of !== 'leave') return;
    this.left = { at, host, of };
    for (const name of this.wokeAt.keys()) if (name !== host) this.wokeAt.delete(name);
  }

  private judgeWaking(host: HostFacts, at: Instant): void {
    const last = this.lastAdvert.get(host.name);
    if (!this.frozenMasters.has(host.name)) return;
    const { left } = this;
    if (left !== null && left.host !== host.name && at - left.at <= this.setting.leaving) return;
    if (last === undefined || at - last <= leaseEnd(this.setting.site)) return;
    this.wokeAt.set(host.name, { ...host, at });
  }
}
