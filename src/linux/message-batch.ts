/**
 * Arrays of `struct mmsghdr`, laid out once, so that many datagrams cost one
 * sendmmsg(2) or recvmmsg(2) and no allocation.
 *
 *     struct msghdr { void *name; u32 namelen; struct iovec *iov; size_t iovlen;
 *                     void *control; size_t controllen; int flags; }   56 octets
 *     struct mmsghdr { struct msghdr header; unsigned int length; }    64 octets
 *     struct iovec { void *base; size_t length; }                      16 octets
 */
import { constants } from 'node:os';
import { assert } from '../base/assert.ts';
import { lastErrorNumber, recvmmsg, sendmmsg } from './libc.ts';
import type { NativeMemory } from './native-memory.ts';
import { allocate, writeAddress } from './native-memory.ts';

const { errno: errnos } = constants;
const messageLength = 64;
const messageName = 0;
const messageNameLength = 8;
const messageVector = 16;
const messageVectorCount = 24;
const messageReceivedLength = 56;
const vectorLength = 16;
const dontWait = 0x40; // MSG_DONTWAIT

/** `count` messages, then one `struct iovec` for each, in one piece of memory. */
function layOutMessages(count: number): NativeMemory {
  const table = allocate(count * (messageLength + vectorLength));
  for (let index = 0; index < count; index += 1) {
    const message = index * messageLength;
    const vector = table.address + vectorOffset(count, index);
    writeAddress(table.view, message + messageVector, vector);
    table.view.setUint32(message + messageVectorCount, 1, true);
  }
  return table;
}

function vectorOffset(count: number, index: number): number {
  return count * messageLength + index * vectorLength;
}

/** Datagrams on their way out, each with its destination. */
export class SendBatch {
  readonly #capacity: number;
  readonly #table: NativeMemory;
  readonly #destinations: NativeMemory;
  readonly #destinationLength: number;
  readonly #payload: NativeMemory;
  #count = 0;
  #payloadEnd = 0;

  /** Holds `capacity` datagrams of `payloadOctets` together; each sent to an address this long. */
  constructor(options: {
    readonly capacity: number;
    readonly payloadOctets: number;
    readonly destinationOctets: number;
  }) {
    this.#capacity = options.capacity;
    this.#destinationLength = options.destinationOctets;
    this.#table = layOutMessages(options.capacity);
    this.#destinations = allocate(options.capacity * options.destinationOctets);
    this.#payload = allocate(options.payloadOctets);
    for (let index = 0; index < options.capacity; index += 1) {
      const message = index * messageLength;
      const destination = this.#destinations.address + index * options.destinationOctets;
      writeAddress(this.#table.view, message + messageName, destination);
      this.#table.view.setUint32(message + messageNameLength, options.destinationOctets, true);
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Copies a datagram in; false when there is no room for it until the batch was sent. */
  append(datagram: Uint8Array, destination: Uint8Array): boolean {
    assert(destination.length === this.#destinationLength, 'a destination of another family');
    if (this.#count === this.#capacity) return false;
    if (this.#payloadEnd + datagram.length > this.#payload.octets.length) return false;
    const vector = vectorOffset(this.#capacity, this.#count);
    writeAddress(this.#table.view, vector, this.#payload.address + this.#payloadEnd);
    this.#table.view.setUint32(vector + 8, datagram.length, true);
    this.#payload.octets.set(datagram, this.#payloadEnd);
    this.#destinations.octets.set(destination, this.#count * this.#destinationLength);
    this.#count += 1;
    this.#payloadEnd += datagram.length;
    return true;
  }

  /**
   * Sends everything and empties the batch. A datagram that the kernel refuses
   * is given to `failed` by its place and errno; those after it are sent all the same.
   */
  send(descriptor: number, failed: (index: number, errorNumber: number) => void): void {
    let next = 0;
    while (next < this.#count) {
      const first = this.#table.address + next * messageLength;
      const sent = sendmmsg(descriptor, first, this.#count - next, dontWait);
      if (sent > 0) {
        next += sent;
      } else {
        failed(next, lastErrorNumber());
        next += 1;
      }
    }
    this.#count = 0;
    this.#payloadEnd = 0;
  }
}

/** Room for datagrams that come in; what is in it is valid until the next `receive`. */
export class ReceiveBatch {
  readonly #capacity: number;
  readonly #table: NativeMemory;
  readonly #payload: NativeMemory;
  readonly #datagramOctets: number;
  /** The view handed out last for each place: datagrams of a kind are mostly equally long. */
  readonly #views: Uint8Array[] = [];

  /** Receives up to `capacity` datagrams at once; one over `datagramOctets` is cut off there. */
  constructor(options: { readonly capacity: number; readonly datagramOctets: number }) {
    this.#capacity = options.capacity;
    this.#datagramOctets = options.datagramOctets;
    this.#table = layOutMessages(options.capacity);
    this.#payload = allocate(options.capacity * options.datagramOctets);
    for (let index = 0; index < options.capacity; index += 1) {
      const start = index * options.datagramOctets;
      const vector = vectorOffset(options.capacity, index);
      writeAddress(this.#table.view, vector, this.#payload.address + start);
      this.#table.view.setUint32(vector + 8, options.datagramOctets, true);
      this.#views.push(this.#payload.octets.subarray(start, start));
    }
  }

  /** The number of datagrams received, 0 when there are none, or a negative errno. */
  receive(descriptor: number): number {
    const received = recvmmsg(descriptor, this.#table.address, this.#capacity, dontWait, 0);
    if (received >= 0) return received;
    const errorNumber = lastErrorNumber();
    return errorNumber === errnos.EAGAIN || errorNumber === errnos.EINTR ? 0 : -errorNumber;
  }

  datagram(index: number): Uint8Array {
    const length = this.#table.view.getUint32(index * messageLength + messageReceivedLength, true);
    const view = this.#views[index];
    if (view?.length === length) return view;
    const start = index * this.#datagramOctets;
    const datagram = this.#payload.octets.subarray(start, start + length);
    this.#views[index] = datagram;
    return datagram;
  }
}
