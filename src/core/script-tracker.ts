/**
 * One `vrrp_script`: when it runs, and whether it counts as up. The first result
 * decides at once (not with `init_fail`, where it is down from the start); after
 * that `rise` successes or `fall` failures in a row do.
 */
import { after, type Instant } from '../base/units.ts';
import type { ScriptConfig } from '../model/config.ts';
import type { ScriptOutcome } from '../model/core-event.ts';
import type { ScriptSnapshot } from '../model/snapshot.ts';
import type { ScriptStanding } from '../model/succession.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';
import type { TrackedStatus } from './tracking.ts';

export class ScriptTracker {
  status: TrackedStatus;
  private config: ScriptConfig;
  private running = false;
  /** The run that is under way is of a former command: its result says nothing. */
  private outdated = false;
  /** Whether the status is known; if it is not, the first result decides at once. */
  private decided: boolean;
  private runAt: Instant;
  /** Results in a row that speak against the present status. */
  private contrary = 0;
  private runs = 0;
  private lastDetail = 'not run yet';

  constructor(config: ScriptConfig, at: Instant) {
    this.config = config;
    this.status = config.initiallyFailed ? 'down' : 'unknown';
    this.decided = config.initiallyFailed;
    this.runAt = at;
  }

  /**
   * Takes a changed configuration over. Another command is run at once, and until its
   * first result, which decides, the former one's stands.
   */
  reconfigure(at: Instant, config: ScriptConfig): void {
    const sameCommand = sameValue(config.command, this.config.command);
    if (!sameCommand) {
      this.outdated = this.running;
      this.decided = false;
      this.contrary = 0;
    }
    const soonest = sameCommand ? after(at, config.interval) : at;
    if (this.runAt > soonest) this.runAt = soonest;
    this.config = config;
  }

  nextDeadline(): Instant {
    return this.runAt;
  }

  timePassed(at: Instant, outbox: Outbox): void {
    if (at < this.runAt) return;
    // On its own grid, but without making up for runs that a long stall has missed.
    this.runAt = after(this.runAt, this.config.interval);
    if (this.runAt <= at) this.runAt = after(at, this.config.interval);
    if (this.running) {
      outbox.log(
        'notice',
        `Track script ${this.config.name} is already running, expect idle - skipping run`,
      );
      return;
    }
    this.running = true;
    outbox.push({
      type: 'run-script',
      script: this.config.name,
      command: this.config.command,
      timeout: this.config.timeout,
    });
  }

  finished(outcome: ScriptOutcome, outbox: Outbox): void {
    this.running = false;
    const { outdated } = this;
    this.outdated = false;
    if (outdated) return;
    this.runs += 1;
    const detail = describeOutcome(outcome);
    if (detail !== this.lastDetail) {
      outbox.log('notice', `Script \`${this.config.name}\` ${detail}`);
      this.lastDetail = detail;
    }
    const succeeded = outcome.type === 'exited' && outcome.status === 0;
    const verdict = succeeded ? 'up' : 'down';
    const first = !this.decided;
    this.decided = true;
    if (verdict === this.status) {
      this.contrary = 0;
      return;
    }
    this.contrary += 1;
    if (!first && this.contrary < (succeeded ? this.config.rise : this.config.fall)) return;
    this.contrary = 0;
    this.status = verdict;
    outbox.log('notice', `VRRP_Script(${this.config.name}) ${succeeded ? 'succeeded' : 'failed'}`);
    outbox.journal({ kind: 'script', script: this.config.name, up: succeeded, detail });
  }

  standing(): ScriptStanding {
    const { status, decided, contrary, runs, lastDetail, runAt } = this;
    return { name: this.config.name, status, decided, contrary, runs, lastDetail, runAt };
  }

  /** Goes on where another Baton on this host has ended; a run of that one ended with it. */
  resume({ status, decided, contrary, runs, lastDetail, runAt }: ScriptStanding): void {
    this.status = status;
    this.decided = decided;
    this.contrary = contrary;
    this.runs = runs;
    this.lastDetail = lastDetail;
    this.runAt = runAt;
  }

  snapshot(): ScriptSnapshot {
    return {
      name: this.config.name,
      status: this.status,
      runs: this.runs,
      contrary: this.contrary,
      running: this.running,
      lastDetail: this.lastDetail,
    };
  }
}

function describeOutcome(outcome: ScriptOutcome): string {
  switch (outcome.type) {
    case 'exited':
      return `now returning ${String(outcome.status)}`;
    case 'signalled':
      return `ended by ${outcome.signal}`;
    case 'timed-out':
      return 'timed out';
    case 'not-executable':
      return `can't be executed: ${outcome.reason}`;
  }
}
