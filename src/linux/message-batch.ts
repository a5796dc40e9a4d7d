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
const messageControl = 32;
const messageControlLength = 40;
const messageReceivedLength = 56;
const vectorLength = 16;
const dontWait = 0x40; // MSG_DONTWAIT
/** struct cmsghdr: its length with the value, the level, the type; the value behind it. */
const controlHeaderLength = 16;

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

interface ReceiveOptions {
  /** How many datagrams are received at once at most. */
  readonly capacity: number;
  /** A longer datagram is cut off there. */
  readonly datagramOctets: number;
  /** So many octets are left free before each datagram and handed out with it. */
  readonly headroomOctets?: number;
  /** Room for the sender's socket address; 0: it is not asked for. */
  readonly nameOctets?: number;
  /** Room for control messages (cmsg(3)); 0: they are not asked for. */
  readonly controlOctets?: number;
}

/** Room for datagrams that come in; what is in it is valid until the next `receive`. */
export class ReceiveBatch {
  readonly #capacity: number;
  readonly #table: NativeMemory;
  readonly #payload: NativeMemory;
  readonly #names: NativeMemory;
  readonly #controls: NativeMemory;
  readonly #slotOctets: number;
  readonly #headroomOctets: number;
  readonly #nameOctets: number;
  readonly #controlOctets: number;
  /** So many messages bear the lengths that the last call has written over them. */
  #used: number;
  /** The view handed out last for each place: datagrams of a kind are mostly equally long. */
  readonly #views: Uint8Array[] = [];

  constructor(options: ReceiveOptions) {
    const { capacity, datagramOctets } = options;
    this.#capacity = capacity;
    this.#used = capacity;
    this.#headroomOctets = options.headroomOctets ?? 0;
    this.#nameOctets = options.nameOctets ?? 0;
    this.#controlOctets = options.controlOctets ?? 0;
    this.#slotOctets = this.#headroomOctets + datagramOctets;
    this.#table = layOutMessages(capacity);
    this.#payload = allocate(capacity * this.#slotOctets);
    this.#names = allocate(capacity * this.#nameOctets);
    this.#controls = allocate(capacity * this.#controlOctets);
    const { view } = this.#table;
    for (let index = 0; index < capacity; index += 1) {
      const start = index * this.#slotOctets;
      const vector = vectorOffset(capacity, index);
      writeAddress(view, vector, this.#payload.address + start + this.#headroomOctets);
      view.setUint32(vector + 8, datagramOctets, true);
      this.#views.push(this.#payload.octets.subarray(start, start));
      const message = index * messageLength;
      if (this.#nameOctets > 0) {
        const name = this.#names.address + index * this.#nameOctets;
        writeAddress(view, message + messageName, name);
      }
      if (this.#controlOctets > 0) {
        const control = this.#controls.address + index * this.#controlOctets;
        writeAddress(view, message + messageControl, control);
      }
    }
  }

  /** The number of datagrams received, 0 when there are none, or a negative errno. */
  receive(descriptor: number): number {
    for (let index = 0; index < this.#used; index += 1) {
      const message = index * messageLength;
      this.#table.view.setUint32(message + messageNameLength, this.#nameOctets, true);
      this.#table.view.setUint32(message + messageControlLength, this.#controlOctets, true);
    }
    const received = recvmmsg(descriptor, this.#table.address, this.#capacity, dontWait, 0);
    this.#used = Math.max(received, 0);
    if (received >= 0) return received;
    const errorNumber = lastErrorNumber();
    return errorNumber === errnos.EAGAIN || errorNumber === errnos.EINTR ? 0 : -errorNumber;
  }

  /** A datagram, with the headroom before it. */
  datagram(index: number): Uint8Array {
    const received = this.#table.view.getUint32(
      index * messageLength + messageReceivedLength,
      true,
    );
    const length = this.#headroomOctets + received;
    const view = this.#views[index];
    if (view?.length === length) return view;
    const start = index * this.#slotOctets;
    const datagram = this.#payload.octets.subarray(start, start + length);
    this.#views[index] = datagram;
    return datagram;
  }

  /** The socket address of a datagram's sender; null where the kernel gave none. */
  name(index: number): Uint8Array | null {
    const at = index * messageLength + messageNameLength;
    const length = this.#table.view.getUint32(at, true);
    if (length === 0 || length > this.#nameOctets) return null;
    const start = index * this.#nameOctets;
    return this.#names.octets.subarray(start, start + length);
  }

  /** The value of a control message of a datagram; null where there is none of this kind. */
  control(index: number, level: number, type: number): Uint8Array | null {
    const { view, octets } = this.#controls;
    const start = index * this.#controlOctets;
    const lengthAt = index * messageLength + messageControlLength;
    const end = start + this.#table.view.getUint32(lengthAt, true);
    let at = start;
    while (at + controlHeaderLength <= end) {
      const length = view.getUint32(at, true);
      if (length < controlHeaderLength || at + length > end) return null;
      if (view.getInt32(at + 8, true) === level && view.getInt32(at + 12, true) === type) {
        return octets.subarray(at + controlHeaderLength, at + length);
      }
      at += (length + 7) & ~7;
    }
    return null;
  }
}
