/**
 * A clock that stands still while its process does not run. On a machine that is
 * short of processors the client may be kept from asking at all: that is no
 * outage of what it asks, so it is counted apart.
 *
 * It has to be read often; two readings further apart than the limit are taken
 * for a stall.
 */
export class AwakeClock {
  readonly #stallLimitMs: number;
  #lastReadingMs: number;
  #stalledMs = 0;

  constructor(options: { readonly nowMs: number; readonly stallLimitMs: number }) {
    this.#stallLimitMs = options.stallLimitMs;
    this.#lastReadingMs = options.nowMs;
  }

  /** The time awake at `nowMs` of the monotonic clock; never runs backwards. */
  read(nowMs: number): number {
    const sinceMs = nowMs - this.#lastReadingMs;
    if (sinceMs > this.#stallLimitMs) this.#stalledMs += sinceMs;
    this.#lastReadingMs = nowMs;
    return nowMs - this.#stalledMs;
  }

  /** All the time that was lost to stalls. */
  get stalledMs(): number {
    return this.#stalledMs;
  }
}
