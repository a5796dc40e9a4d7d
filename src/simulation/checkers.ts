/**
 * What must hold whatever happens, watched from outside: nothing here knows what
 * Baton thinks, only which kernel has the address, who can be reached, and which
 * host could do the work.
 */
import { toMilliseconds, type Duration, type Instant } from '../base/units.ts';

/** A host as the checkers see it, now. */
export interface WitnessedHost {
  readonly name: string;
  readonly holds: boolean;
  /** The client's frames reach it, and its own reach the client. */
  readonly reachable: boolean;
  /** Baton runs on it and is not frozen, and its service answers. */
  readonly fit: boolean;
}

export interface Violation {
  readonly at: Instant;
  readonly text: string;
}

/** A stretch of time in which nothing happened, and how the hosts stood in it. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly hosts: readonly WitnessedHost[];
}

export interface Checker {
  elapsed(stretch: Stretch): void;
}

export interface CheckerOptions {
  readonly bound: Duration;
  readonly violated: (violation: Violation) => void;
}

/** Never two hosts that hold the address and can both be reached, for longer than `bound`. */
export class TwoHoldersChecker implements Checker {
  private readonly options: CheckerOptions;
  private since: Instant | null = null;
  private told = false;

  constructor(options: CheckerOptions) {
    this.options = options;
  }

  elapsed({ from, to, hosts }: Stretch): void {
    const holders = hosts.filter(({ holds, reachable }) => holds && reachable);
    if (holders.length < 2) {
      this.since = null;
      this.told = false;
      return;
    }
    this.since ??= from;
    if (this.told || to - this.since <= this.options.bound) return;
    this.told = true;
    const names = holders.map(({ name }) => name).join(' and ');
    const text = `${names} have both held the address for more than ${inWords(this.options.bound)}`;
    this.options.violated({ at: (this.since + this.options.bound) as Instant, text });
  }
}

/**
 * Always a holder that can be reached: none for at most `bound` while one and the
 * same host has been fit, which is what the protocol needs to see that a master
 * is gone and to elect another.
 */
export class AlwaysOneHolderChecker implements Checker {
  private readonly options: CheckerOptions;
  /** Since when each host that is fit has been so. */
  private readonly fitSince = new Map<string, Instant>();
  private vacantSince: Instant | null = null;
  private told = false;

  constructor(options: CheckerOptions) {
    this.options = options;
  }

  elapsed({ from, to, hosts }: Stretch): void {
    for (const { name, fit, reachable } of hosts) {
      if (!fit || !reachable) this.fitSince.delete(name);
      else if (!this.fitSince.has(name)) this.fitSince.set(name, from);
    }
    if (hosts.some(({ holds, reachable }) => holds && reachable)) {
      this.vacantSince = null;
      this.told = false;
      return;
    }
    this.vacantSince ??= from;
    const { bound, violated } = this.options;
    for (const [name, since] of this.fitSince) {
      const owedSince = Math.max(since, this.vacantSince);
      if (this.told || to - owedSince <= bound) continue;
      this.told = true;
      const text = `nobody has held the address for ${inWords(bound)}, though ${name} was fit`;
      violated({ at: (owedSince + bound) as Instant, text });
    }
  }
}

/** Who had the address in a window of measurement, reachable or not: as `ip monitor` sees it. */
export class HoldingWatch implements Checker {
  private overlapSince: Instant | null = null;
  private overlap = 0 as Duration;
  private held = false;

  elapsed({ from, to, hosts }: Stretch): void {
    const holders = hosts.filter(({ holds }) => holds).length;
    if (holders > 0) this.held = true;
    if (holders < 2) {
      this.overlapSince = null;
      return;
    }
    this.overlapSince ??= from;
    this.overlap = Math.max(this.overlap, to - this.overlapSince) as Duration;
  }

  /** Ends a window and begins the next: whether anybody had it, and how long two had. */
  turnWindow(): { readonly held: boolean; readonly overlap: Duration } {
    const { held, overlap } = this;
    this.held = false;
    this.overlap = 0 as Duration;
    this.overlapSince = null;
    return { held, overlap };
  }
}

function inWords(duration: Duration): string {
  return `${toMilliseconds(duration).toFixed(1)} ms`;
}
