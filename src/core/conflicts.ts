/** Which other hosts were seen to be Master beside this one, or would be: one virtual router's. */
import {
  after,
  between,
  sooner,
  times,
  toMilliseconds,
  type Duration,
  type Instant,
} from '../base/units.ts';
import type { ConflictCause } from '../model/conflict.ts';
import type { ConflictSnapshot } from '../model/snapshot.ts';

/** Others at a time; whoever sends under more names than this makes no more of them known. */
const limit = 8;

/** So often, and for as long as an interval, an advert has to be heard that should not be. */
const advertsThatPersist = 3;

/** Of Master_Down_Intervals without a sign of it, after which it has ended. */
const quietIntervals = 3;

export interface Sign {
  readonly cause: ConflictCause;
  readonly with: string;
}

/** The timers that it is judged by. */
export interface Pace {
  readonly advertisementInterval: Duration;
  readonly masterDownInterval: Duration;
}

interface Conflict {
  readonly cause: ConflictCause;
  readonly with: string;
  readonly firstAt: Instant;
  endsAt: Instant;
  count: number;
  known: boolean;
}

export class Conflicts {
  private conflicts: Conflict[] = [];

  /**
   * Takes a sign; true when it makes a conflict known. An ordinary election makes one or two of
   * them, so it has to be followed by others of its kind.
   */
  see(at: Instant, sign: Sign, { advertisementInterval, masterDownInterval }: Pace): boolean {
    const conflict = this.find(at, sign);
    if (conflict === null) return false;
    conflict.count += 1;
    const patience = times(masterDownInterval, quietIntervals);
    if (conflict.known) {
      conflict.endsAt = after(at, patience);
      return false;
    }
    conflict.known =
      conflict.count >= advertsThatPersist &&
      between(conflict.firstAt, at) >= advertisementInterval;
    conflict.endsAt = after(at, conflict.known ? patience : masterDownInterval);
    return conflict.known;
  }

  /** Takes a sign that is beyond doubt, and counts for so long; true when it was not known. */
  know(at: Instant, sign: Sign, patience: Duration): boolean {
    const conflict = this.find(at, sign);
    if (conflict === null) return false;
    const isNew = !conflict.known;
    conflict.count += 1;
    conflict.known = true;
    conflict.endsAt = after(at, patience);
    return isNew;
  }

  isKnown(sign: Sign): boolean {
    return this.conflicts.some(
      (one) => one.known && one.cause === sign.cause && one.with === sign.with,
    );
  }

  /** Whether this one was seen for another cause than this. */
  isWatched(other: string, but: ConflictCause): boolean {
    return this.conflicts.some((one) => one.with === other && one.cause !== but);
  }

  /** Those that have not been seen for long, which are forgotten. */
  end(at: Instant): readonly Sign[] {
    return this.forget(({ endsAt }) => endsAt <= at);
  }

  /** Those of these causes, which are forgotten: what they rest on holds no more. */
  endOf(causes: ReadonlySet<ConflictCause>): readonly Sign[] {
    return this.forget(({ cause }) => causes.has(cause));
  }

  nextDeadline(): Instant | null {
    // Nobody waits for the end of what was not made known.
    let first: Instant | null = null;
    for (const { known, endsAt } of this.conflicts) if (known) first = sooner(first, endsAt);
    return first;
  }

  snapshot(at: Instant): readonly ConflictSnapshot[] {
    return this.conflicts
      .filter(({ known }) => known)
      .map((one) => {
        const sinceMs = Math.round(toMilliseconds(between(one.firstAt, at)));
        return { cause: one.cause, with: one.with, sinceMs };
      });
  }

  private find(at: Instant, sign: Sign): Conflict | null {
    this.conflicts = this.conflicts.filter(({ known, endsAt }) => known || endsAt > at);
    const found = this.conflicts.find((one) => one.cause === sign.cause && one.with === sign.with);
    if (found !== undefined) return found;
    if (this.conflicts.length === limit) return null;
    const { cause, with: other } = sign;
    const conflict = { cause, with: other, firstAt: at, endsAt: at, count: 0, known: false };
    this.conflicts.push(conflict);
    return conflict;
  }

  private forget(ended: (conflict: Conflict) => boolean): readonly Sign[] {
    const gone = this.conflicts.filter(ended);
    if (gone.length > 0) this.conflicts = this.conflicts.filter((one) => !ended(one));
    return gone
      .filter(({ known }) => known)
      .map(({ cause, with: other }) => ({ cause, with: other }));
  }
}
