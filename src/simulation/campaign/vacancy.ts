/**
 * Always one holder: while links work, nobody answers for at most as long as one
 * and the same host that is fit needs to notice it and to take over.
 */
import { toMilliseconds, type Duration, type Instant } from '../../base/units.ts';
import { drift, noticing, readiness, silence, skew } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { HostFacts, Happening, Report, Stretch, Watcher, WireAdvert } from './witness.ts';

/**
 * A host that leaves of its own accord says so: then those who have listened for long
 * enough wait for Skew_Time only.
 */
export class Vacancy implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  /** Since when each host that is fit has been so without a fault of its own. */
  private readonly fitSince = new Map<string, Instant>();
  private vacantSince: Instant | null = null;
  private told = false;
  private left: Happening | null = null;
  /** Who has advertised since it was started: nobody else has anything to resign from. */
  private readonly advertisers = new Set<string>();
  private holder: string | null = null;
  /** The present vacancy began as its holder left. */
  private handedOver = false;

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  happened(happening: Happening): void {
    const { at, host, of } = happening;
    if (host !== null && of === 'start') this.advertisers.delete(host);
    // Frozen, killed or cut off before it has let go it may not have said so.
    const { left } = this;
    const hindered = left?.host === host && (of === 'life' || of === 'pace');
    if (left !== null && hindered && at - left.at <= this.setting.leaving) this.left = null;
    if (host !== null && of === 'leave' && this.advertisers.has(host)) this.left = happening;
    if (host !== null && this.fitSince.has(host)) this.fitSince.set(host, at);
  }

  advertised({ from }: WireAdvert): void {
    this.advertisers.add(from);
  }

  elapsed(stretch: Stretch): void {
    const { from, hosts, calmSince } = stretch;
    const holders = hosts.filter(({ answers }) => answers);
    if (holders.length > 0) this.holder = holders.length === 1 ? (holders[0]?.name ?? null) : null;
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
    if (this.vacantSince === null) {
      this.vacantSince = from;
      this.handedOver = this.hasLeft(from, calmSince);
    }
    for (const host of hosts) this.judge(host, stretch, calmSince);
  }

  private judge(host: HostFacts, { to }: Stretch, calmSince: Instant): void {
    const since = this.fitSince.get(host.name);
    if (since === undefined || this.told || this.vacantSince === null) return;
    // What was under way when a trouble of the links ended is heard after it.
    const heardFrom = calmSince + this.setting.slowest;
    const owedSince = Math.max(since, this.vacantSince, heardFrom) as Instant;
    const bound = this.boundFor(host, since);
    if (to - owedSince <= bound) return;
    this.told = true;
    this.report({
      kind: 'liveness',
      at: (owedSince + bound) as Instant,
      text: `no holder for ${String(toMilliseconds(bound))} ms, though ${host.name} was fit`,
    });
  }

  /** Whether the holder was the one that was told to go, while all could hear it. */
  private hasLeft(at: Instant, calmSince: Instant): boolean {
    const { left, setting } = this;
    // With AH nobody believes the resignation of one that counts anew.
    if (setting.site.authentication === 'header') return false;
    // In order, as frames are, it arrives after those that were late.
    const heardFrom = calmSince + setting.slowest;
    if (left === null) return false;
    // Whose lease was over by then can tell nobody.
    if (left.host !== this.holder || left.at < heardFrom || left.at >= at) return false;
    return at - left.at <= setting.leaving;
  }

  private boundFor({ priority }: HostFacts, fitSince: Instant): Duration {
    const { site, reaction, leaving } = this.setting;
    const listening = (this.vacantSince ?? fitSince) - fitSince > readiness(site) + noticing(site);
    if (this.handedOver && listening) {
      const wait = skew(site, priority);
      return (wait + drift(site, wait) + leaving + 2 * reaction) as Duration;
    }
    const wait = silence(site, priority);
    const whole = wait + drift(site, wait) + readiness(site) + noticing(site) + 2 * reaction;
    return whole as Duration;
  }
}
