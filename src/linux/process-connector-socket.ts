/** Hears of processes by the kernel's process connector. */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { KernelError } from '../ports/network.ts';
import type { ProcessConnectorEvent } from '../wire/process-connector.ts';
import { emitListen, parseProcessEvent, processEventGroup } from '../wire/process-connector.ts';
import { bind, close, lastError, send } from './libc.ts';
import { ReceiveBatch } from './message-batch.ts';
import { allocate } from './native-memory.ts';
import { openSocket, setBuffer } from './socket.ts';

const netlinkFamily = 16; // AF_NETLINK
const connectorProtocol = 11; // NETLINK_CONNECTOR
const socketAddressLength = 12; // struct sockaddr_nl: family, padding, port id, groups

/** Thousands of processes may begin and end before the thread looks. */
const bufferOctets = 1 << 20;

export class ProcessConnectorSocket {
  readonly descriptor: number;
  readonly #batch = new ReceiveBatch({ capacity: 64, datagramOctets: 256 });

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /**
   * Hands over what waits, a bounded number of events. Returns how many datagrams
   * there were, 0 when none waits, or a negative errno: -ENOBUFS when some were lost.
   */
  receive(take: (event: ProcessConnectorEvent) => void): number {
    const received = this.#batch.receive(this.descriptor);
    for (let index = 0; index < received; index += 1) {
      const event = parseProcessEvent(this.#batch.datagram(index));
      if (event !== null) take(event);
    }
    return received;
  }

  close(): void {
    close(this.descriptor);
  }
}

/**
 * Opens the socket and asks to be told. In a network namespace other than the
 * first there is nobody to ask (ECONNREFUSED); in a user or process namespace other
 * than the first the kernel takes the request and never answers.
 */
export function openProcessConnector(
  octets: number | null,
): Result<ProcessConnectorSocket, KernelError> {
  const opened = openSocket(netlinkFamily, 'datagram', connectorProtocol, 'open connector socket');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const error =
    setBuffer(descriptor, 'receive', octets ?? bufferOctets) ??
    bindToGroup(descriptor) ??
    ask(descriptor);
  if (error === null) return success(new ProcessConnectorSocket(descriptor));
  close(descriptor);
  return failure(error);
}

function bindToGroup(descriptor: number): KernelError | null {
  const address = allocate(socketAddressLength);
  address.view.setUint16(0, netlinkFamily, true);
  address.view.setUint32(8, processEventGroup, true);
  const result = bind(descriptor, address.address, socketAddressLength);
  return result < 0 ? lastError('bind connector socket') : null;
}

function ask(descriptor: number): KernelError | null {
  const octets = emitListen();
  const request = allocate(octets.length);
  request.octets.set(octets);
  const sent = send(descriptor, request.address, octets.length, 0);
  return sent < 0 ? lastError('ask process connector') : null;
}
