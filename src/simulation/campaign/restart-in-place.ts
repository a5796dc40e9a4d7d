/**
 * Killed and started again in place: a master that is back before its lease is over goes on with
 * its addresses, and nobody notices anything.
 */
import {
  milliseconds,
  seconds,
  times,
  toSeconds,
  type Duration,
  type Instant,
} from '../../base/units.ts';
import { slowestStart } from '../simulated-baton.ts';
import { drift, leaseIntervals } from './bounds.ts';
import type { Setting } from './setting.ts';
import type { Happening, Report, Stretch, Watcher, WireAdvert } from './witness.ts';

/** The kernel tells the age of an address in hundredths of a second. */
const coarseness = milliseconds(10);

export class RestartInPlace implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  private readonly lastAdvert = new Map<string, Instant>();
  private readonly touchedAt = new Map<string, Instant>();
  private answering: ReadonlySet<string> = new Set();
  /** Who has to go on answering, and for how long that is looked at. */
  private readonly watched = new Map<
    string,
    { readonly since: Instant; readonly until: Instant }
  >();

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  advertised({ at, from, priority }: WireAdvert): void {
    if (priority > 0) this.lastAdvert.set(from, at);
    else this.lastAdvert.delete(from);
  }

  happened({ at, host, of }: Happening): void {
    if (host === null) return;
    this.watched.delete(host);
    // What was put back has what was left of its lifetime, rounded down.
    const last = this.lastAdvert.get(host);
    if (of === 'life' && last !== undefined) {
      if (last < (this.touchedAt.get(host) ?? 0)) this.lastAdvert.delete(host);
      this.touchedAt.set(host, at);
    }
    if (of === 'start' && this.mayGoOn(host, at)) {
      const until = (at + slowestStart + this.setting.site.interval) as Instant;
      this.watched.set(host, { since: at, until });
    }
  }

  elapsed({ from, hosts, calmSince }: Stretch): void {
    // What was under way when a trouble of the links ended may silence anybody.
    const troubled = calmSince === null || from - calmSince <= this.setting.slowest;

    const answering = hosts.filter(({ answers }) => answers).map(({ name }) => name);
    this.answering = new Set(answering);
    for (const [name, { since, until }] of this.watched) {
      const cut = hosts.some((one) => one.name === name && one.life === 'running' && !one.fit);
      const others = answering.some((one) => one !== name);
      if (from > until || cut || others || troubled) this.watched.delete(name);
      else if (!this.answering.has(name)) {
        this.watched.delete(name);
        // It was not killed, but lost its power.
        if (from === since) continue;
        const text = `${name} was started again within its lease, and has let go of the address`;
        this.report({ kind: 'liveness', at: from, text });
      }
    }
  }

  private mayGoOn(host: string, at: Instant): boolean {
    const { site, reaction } = this.setting;
    const { authentication, guarded, script, service, interval } = site;
    // What is tracked may have failed meanwhile; with AH nothing is gone on with.
    if (authentication === 'header' || !guarded || script !== null || service) return false;
    if (this.answering.size !== 1 || !this.answering.has(host)) return false;
    // The addresses' own lifetime is in whole seconds, and may be over before.
    const right = times(interval, leaseIntervals);
    const lifetime = Math.max(1, Math.floor(toSeconds(right)));
    const lease = Math.min(right, seconds(lifetime)) as Duration;
    const ready = at + slowestStart + 2 * reaction + coarseness + drift(site, lease);
    return ready < (this.lastAdvert.get(host) ?? 0) + lease;
  }
}
