/** Requests to a netlink family, each answered before the next one is sent. */
import { constants } from 'node:os';
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { KernelError } from '../ports/network.ts';
import { parseRtnetlink } from '../wire/rtnetlink.ts';
import { kernelError } from './libc.ts';
import { ReceiveBatch } from './message-batch.ts';
import { allocate } from './native-memory.ts';
import type { NetlinkProtocol, NetlinkSocket } from './netlink-socket.ts';
import { openNetlinkSocket } from './netlink-socket.ts';
import { setBuffer } from './socket.ts';

const { errno } = constants;

/** Of what is thrown away, so that it has an end whatever comes. */
const readLimit = 1 << 12;

export class NetlinkExchange {
  readonly #socket: NetlinkSocket;
  #sequence = 0;

  constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /** For the next request, or the first of so many. */
  takeSequence(count = 1): number {
    const first = this.#sequence + 1;
    this.#sequence = (this.#sequence + count) % 0x7fff_0000;
    return first;
  }

  /** The datagrams that answer what was sent; the error that the kernel gave first. */
  send(octets: Uint8Array, call: string): Result<readonly Uint8Array[], KernelError> {
    const memory = allocate(octets.length);
    memory.octets.set(octets);
    this.#forgetAnswers();
    const sendError = this.#socket.send(memory, octets.length);
    if (sendError !== null) return failure({ ...sendError, call: `${call}: ${sendError.call}` });
    const datagrams: Uint8Array[] = [];
    for (;;) {
      const received = this.#socket.receiveDatagrams((datagram) => {
        datagrams.push(Uint8Array.from(datagram));
      });
      if (received < 0) return failure(kernelError(-received, call));
      if (received === 0) break;
    }
    for (const message of datagrams.flatMap((datagram) => parseRtnetlink(datagram))) {
      if (message.type !== 'acknowledgement' || message.errorNumber === 0) continue;
      const { errorNumber, explanation } = message;
      return failure(
        kernelError(errorNumber, explanation === null ? call : `${call} (${explanation})`),
      );
    }
    // Requests are carried out while they are sent, so an answer that is not there was lost.
    return datagrams.length === 0
      ? failure(kernelError(errno.ENOBUFS, `${call}: answer lost`))
      : success(datagrams);
  }

  /** What is left of the answers to a request is no answer to the next one. */
  #forgetAnswers(): void {
    for (let reads = 0; reads < readLimit; reads += 1) {
      if (this.#socket.receiveDatagrams(() => undefined) === 0) return;
    }
  }

  close(): void {
    this.#socket.close();
  }
}

export function openNetlinkExchange(
  protocol: NetlinkProtocol,
): Result<NetlinkExchange, KernelError> {
  const batch = new ReceiveBatch({ capacity: 16, datagramOctets: 1 << 14 });
  const opened = openNetlinkSocket({ protocol, groups: 0, batch, receiveBufferOctets: 1 << 20 });
  if (!opened.ok) return opened;
  // A batch is one message to the socket: with thousands of virtual routers it is several MiB.
  const error = setBuffer(opened.value.descriptor, 'send', 1 << 24);
  if (error === null) return success(new NetlinkExchange(opened.value));
  opened.value.close();
  return failure(error);
}
