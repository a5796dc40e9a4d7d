/**
 * The longest time without a good answer. A gap reaches from the moment the
 * last well answered request was sent to the moment the next good answer came:
 * it never understates, and a slow answer counts as part of the outage.
 */
export class GapMeter {
  #lastGoodSentAtMs: number;
  #longestMs = 0;

  /** Before the first answer the gap counts from `startedAtMs` (monotonic). */
  constructor(startedAtMs: number) {
    this.#lastGoodSentAtMs = startedAtMs;
  }

  /** Records one good answer; returns the gap that it ended. */
  answered(answer: { readonly sentAtMs: number; readonly receivedAtMs: number }): number {
    const gapMs = answer.receivedAtMs - this.#lastGoodSentAtMs;
    this.#longestMs = Math.max(this.#longestMs, gapMs);
    this.#lastGoodSentAtMs = Math.max(this.#lastGoodSentAtMs, answer.sentAtMs);
    return gapMs;
  }

  /** How long the gap that is open at `nowMs` has lasted. */
  openGapMs(nowMs: number): number {
    return nowMs - this.#lastGoodSentAtMs;
  }

  /**
   * Ends a window and begins the next: returns the longest gap, the open one
   * included. A gap that reaches over the border counts whole in both.
   */
  turnWindow(nowMs: number): number {
    const longestMs = Math.max(this.#longestMs, this.openGapMs(nowMs));
    this.#longestMs = 0;
    return longestMs;
  }
}
