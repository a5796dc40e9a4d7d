import { constants } from 'node:os';
import { assert } from '../base/assert.ts';
import type { Duration } from '../base/units.ts';
import { lastErrorNumber, ppoll } from './libc.ts';
import { allocate } from './native-memory.ts';

const entryLength = 8; // struct pollfd: descriptor, events asked for, events that came
const readable = 0x1; // POLLIN
const invalid = 0x20; // POLLNVAL

/** The descriptors that the thread waits for together, by ppoll(2). */
export class PollSet {
  #entries = allocate(entryLength * 8);
  readonly #timeout = allocate(16); // struct timespec
  readonly #places = new Map<number, number>();

  /** Waits for these, and for nothing else, from the next `poll` on. */
  watch(descriptors: readonly number[]): void {
    if (descriptors.length * entryLength > this.#entries.octets.length) {
      this.#entries = allocate(descriptors.length * entryLength * 2);
    }
    this.#places.clear();
    descriptors.forEach((descriptor, place) => {
      this.#places.set(descriptor, place);
      this.#entries.view.setInt32(place * entryLength, descriptor, true);
      this.#entries.view.setInt32(place * entryLength + 4, readable, true);
    });
  }

  /** Blocks until one is ready or the time has passed; null: without limit. May return early. */
  poll(timeout: Duration | null): void {
    if (timeout !== null) {
      const wholeSeconds = Math.floor(timeout / 1_000_000);
      this.#timeout.view.setUint32(0, wholeSeconds, true);
      this.#timeout.view.setUint32(8, (timeout - wholeSeconds * 1_000_000) * 1_000, true);
    }
    const limit = timeout === null ? 0 : this.#timeout.address;
    if (ppoll(this.#entries.address, this.#places.size, limit, 0) < 0) {
      const errorNumber = lastErrorNumber();
      assert(errorNumber === constants.errno.EINTR, `ppoll: errno ${errorNumber}`);
      for (const place of this.#places.values()) {
        this.#entries.view.setUint16(place * entryLength + 6, 0, true);
      }
    }
  }

  /** Whether the last `poll` found octets to read, or an error to fetch, at this descriptor. */
  isReady(descriptor: number): boolean {
    const place = this.#places.get(descriptor);
    if (place === undefined) return false;
    const events = this.#entries.view.getUint16(place * entryLength + 6, true);
    assert((events & invalid) === 0, 'a closed descriptor is polled');
    return events !== 0;
  }
}
