/**
 * The protocol's timers, as they show on the wire: a master that runs advertises each
 * interval, nobody advertises who does not answer, and nobody takes over from a silent
 * master before Master_Down_Interval has passed since its last advert.
 */
import { milliseconds, toMilliseconds, type Duration, type Instant } from '../../base/units.ts';
import { believedPriority, drift, noticing, silence, travel } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Happening, HostFacts, Report, Stretch, Watcher, WireAdvert } from './witness.ts';

/** Adverts that are due within this time may leave together. */
const coalescing = milliseconds(1);

export class WireTiming implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  private readonly lastAdvert = new Map<string, WireAdvert>();
  private readonly touchedAt = new Map<string, Instant>();
  /** Since when each host has answered without a pause. */
  private readonly answersSince = new Map<string, Instant>();
  private hosts: readonly HostFacts[] = [];
  private calmSince: Instant | null = null;
  /** Adverts that were no resignations; of those that may have been heard only the last one. */
  private heard: WireAdvert[] = [];
  private resignedAt: Instant | null = null;
  /** When anybody was last told to go. */
  private leftAt: Instant | null = null;
  /** Those who have advertised, and not answered since. */
  private readonly silent = new Map<string, Instant>();
  private readonly having = new Set<string>();

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  happened({ at, host, of }: Happening): void {
    if (host === null) return;
    if (of === 'leave') this.leftAt = at;
    this.touchedAt.set(host, at);
    if (of === 'rank' || of === 'links') return;
    this.lastAdvert.delete(host);
    // What was under way when a cable was cut has not arrived.
    this.heard = this.heard.filter(
      (one) => one.from !== host || at - one.at > this.setting.reaction,
    );
  }

  advertised(advert: WireAdvert): void {
    const { at, from, priority } = advert;
    if (priority === 0) {
      this.resignedAt = at;
      this.lastAdvert.delete(from);
      this.silent.delete(from);
      return;
    }
    this.judgeSilentMaster(advert);
    const former = this.lastAdvert.get(from);
    const host = this.hosts.find(({ name }) => name === from);
    if (former === undefined || !this.answersSince.has(from)) {
      if (host !== undefined) this.judgeTakeover(at, host);
    } else this.judgeGap(former, advert);
    this.lastAdvert.set(from, advert);
    this.heard.push(advert);
  }

  elapsed({ from, to, hosts, calmSince }: Stretch): void {
    this.hosts = hosts;
    this.calmSince = calmSince;
    for (const { name, has, answers, life } of hosts) {
      // Who has let go of the address begins anew.
      if (has) this.having.add(name);
      else if (this.having.delete(name)) this.silent.delete(name);
      if (!answers) this.answersSince.delete(name);
      else if (!this.answersSince.has(name)) this.answersSince.set(name, from);
      if (answers) this.silent.delete(name);
      if (life !== 'running' || !answers) this.lastAdvert.delete(name);
      else this.judgeOverdue(name, to);
    }
  }

  /** Who advertises has to answer: its adverts hold others back. */
  private judgeSilentMaster({ at, from }: WireAdvert): void {
    const since = this.silent.get(from);
    const { interval } = this.setting.site;
    if (since === undefined || at - since > 2 * interval) this.silent.set(from, at);
    else if (at - since > this.setting.reaction && !this.isTouched(from, at)) {
      const text = `${from} advertises again and again, and does not answer`;
      this.report({ kind: 'liveness', at, text });
      this.silent.set(from, at);
    }
  }

  private judgeGap(former: WireAdvert, { at, from }: WireAdvert): void {
    if (at - former.at <= this.longestGap || this.isTouched(from, at)) return;
    this.tellGap(from, at, (at - former.at) as Duration);
  }

  private judgeOverdue(name: string, to: Instant): void {
    const former = this.lastAdvert.get(name);
    if (former === undefined || to - former.at <= this.longestGap) return;
    if (this.isTouched(name, to)) return;
    this.tellGap(name, to, (to - former.at) as Duration);
    this.lastAdvert.delete(name);
  }

  private tellGap(name: string, at: Instant, gap: Duration): void {
    const text = `${name} answers, and has not advertised for ${inWords(gap)}`;
    this.report({ kind: 'liveness', at, text });
  }

  private judgeTakeover(at: Instant, { name, priority }: HostFacts): void {
    const { site, aftermath } = this.setting;
    const { calmSince } = this;
    const calm = calmSince !== null && at - calmSince > aftermath;
    // Whoever counts anew after a restart is not heard until it has heard the others.
    if (site.authentication === 'header') return;
    const last = this.lastHeard(at);
    if (last === null || last.from === name || !calm) return;
    if (this.resignedAt !== null && this.resignedAt >= last.at) return;
    if (this.isHandedOver(last.from, at)) return;
    if (priority > last.priority || this.isRanked(name, at)) return;
    const wait = silence(site, believedPriority(site, priority));
    const soonest = wait - drift(site, wait);
    if (at - last.at >= soonest) return;
    const waited = inWords((at - last.at) as Duration);
    const text =
      `${name} takes over ${waited} after the last advert of ${last.from}, ` +
      `and ought to have waited ${inWords(soonest as Duration)}`;
    this.report({ kind: 'safety', at, text });
  }

  /** The last advert that all who live have heard by now. */
  private lastHeard(at: Instant): WireAdvert | null {
    const { heard } = this;
    let last = -1;
    for (const [place, one] of heard.entries()) {
      if (at - one.at > this.setting.reaction) last = place;
    }
    if (last > 0) heard.splice(0, last);
    return last < 0 ? null : (heard[0] ?? null);
  }

  private get longestGap(): number {
    const { site, lateness } = this.setting;
    return site.interval + coalescing + drift(site, site.interval) + travel + 2 * lateness;
  }

  /** Something has happened to the host so lately that its timers may still show it. */
  private isTouched(name: string, at: Instant): boolean {
    const touched = this.touchedAt.get(name);
    return touched !== undefined && at - touched <= 2 * this.longestGap;
  }

  /**
   * Whether its mastership may have been handed over by the side channel, by itself or by one that
   * had only just preempted it.
   */
  private isHandedOver(name: string, at: Instant): boolean {
    const { site, leaving } = this.setting;
    if (site.sideChannel && this.leftAt !== null && at - this.leftAt <= leaving) return true;
    const former = this.hosts.find((host) => host.name === name);
    if (!site.sideChannel || former === undefined) return false;
    const touched = this.touchedAt.get(name);
    const lately = touched !== undefined && at - touched <= leaving + noticing(site);
    return lately || (former.life === 'running' && !former.fit);
  }

  private isRanked(name: string, at: Instant): boolean {
    const touched = this.touchedAt.get(name);
    return touched !== undefined && at - touched <= this.setting.aftermath;
  }
}

function inWords(duration: Duration): string {
  return `${toMilliseconds(duration).toFixed(1)} ms`;
}
