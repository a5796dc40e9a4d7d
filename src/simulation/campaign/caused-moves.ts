/**
 * Every move has a cause: who has held the address for a while loses it only when
 * something has happened to that host, or to a better one that claims it. What
 * happens to a host that is worse moves nothing.
 */
import type { Instant } from '../../base/units.ts';
import { longestSettling } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Happening, HostFacts, Report, Stretch, Watcher } from './witness.ts';

export class CausedMoves implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  private holder: string | null = null;
  private heldSince = 0 as Instant;
  /** When something last happened to each host, and when that concerned its rank. */
  private readonly touchedAt = new Map<string, Instant>();
  private readonly rankedAt = new Map<string, Instant>();

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  happened({ at, host, of }: Happening): void {
    if (host === null) return;
    this.touchedAt.set(host, at);
    if (of === 'rank') this.rankedAt.set(host, at);
  }

  elapsed({ from, hosts, calmSince }: Stretch): void {
    const holders = hosts.filter(({ answers }) => answers);
    const [holder] = holders;
    if (holder === undefined || holders.length > 1 || holder.name === this.holder) return;
    const former = hosts.find(({ name }) => name === this.holder);
    const { aftermath, site } = this.setting;
    const calm = calmSince !== null && from - calmSince > aftermath;
    const established = from - this.heldSince > site.interval + this.setting.reaction;
    this.holder = holder.name;
    this.heldSince = from;
    // With AH a new master's adverts may not be believed, and who does not hear it takes over.
    const heard = site.authentication !== 'header';
    if (former === undefined || !heard || !calm || !established) return;
    if (this.isCaused(from, former, holder)) return;
    const { name } = former;
    const text = `move without a cause: from ${name} to ${holder.name}`;
    this.report({ kind: 'safety', at: from, text });
  }

  private isCaused(at: Instant, former: HostFacts, holder: HostFacts): boolean {
    const memory = longestSettling(this.setting.site) + this.setting.aftermath;
    const lately = (moment: Instant | undefined): boolean =>
      moment !== undefined && at - moment <= memory;
    if (!former.fit || lately(this.touchedAt.get(former.name))) return true;
    const better = holder.preempts && holder.priority > former.priority;
    return better || lately(this.rankedAt.get(holder.name));
  }
}
