/**
 * Who is told to go lets go, and not before another one has taken over where the two can hand
 * over: make before break. A take-over that comes sooner than any election after the old master
 * has let go was one that it ought to have waited for.
 */
import { toMilliseconds, type Duration, type Instant } from '../../base/units.ts';
import { believedPriority, drift, skew } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Happening, HostFacts, Report, Stretch, Watcher, WireAdvert } from './witness.ts';

export class LettingGo implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  /** Masters that were told to go, and when. */
  private readonly leaving = new Map<string, Instant>();
  private readonly leftAt = new Map<string, Instant>();
  private readonly touchedAt = new Map<string, Instant>();
  /** By host: the priority of its last advert since it was started. */
  private readonly priorities = new Map<string, number>();
  private holder: string | null = null;
  private vacantSince: Instant | null = null;

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  happened({ at, host, of }: Happening): void {
    if (host === null) return;
    this.touchedAt.set(host, at);
    if (of === 'start') this.priorities.delete(host);
    if (of !== 'leave') this.leaving.delete(host);
    else if (this.leaving.has(host)) {
      // Who is told twice does not wait.
      this.leftAt.delete(host);
    } else if (this.priorities.has(host)) {
      this.leaving.set(host, at);
      this.leftAt.set(host, at);
    }
  }

  advertised({ from, priority }: WireAdvert): void {
    if (priority > 0) this.priorities.set(from, priority);
  }

  elapsed({ from, to, hosts, calmSince }: Stretch): void {
    for (const { name, answers } of hosts) {
      const since = this.leaving.get(name);
      if (since === undefined) continue;
      if (answers && to - since <= this.setting.leaving) continue;
      this.leaving.delete(name);
      if (!answers) continue;
      const text = `${name} was told to go, and answers still`;
      this.report({ kind: 'liveness', at: to, text });
    }
    const holders = hosts.filter(({ answers }) => answers);
    const [taker] = holders;
    if (taker === undefined) {
      this.vacantSince ??= from;
      return;
    }
    if (this.vacantSince !== null) this.judgeGap(taker, this.vacantSince, from, calmSince);
    this.vacantSince = null;
    this.holder = holders.length === 1 ? taker.name : null;
  }

  private judgeGap(
    taker: HostFacts,
    since: Instant,
    until: Instant,
    calmSince: Instant | null,
  ): void {
    const { holder } = this;
    const { site, leaving, aftermath } = this.setting;
    if (!site.sideChannel || holder === null || holder === taker.name) return;
    const left = this.leftAt.get(holder);
    if (left === undefined || since - left > leaving) return;
    const touched = this.touchedAt.get(taker.name) ?? 0;
    const troubled = calmSince === null || since - calmSince <= aftermath;
    if (troubled || since - touched <= aftermath) return;
    // Whoever preempts goes by a timer of its own.
    if (taker.preempts && taker.priority > (this.priorities.get(holder) ?? 0)) return;
    const wait = skew(site, believedPriority(site, taker.priority));
    const gap = (until - since) as Duration;
    if (gap >= wait - drift(site, wait)) return;
    const text = `${holder} lets go ${String(toMilliseconds(gap))} ms before ${taker.name} takes over`;
    this.report({ kind: 'safety', at: until, text });
  }
}
