/**
 * What the observer has seen, in memory that it shares with who reads it meanwhile: rows of a
 * moment and a code. Moments are microseconds of CLOCK_MONOTONIC.
 */
import { assert } from '../../src/base/assert.ts';
import type { Sighting } from './probe-frames.ts';
import { sightings } from './probe-frames.ts';
import type { RouterLetter } from './stations.ts';
import { routerLetters } from './stations.ts';

/** A round of probes that left, or a frame that a router sent. */
export type Row =
  | { readonly atUs: number; readonly type: 'round' }
  | {
      readonly atUs: number;
      readonly type: 'seen';
      readonly router: RouterLetter;
      readonly sighting: Sighting;
    };

const roundCode = 255;
const rowOctets = 9;

export interface SharedLog {
  readonly rows: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

/** Room for so many rows. */
export function shareLog(capacity: number): SharedLog {
  return {
    rows: new SharedArrayBuffer(capacity * rowOctets),
    control: new SharedArrayBuffer(12),
  };
}

const countAt = 0;
const stopAt = 1;
const beganAt = 2;

export class ObservationLog {
  readonly #moments: Float64Array;
  readonly #codes: Uint8Array;
  readonly #control: Int32Array;

  constructor({ rows, control }: SharedLog) {
    const capacity = rows.byteLength / rowOctets;
    this.#moments = new Float64Array(rows, 0, capacity);
    this.#codes = new Uint8Array(rows, capacity * 8, capacity);
    this.#control = new Int32Array(control);
  }

  get count(): number {
    return Atomics.load(this.#control, countAt);
  }

  /** Whether the observer is to end. */
  get stopped(): boolean {
    return Atomics.load(this.#control, stopAt) === 1;
  }

  stop(): void {
    Atomics.store(this.#control, stopAt, 1);
  }

  /** Whether the observer has sent its first probes. */
  get begun(): boolean {
    return Atomics.load(this.#control, beganAt) === 1;
  }

  addRound(atUs: number): void {
    this.#add(atUs, roundCode);
    Atomics.store(this.#control, beganAt, 1);
  }

  addSighting(atUs: number, router: number, sighting: Sighting): void {
    this.#add(atUs, router * sightings.length + sightings.indexOf(sighting));
  }

  row(index: number): Row {
    const atUs = this.#moments[index];
    const code = this.#codes[index];
    assert(atUs !== undefined && code !== undefined, 'there is no such row');
    if (code === roundCode) return { atUs, type: 'round' };
    const sighting = sightings[code % sightings.length];
    const router = routerLetters[Math.floor(code / sightings.length)];
    assert(sighting !== undefined && router !== undefined, 'there is no such code');
    return { atUs, type: 'seen', router, sighting };
  }

  /** All rows by their moments: a frame is written down after the round that follows it. */
  rows(): readonly Row[] {
    const rows = Array.from({ length: this.count }, (_, index) => this.row(index));
    return rows.sort((first, second) => first.atUs - second.atUs);
  }

  #add(atUs: number, code: number): void {
    const index = this.count;
    assert(index < this.#codes.length, 'the observation log is full');
    this.#moments[index] = atUs;
    this.#codes[index] = code;
    Atomics.store(this.#control, countAt, index + 1);
  }
}
