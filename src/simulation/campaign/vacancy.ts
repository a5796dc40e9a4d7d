/**
 * Always one holder: while links work, nobody answers for at most as long as one
 * and the same host that is fit needs to notice it and to take over.
 */
import { toMilliseconds, type Duration, type Instant } from '../../base/units.ts';
import { drift, noticing, readiness, silence } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { HostFacts, Happening, Report, Stretch, Watcher } from './witness.ts';

export class Vacancy implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  /** Since when each host that is fit has been so without a fault of its own. */
  private readonly fitSince = new Map<string, Instant>();
  private vacantSince: Instant | null = null;
  private told = false;

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  happened({ at, host }: Happening): void {
    if (host !== null && this.fitSince.has(host)) this.fitSince.set(host, at);
  }

  elapsed(stretch: Stretch): void {
    const { from, hosts, calmSince } = stretch;
    for (const { name, fit, reachable } of hosts) {
      if (!fit || !reachable) this.fitSince.delete(name);
      else if (!this.fitSince.has(name)) this.fitSince.set(name, from);
    }
    const held = hosts.some(({ answers, reachable }) => answers && reachable);
    if (held || calmSince === null) {
      this.vacantSince = null;
      this.told = false;
      return;
    }
    this.vacantSince ??= from;
    for (const host of hosts) this.judge(host, stretch, calmSince);
  }

  private judge(host: HostFacts, { to }: Stretch, calmSince: Instant): void {
    const since = this.fitSince.get(host.name);
    if (since === undefined || this.told || this.vacantSince === null) return;
    const owedSince = Math.max(since, this.vacantSince, calmSince) as Instant;
    const bound = this.boundFor(host);
    if (to - owedSince <= bound) return;
    this.told = true;
    this.report({
      kind: 'liveness',
      at: (owedSince + bound) as Instant,
      text: `no holder for ${String(toMilliseconds(bound))} ms, though ${host.name} was fit`,
    });
  }

  private boundFor({ priority }: HostFacts): Duration {
    const { site, reaction } = this.setting;
    const wait = silence(site, priority);
    const whole = wait + drift(site, wait) + readiness(site) + noticing(site) + 2 * reaction;
    return whole as Duration;
  }
}
