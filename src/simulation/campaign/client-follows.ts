/**
 * Clients follow the address: whoever has come to be its only holder while links work is
 * the one that the client's packets go to, as soon as its announcement, and one that answers
 * to the announcements of others who thought that they were master, have arrived.
 */
import { milliseconds, seconds, times, type Instant } from '../../base/units.ts';
import type { Setting } from './setting.ts';
import type { Report, Stretch, Watcher } from './witness.ts';

/** Things that are due within this time may be done together. */
const coalescing = milliseconds(1);

/** From the take-over until the address is announced once more (garp_master_delay). */
const secondAnnouncement = seconds(5);

export class ClientFollows implements Watcher {
  private readonly setting: Setting;
  private readonly report: Report;
  private holder: string | null = null;
  private since = 0 as Instant;
  /** When each began to answer. */
  private readonly answersSince = new Map<string, Instant>();
  /** The holder and another one took over at the same moment. */
  private contested = false;
  /** Since when that one runs; null: it is frozen or dead, and can tell nobody anything. */
  private runsSince: Instant | null = null;
  /** Since when the client has asked somebody else. */
  private misledSince: Instant | null = null;
  private told = false;

  constructor(setting: Setting, report: Report) {
    this.setting = setting;
    this.report = report;
  }

  elapsed({ from, to, hosts, calmSince, resolved }: Stretch): void {
    for (const { name, answers } of hosts) {
      if (!answers) this.answersSince.delete(name);
      else if (!this.answersSince.has(name)) this.answersSince.set(name, from);
    }
    const holders = hosts.filter(({ answers, reachable }) => answers && reachable);
    const [holder] = holders;
    if (holder === undefined || holders.length > 1) {
      this.holder = null;
      const began = holders.map(({ name }) => this.answersSince.get(name) ?? 0);
      this.contested =
        began.length > 1 && Math.max(...began) - Math.min(...began) <= this.setting.reaction;
      return;
    }
    if (holder.name !== this.holder) {
      this.holder = holder.name;
      this.since = from;
      this.runsSince = null;
      this.told = false;
    }
    if (holder.life === 'running') this.runsSince ??= from;
    else this.runsSince = null;
    const { site, reaction, aftermath } = this.setting;
    if (resolved === holder.name) this.misledSince = null;
    else this.misledSince ??= from;
    // Who could not be told when the address moved finds out by itself, as clients do.
    const first = Math.min(this.since, this.misledSince ?? this.since);
    const wasCalm = calmSince !== null && first - calmSince > aftermath;
    if (!wasCalm || this.told || this.misledSince === null || this.runsSince === null) return;
    // With AH a master may not believe that another one was, and announced the address too.
    // And of two that take over at once, the one that yields may announce it last.
    const unsure = this.contested || site.authentication === 'header';
    const unheard = unsure ? secondAnnouncement : 0;
    const bound = times(site.interval, 0.5) + unheard + 2 * reaction + coalescing;
    const since = Math.max(this.since, this.misledSince, this.runsSince);
    if (to - since <= bound) return;
    this.told = true;
    const text = `${holder.name} answers alone, and the client asks ${resolved ?? 'nobody'}`;
    this.report({ kind: 'liveness', at: (since + bound) as Instant, text });
  }
}
