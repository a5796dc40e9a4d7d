/**
 * The times that the trailers of `auth_hmac` say. Those of one virtual router only ever
 * grow, whatever the wall clock does: a receiver takes an older one for a replay.
 */
import { toSeconds, type Duration } from '../base/units.ts';

/** The trailer's fractions of a second, of 16 bits. */
const fractionsASecond = 0x1_0000;
const secondsModulus = 0x1_0000_0000;

export interface TrailerTime {
  /** Seconds since 1970 UTC, modulo 2^32. */
  readonly seconds: number;
  /** Of a second, in units of 2^-16 s. */
  readonly fraction: number;
}

export class TrailerClock {
  /** What each virtual router has said last, in fractions since 1970. */
  private readonly last = new Map<string, number>();

  /**
   * The time for the next trailer of this virtual router. Where the wall clock was set back
   * by more than `timeWindow` no receiver would take what grows from there: then the clock
   * counts again. Null: never.
   */
  next(router: string, wallClockMs: number, timeWindow: Duration | null): TrailerTime {
    const now = Math.floor((wallClockMs * fractionsASecond) / 1_000);
    const last = this.last.get(router) ?? -Infinity;
    const ahead = (last - now) / fractionsASecond;
    const counts = now > last || (timeWindow !== null && ahead > toSeconds(timeWindow));
    const time = counts ? now : last + 1;
    this.last.set(router, time);
    const seconds = Math.floor(time / fractionsASecond);
    return { seconds: seconds % secondsModulus, fraction: time % fractionsASecond };
  }
}
