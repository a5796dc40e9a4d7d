/**
 * One `vrrp_track_process`: whether as many processes run as there should be. The
 * first count decides at once; afterwards a change has to last for `fork_delay`, or
 * `terminate_delay`, before it counts.
 */
import { after, type Instant } from '../base/units.ts';
import type { ProcessConfig } from '../model/config.ts';
import type { ProcessSnapshot } from '../model/snapshot.ts';
import type { Outbox } from './outbox.ts';
import type { TrackedStatus } from './tracking.ts';

export class ProcessTracker {
  status: TrackedStatus = 'unknown';
  private config: ProcessConfig;
  private count: number | null = null;
  /** When the status follows the count, which speaks against it; null: it agrees. */
  private changeAt: Instant | null = null;

  constructor(config: ProcessConfig) {
    this.config = config;
  }

  /** Takes other bounds and delays over; what is looked for has to be the same. */
  reconfigure(at: Instant, config: ProcessConfig, outbox: Outbox): void {
    this.config = config;
    if (this.count !== null) this.counted(at, this.count, outbox);
  }

  counted(at: Instant, count: number, outbox: Outbox): void {
    const first = this.count === null;
    this.count = count;
    const verdict = this.verdict(count);
    if (verdict === this.status) {
      this.changeAt = null;
      return;
    }
    const { forkDelay, terminateDelay } = this.config;
    const delay = verdict === 'up' ? forkDelay : terminateDelay;
    this.changeAt ??= first ? at : after(at, delay);
    this.timePassed(at, outbox);
  }

  nextDeadline(): Instant | null {
    return this.changeAt;
  }

  timePassed(at: Instant, outbox: Outbox): void {
    if (this.changeAt === null || this.changeAt > at || this.count === null) return;
    this.changeAt = null;
    this.status = this.verdict(this.count);
    const { name } = this.config;
    const up = this.status === 'up';
    const detail = `${String(this.count)} running, ${this.wanted()}`;
    outbox.log('notice', `Track process ${name} is ${this.status}: ${detail}`);
    outbox.journal({ kind: 'process', process: name, up, detail });
  }

  snapshot(): ProcessSnapshot {
    const { status, count } = this;
    const next = status === 'up' ? 'terminate' : 'fork';
    const pendingDelay = this.changeAt === null ? null : next;
    return { name: this.config.name, status, count, pendingDelay };
  }

  private verdict(count: number): 'up' | 'down' {
    const { quorum, maximum } = this.config;
    return count >= quorum && (maximum === null || count <= maximum) ? 'up' : 'down';
  }

  private wanted(): string {
    const { quorum, maximum } = this.config;
    return maximum === null
      ? `${String(quorum)} wanted`
      : `${String(quorum)} to ${String(maximum)} wanted`;
  }
}
