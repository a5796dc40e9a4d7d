/** Keeps account of one kind of request: what is in flight, what was answered, by whom. */
import type { ProbeWindow } from './client-messages.ts';
import { GapMeter } from './gap-meter.ts';

export interface TallyOptions {
  readonly timeoutMs: number;
  /** More in flight than this, and no request is begun until one is done. */
  readonly inFlightLimit: number;
}

export class ProbeTally<Request> {
  readonly #options: TallyOptions;
  readonly #meter: GapMeter;
  /** By number; insertion order is the order of sending. */
  readonly #inFlight = new Map<number, { readonly sentAtMs: number; readonly request: Request }>();
  #nextNumber = 0;
  #sent = 0;
  #failed = 0;
  #answers: Record<string, number> = {};

  constructor(options: TallyOptions, startedAtMs: number) {
    this.#options = options;
    this.#meter = new GapMeter(startedAtMs);
  }

  get full(): boolean {
    return this.#inFlight.size >= this.#options.inFlightLimit;
  }

  /** Takes note of a request that is being sent; its number is to come back with the answer. */
  begin(nowMs: number, create: (number: number) => Request): void {
    const number = this.#nextNumber++;
    this.#sent += 1;
    this.#inFlight.set(number, { sentAtMs: nowMs, request: create(number) });
  }

  /** A good answer. Returns the gap that it ended; null where it came too late to count. */
  answered(number: number, host: string, nowMs: number): number | null {
    const entry = this.#inFlight.get(number);
    if (entry === undefined) return null;
    this.#inFlight.delete(number);
    this.#answers[host] = (this.#answers[host] ?? 0) + 1;
    return this.#meter.answered({ sentAtMs: entry.sentAtMs, receivedAtMs: nowMs });
  }

  /** An error or a bad answer. */
  failed(number: number): void {
    if (this.#inFlight.delete(number)) this.#failed += 1;
  }

  /** Fails what has been in flight for too long, and returns it to be ended. */
  expire(nowMs: number): readonly Request[] {
    const expired: Request[] = [];
    for (const [number, { sentAtMs, request }] of this.#inFlight) {
      if (nowMs - sentAtMs < this.#options.timeoutMs) break;
      this.failed(number);
      expired.push(request);
    }
    return expired;
  }

  turnWindow(nowMs: number): ProbeWindow {
    const window: ProbeWindow = {
      sent: this.#sent,
      failed: this.#failed,
      outageMs: this.#meter.turnWindow(nowMs),
      answers: this.#answers,
    };
    this.#sent = 0;
    this.#failed = 0;
    this.#answers = {};
    return window;
  }
}
