/**
 * Time, with its unit in the type. Both are whole microseconds: a Skew_Time of
 * (256 - 100) / 256 s is exactly 609,375 of them.
 */
declare const unit: unique symbol;

/** A moment on the monotonic clock, in microseconds since an arbitrary start. */
export type Instant = number & { readonly [unit]: 'instant' };

/** A length of time in microseconds. */
export type Duration = number & { readonly [unit]: 'duration' };

export const zero = 0 as Duration;

export function instant(microseconds: number): Instant {
  return Math.round(microseconds) as Instant;
}

export function microseconds(count: number): Duration {
  return Math.round(count) as Duration;
}

export function milliseconds(count: number): Duration {
  return Math.round(count * 1_000) as Duration;
}

export function seconds(count: number): Duration {
  return Math.round(count * 1_000_000) as Duration;
}

export function toMilliseconds(duration: Duration): number {
  return duration / 1_000;
}

export function toSeconds(duration: Duration): number {
  return duration / 1_000_000;
}

/** The moment `duration` after `at`. */
export function after(at: Instant, duration: Duration): Instant {
  return (at + duration) as Instant;
}

/** The time from `earlier` to `later`; negative when they are the other way round. */
export function between(earlier: Instant, later: Instant): Duration {
  return (later - earlier) as Duration;
}

/** The shortest multiple of `step` that is not shorter, in whole milliseconds. */
export function ceilTo(duration: Duration, step: Duration): Duration {
  return milliseconds(Math.ceil((Math.ceil(duration / step) * step) / 1_000));
}

export function times(duration: Duration, factor: number): Duration {
  return Math.round(duration * factor) as Duration;
}

/** The earlier of two moments, of which either may never come (null). */
export function sooner(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

/** The earliest of the moments given; null where there is none. */
export function earliest(moments: Iterable<Instant | null>): Instant | null {
  let first: Instant | null = null;
  for (const moment of moments) {
    if (moment !== null && (first === null || moment < first)) first = moment;
  }
  return first;
}
