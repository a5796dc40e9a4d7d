/**
 * Sends Ethernet frames: gratuitous ARP and neighbour advertisements. One packet socket serves all
 * interfaces; with protocol 0 it receives nothing, so it costs nothing.
 */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { InterfaceName } from '../model/address.ts';
import type { KernelError } from '../ports/network.ts';
import { close } from './libc.ts';
import { SendBatch } from './message-batch.ts';
import { openSocket, setBuffer, setHighestPriority } from './socket.ts';

const packetFamily = 17; // AF_PACKET
const bufferOctets = 1 << 20;
const capacity = 256;
/** struct sockaddr_ll: family, EtherType, interface index, and what only receiving uses. */
const socketAddressLength = 20;
const etherTypeInFrame = 12; // IEEE 802.3 section 3.1.1

export class FrameSocket {
  readonly descriptor: number;
  readonly #destination = new DataView(new ArrayBuffer(socketAddressLength));
  readonly #destinationOctets = new Uint8Array(this.#destination.buffer);
  /** The interface of each queued frame, by its place in the batch. */
  readonly #interfaces: (InterfaceName | null)[] = [];
  readonly #batch = new SendBatch({
    capacity,
    payloadOctets: capacity * 128,
    destinationOctets: socketAddressLength,
  });

  constructor(descriptor: number) {
    this.descriptor = descriptor;
    this.#destination.setUint16(0, packetFamily, true);
  }

  /**
   * Copies a frame into what `send` sends next; false when there is no room left. `name` null: that
   * the kernel refuses it is no failure.
   */
  queue(name: InterfaceName | null, index: number, frame: Uint8Array): boolean {
    this.#destination.setUint8(2, frame[etherTypeInFrame] ?? 0);
    this.#destination.setUint8(3, frame[etherTypeInFrame + 1] ?? 0);
    this.#destination.setInt32(4, index, true);
    const place = this.#batch.count;
    if (!this.#batch.append(frame, this.#destinationOctets)) return false;
    this.#interfaces[place] = name;
    return true;
  }

  /** Sends what is queued; `failed` is given the errno of each frame that the kernel refused. */
  send(failed: (interfaceName: InterfaceName, errorNumber: number) => void): void {
    if (this.#batch.count === 0) return;
    this.#batch.send(this.descriptor, (place, errorNumber) => {
      const name = this.#interfaces[place];
      if (name !== undefined && name !== null) failed(name, errorNumber);
    });
  }

  close(): void {
    close(this.descriptor);
  }
}

export function openFrameSocket(): Result<FrameSocket, KernelError> {
  const opened = openSocket(packetFamily, 'raw', 0, 'open packet socket');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const error = setHighestPriority(descriptor) ?? setBuffer(descriptor, 'send', bufferOctets);
  if (error === null) return success(new FrameSocket(descriptor));
  close(descriptor);
  return failure(error);
}
