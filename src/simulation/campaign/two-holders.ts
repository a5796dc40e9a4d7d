/**
 * Never two holders: two hosts that answer for the address and that a client reaches.
 *
 * While links work, a master that dies or is frozen falls silent before another one
 * answers: the bound is 0, or the way of an advert where the other one is better and does not wait.
 * Between two that run, one has to hear of the other: the
 * bound is the time in which an advert travels and is acted on. After a trouble of the
 * links both may be master, until the next advert is heard; and one that was frozen
 * or killed meanwhile until its lease is over.
 */
import { times, toMilliseconds, zero, type Duration, type Instant } from '../../base/units.ts';
import { believedPriority, drift, leaseEnd, lifetimeEnd, noticing } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Happening, HostFacts, Report, Stretch, Watcher, WireAdvert } from './witness.ts';

interface Pair {
  readonly one: string;
  readonly other: string;
  readonly since: Instant;
  told: boolean;
}

export class TwoHolders implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  /** By the names of two: since when they both answer. */
  private readonly pairs = new Map<string, Pair>();
  /** When each began to answer. */
  private readonly answersSince = new Map<string, Instant>();
  private readonly lastAdvert = new Map<string, WireAdvert>();
  /** Since when each has advertised after something had happened to it. */
  private readonly speaksSince = new Map<string, Instant>();
  /** Who has lately had a reason to hand over, since when, and until when it may. */
  private readonly leftAt = new Map<string, Instant>();
  private readonly leavesUntil = new Map<string, Instant>();
  /** When something last happened to each host. */
  private readonly touchedAt = new Map<string, Instant>();

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  happened({ at, host, of }: Happening): void {
    const mayLeave = of === 'leave' || noticing(this.setting.site) > 0;
    if (host !== null && mayLeave) {
      this.leftAt.set(host, at);
      this.leavesUntil.set(host, this.lastOfLeaving(at));
    }
    if (host !== null && (of === 'life' || of === 'start')) this.touchedAt.set(host, at);
  }

  advertised(advert: WireAdvert): void {
    const { at, from, priority } = advert;
    if (priority === 0) return;
    const former = this.lastAdvert.get(from)?.at ?? 0;
    if (former < (this.touchedAt.get(from) ?? 0)) this.speaksSince.set(from, at);
    this.lastAdvert.set(from, advert);
  }

  elapsed(stretch: Stretch): void {
    const { from, hosts, calmSince } = stretch;
    for (const { name, answers } of hosts) {
      if (!answers) this.answersSince.delete(name);
      else if (!this.answersSince.has(name)) this.answersSince.set(name, from);
    }
    const holders = hosts.filter(({ answers, reachable }) => answers && reachable);
    if (holders.length < 2 || calmSince === null) {
      this.pairs.clear();
      return;
    }
    const names = new Set(holders.map(({ name }) => name));
    for (const [key, { one, other }] of this.pairs) {
      if (!names.has(one) || !names.has(other)) this.pairs.delete(key);
    }
    for (const [place, one] of holders.entries()) {
      for (const other of holders.slice(place + 1)) this.judge([one, other], stretch, calmSince);
    }
  }

  private judge(
    holders: readonly [HostFacts, HostFacts],
    stretch: Stretch,
    calmSince: Instant,
  ): void {
    const { from, to } = stretch;
    const [one, other] = holders;
    const key = `${one.name} ${other.name}`;
    const pair = this.pairs.get(key) ?? {
      one: one.name,
      other: other.name,
      since: from,
      told: false,
    };
    this.pairs.set(key, pair);
    const bound = this.boundFor(holders, pair.since, calmSince);
    // One that was frozen is heard again from its next advert on.
    const spoken = holders.map(({ name }) => this.speaksSince.get(name) ?? 0);
    const since = Math.max(pair.since, ...spoken.filter((at) => at <= to)) as Instant;
    if (pair.told || to - since <= bound) return;
    pair.told = true;
    const names = holders.map(({ name, life }) => `${name} (${life})`).join(' and ');
    this.report({
      kind: 'safety',
      at: (since + bound) as Instant,
      text: `two holders: ${names} have answered for more than ${inWords(bound)}`,
    });
  }

  private boundFor(holders: readonly HostFacts[], since: Instant, calmSince: Instant): Duration {
    const { site, reaction, lateness, slowest, aftermath, leaving } = this.setting;
    const dead = holders.filter((one) => !this.isAlive(one));
    const remains = site.guarded ? leaseEnd(site) : lifetimeEnd(site);
    const handsOver = this.handsOver(holders, since);
    if (since < calmSince + aftermath) {
      const passedOver = handsOver ? leaving : 0;
      const heard = (site.interval + 2 * reaction + slowest + passedOver) as Duration;
      return dead.length === 0 ? heard : (Math.max(heard, remains + lateness) as Duration);
    }
    // With AH who counts anew after a restart is heard only when it answers.
    const answers = site.authentication === 'header' ? 3 : 1;
    if (handsOver) return dead.length === 0 ? leaving : remains;
    if (dead.length === 0) return times(reaction, answers);
    // Who has heard a master before that counted further does not believe its adverts.
    if (site.authentication === 'header') return remains;
    if (!site.guarded) {
      return dead.every((one) => this.couldNotBeKnown(one, holders)) ? remains : zero;
    }
    const isHeard = (one: HostFacts): boolean =>
      this.isOutranked(one, holders, since) || this.outranks(one, holders, since);
    if (!dead.every(isHeard)) return zero;
    // One whose cable comes back hears the other's next advert.
    const returned = dead.some(({ name }) => (this.touchedAt.get(name) ?? 0) >= since);
    return (reaction + (returned ? site.interval + drift(site, site.interval) : 0)) as Duration;
  }

  /** What is tracked takes its time to be noticed, and may have mended since. */
  private lastOfLeaving(at: Instant): Instant {
    const { site, leaving } = this.setting;
    return (at + leaving + noticing(site)) as Instant;
  }

  /** Two that hand over by the side channel both answer, until the old one has heard of it. */
  private handsOver(holders: readonly HostFacts[], since: Instant): boolean {
    if (!this.setting.site.sideChannel) return false;
    return holders.some((one) => {
      const { name, fit } = one;
      const until = this.leavesUntil.get(name) ?? 0;
      if (!fit || until >= since) return true;
      // What it died with it keeps until its lease is over.
      const last = this.lastAdvert.get(name)?.at ?? 0;
      return !this.isAlive(one) && last <= until && last >= (this.leftAt.get(name) ?? 0);
    });
  }

  /** It runs, and has advertised since it last did not. */
  private isAlive({ name, life }: HostFacts): boolean {
    return (
      life === 'running' && (this.touchedAt.get(name) ?? 0) <= (this.lastAdvert.get(name)?.at ?? 0)
    );
  }

  /** It died with its first advert under way, which silences the others. */
  private outranks(dead: HostFacts, holders: readonly HostFacts[], since: Instant): boolean {
    const last = this.lastAdvert.get(dead.name);
    if (last === undefined || !this.isUnderWay(last, since)) return false;
    return holders.every((one) => one.name === dead.name || one.priority <= last.priority);
  }

  /**
   * Its kernel hears the better advert, though nobody else does. Of two that take over at one time
   * with the same priority one hears the other.
   */
  private isOutranked(dead: HostFacts, holders: readonly HostFacts[], since: Instant): boolean {
    const last = this.lastAdvert.get(dead.name);
    const { priority } = last ?? dead;
    const ties = last !== undefined && this.isUnderWay(last, since);
    return holders.every((one) => {
      if (one.name === dead.name) return true;
      // It may go by the priority that it had before its script changed its mind.
      const their = believedPriority(this.setting.site, one.priority);
      return their > priority || (ties && their === priority);
    });
  }

  private isUnderWay({ at }: WireAdvert, since: Instant): boolean {
    return at >= since - this.setting.reaction;
  }

  /** Whether it died so shortly before the others took over that they can't have known. */
  private couldNotBeKnown(dead: HostFacts, holders: readonly HostFacts[]): boolean {
    const { reaction } = this.setting;
    const heard = this.lastAdvert.get(dead.name)?.at ?? 0;
    return holders.every((other) => {
      if (other.name === dead.name) return true;
      const took = this.answersSince.get(other.name) ?? 0;
      if (took < heard) return true;
      return other.priority > dead.priority || took - heard <= reaction;
    });
  }
}

function inWords(duration: Duration): string {
  return `${toMilliseconds(duration).toFixed(1)} ms`;
}
