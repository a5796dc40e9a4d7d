/**
 * The right one, and no flap: once all has been quiet for as long as the slowest of
 * the protocol's ways takes, exactly one host answers if any is fit, no better one
 * that claims the address is fit, scripts were told the truth, and nothing moves.
 */
import type { Instant } from '../../base/units.ts';
import { longestSettling } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Site } from './site.ts';
import type { Happening, HostFacts, Report, Stretch, Watcher } from './witness.ts';

export class RightHolder implements Watcher {
  private readonly report: Report;
  private readonly settling: number;
  private readonly site: Site;
  /** Tells which hosts have last been told that they are master. */
  private readonly notified: (host: string) => boolean;
  private quietSince = 0 as Instant;
  private told = false;
  /** Who was fit last: a service that was given up for a while comes back by itself. */
  private fit = '';
  /** Who answered when all had become quiet. */
  private settled: string | null = null;

  constructor(setting: Setting, report: Report, notified: (host: string) => boolean) {
    this.report = report;
    this.notified = notified;
    this.site = setting.site;
    this.settling = longestSettling(setting.site) + setting.aftermath - setting.site.interval;
  }

  happened({ at }: Happening): void {
    this.begin(at);
  }

  private begin(at: Instant): void {
    this.quietSince = at;
    this.told = false;
    this.settled = null;
  }

  elapsed({ from, to, hosts, calmSince }: Stretch): void {
    const fit = hosts.map((one) => (one.fit ? one.name : '')).join();
    if (this.site.service && fit !== this.fit) this.begin(from);
    this.fit = fit;
    if (calmSince === null || this.told || to - this.quietSince <= this.settling) return;
    const wrong = this.judge(hosts);
    if (wrong === null) return;
    this.told = true;
    const at = Math.max(this.quietSince + this.settling, 0) as Instant;
    this.report({ ...wrong, at });
  }

  private judge(
    hosts: readonly HostFacts[],
  ): { readonly kind: 'safety' | 'liveness'; readonly text: string } | null {
    const holders = hosts.filter(({ answers }) => answers);
    const names = holders.map(({ name }) => name).join(' and ');
    const fit = hosts.filter((one) => one.fit);
    const [holder, second] = holders;
    if (second !== undefined) return { kind: 'safety', text: `all is quiet, and ${names} answer` };
    if (holder === undefined) {
      if (fit.length === 0) return null;
      return { kind: 'liveness', text: `all is quiet, and nobody answers` };
    }
    this.settled ??= holder.name;
    if (this.settled !== holder.name) {
      const text = `flap: the address has moved from ${this.settled} to ${names} without a cause`;
      return { kind: 'safety', text };
    }
    if (!holder.fit) return { kind: 'liveness', text: `${names} answers, and is not fit` };
    const better = fit.find((one) => one.claims && one.priority > holder.priority);
    if (better !== undefined) {
      const text = `${names} answers, though ${better.name} is better and claims the address`;
      return { kind: 'liveness', text: `not the right one: ${text}` };
    }
    const misled = hosts.find(
      ({ name, life }) => life === 'running' && this.notified(name) !== (name === holder.name),
    );
    if (misled === undefined) return null;
    const text = `scripts on ${misled.name} were last told something else than what is true`;
    return { kind: 'safety', text };
  }
}
