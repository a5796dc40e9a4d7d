/**
 * Notify scripts tell the truth in its order: each run of Baton has them run one at a
 * time, in the order of its transitions, and none is left out.
 */
import type { Instant } from '../../base/units.ts';
import type { Report } from './witness.ts';

interface Told {
  /** As its log has it, from its start on. */
  readonly entered: string[];
  readonly notified: string[];
  running: number;
}

const entering = /Entering (\w+) STATE/;

export class NotificationOrder {
  private readonly report: Report;
  private readonly byHost = new Map<string, Told>();

  constructor(report: Report) {
    this.report = report;
  }

  /** Baton is started anew: what it tells is about its new life. */
  begin(host: string): void {
    this.byHost.set(host, { entered: [], notified: [], running: 0 });
  }

  logged(host: string, text: string): void {
    const state = entering.exec(text)?.[1];
    if (state !== undefined) this.byHost.get(host)?.entered.push(state);
  }

  /** A notify script starts to run; `state` is its third argument. */
  started(host: string, state: string, at: Instant): void {
    const told = this.byHost.get(host);
    if (told === undefined) return;
    told.running += 1;
    told.notified.push(state);
    if (told.running > 1) {
      this.find(at, `two notify scripts run at a time on ${host}`);
    }
    const place = told.notified.length - 1;
    const expected = told.entered[place] ?? (state === 'STOP' ? state : 'nothing');
    if (expected !== state) {
      const count = String(place + 1);
      const text = `notification ${count} on ${host} is ${state}, and ought to be ${expected}`;
      this.find(at, text);
    }
  }

  ended(host: string): void {
    const told = this.byHost.get(host);
    if (told !== undefined && told.running > 0) told.running -= 1;
  }

  /** Whether the host's scripts were last told that it is master. */
  isMaster(host: string): boolean {
    return this.byHost.get(host)?.notified.at(-1) === 'MASTER';
  }

  private find(at: Instant, text: string): void {
    this.report({ kind: 'safety', at, text: `notifications out of order: ${text}` });
  }
}
