/**
 * Notify scripts tell the truth in its order: each run of Baton has them run one at a
 * time, in the order of its transitions, and none is left out.
 */
import { assert } from '../../base/assert.ts';
import type { Instant } from '../../base/units.ts';
import type { Report } from './witness.ts';

/** What one life of Baton has told. */
export interface Told {
  readonly host: string;
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
    this.byHost.set(host, { host, entered: [], notified: [], running: 0 });
  }

  logged(host: string, text: string): void {
    const state = entering.exec(text)?.[1];
    if (state !== undefined) this.byHost.get(host)?.entered.push(state);
  }

  /** What the present life has told: the scripts of one that was killed may still run. */
  lifeOf(host: string): Told {
    const told = this.byHost.get(host);
    assert(told !== undefined, `Baton has never been started on ${host}`);
    return told;
  }

  /** A notify script starts to run; `state` is its third argument. */
  started(told: Told, state: string, at: Instant): void {
    const { host } = told;
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

  ended(told: Told): void {
    told.running -= 1;
  }

  /** Whether the host's scripts were last told that it is master. */
  isMaster(host: string): boolean {
    return this.byHost.get(host)?.notified.at(-1) === 'MASTER';
  }

  private find(at: Instant, text: string): void {
    this.report({ kind: 'safety', at, text: `notifications out of order: ${text}` });
  }
}
