/**
 * The socket of the side channel: UDP over IPv4 or IPv6, bound to the host's own address. It may
 * be bound before the host has the address (IP_FREEBIND): then nothing leaves until it comes.
 */
import { randomBytes } from 'node:crypto';
import { failure, success, type Result } from '../base/result.ts';
import { familyOf, type AddressFamily } from '../model/address.ts';
import type { SideEndpoint, SideSession } from '../model/side-channel.ts';
import type { KernelError, ReceivedSideDatagram } from '../ports/network.ts';
import { readIp, writeIp } from '../wire/address-octets.ts';
import { longestSideMessage } from '../wire/side-channel.ts';
import { bind, close, lastError } from './libc.ts';
import { ReceiveBatch, SendBatch } from './message-batch.ts';
import { allocate } from './native-memory.ts';
import { openSocket, setBuffer, setHighestPriority, setNumberOption } from './socket.ts';

/** Taken in one `receive`: whoever sends more delays nothing else. */
const datagramsAtOnce = 16;
const bufferOctets = 1 << 18;

interface Family {
  /** AF_INET or AF_INET6; the first two octets of a socket address, in the host's order. */
  readonly number: number;
  /** Octets of a socket address, and where the IP address stands in it. */
  readonly nameOctets: number;
  readonly addressOffset: number;
  readonly freeBind: { readonly level: number; readonly name: number; readonly call: string };
}

const portOffset = 2;

const familyOfName: Readonly<Record<AddressFamily, Family>> = {
  IPv4: {
    number: 2,
    nameOctets: 16,
    addressOffset: 4,
    freeBind: { level: 0, name: 15, call: 'set IP_FREEBIND' },
  },
  IPv6: {
    number: 10,
    nameOctets: 28,
    addressOffset: 8,
    freeBind: { level: 41, name: 78, call: 'set IPV6_FREEBIND' },
  },
};

export class SideSocket {
  readonly descriptor: number;
  /** New with every socket, and known to nobody before. */
  readonly session: SideSession = drawSession();
  readonly #family: AddressFamily;
  readonly #out: SendBatch;
  readonly #in: ReceiveBatch;

  constructor(descriptor: number, family: AddressFamily) {
    const { nameOctets } = familyOfName[family];
    this.descriptor = descriptor;
    this.#family = family;
    this.#out = new SendBatch({
      capacity: 256,
      payloadOctets: 1 << 16,
      destinationOctets: nameOctets,
    });
    // One octet more, so that one that is too long is seen to be.
    const datagramOctets = longestSideMessage + 1;
    this.#in = new ReceiveBatch({ capacity: datagramsAtOnce, datagramOctets, nameOctets });
  }

  /** Copies a datagram into what `send` sends next; false when there is no room left. */
  queue(to: SideEndpoint, octets: Uint8Array): boolean {
    return familyOf(to.address) !== this.#family || this.#out.append(octets, nameOf(to));
  }

  /** What the kernel refuses is lost, as on the way: peers notice, and tell. */
  send(): void {
    if (this.#out.count > 0) this.#out.send(this.descriptor, () => undefined);
  }

  /** Hands over a bounded number of datagrams, each valid until `take` returns. */
  receive(take: (received: ReceivedSideDatagram) => void): void {
    const received = this.#in.receive(this.descriptor);
    for (let index = 0; index < received; index += 1) {
      const name = this.#in.name(index);
      if (name === null) continue;
      const { addressOffset } = familyOfName[this.#family];
      const source = readIp(name, addressOffset, this.#family);
      take({ source, octets: this.#in.datagram(index) });
    }
  }

  close(): void {
    close(this.descriptor);
  }
}

/** Opens the socket; nothing is left open where that fails half-way. */
export function openSideSocket(own: SideEndpoint): Result<SideSocket, KernelError> {
  const family = familyOf(own.address);
  const { number, freeBind } = familyOfName[family];
  const opened = openSocket(number, 'datagram', 0, 'open the side channel');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const error =
    setNumberOption(descriptor, freeBind, 1) ??
    setHighestPriority(descriptor) ??
    setBuffer(descriptor, 'receive', bufferOctets) ??
    bindTo(descriptor, own);
  if (error === null) return success(new SideSocket(descriptor, family));
  close(descriptor);
  return failure(error);
}

function bindTo(descriptor: number, own: SideEndpoint): KernelError | null {
  const name = nameOf(own);
  const memory = allocate(name.length);
  memory.octets.set(name);
  const call = `bind the side channel to ${own.address} port ${String(own.port)}`;
  return bind(descriptor, memory.address, name.length) < 0 ? lastError(call) : null;
}

/** struct sockaddr_in or sockaddr_in6 */
function nameOf({ address, port }: SideEndpoint): Uint8Array {
  const { number, nameOctets, addressOffset } = familyOfName[familyOf(address)];
  const name = new Uint8Array(nameOctets);
  const view = new DataView(name.buffer);
  // The family is in the host's order, the port in the network's.
  view.setUint16(0, number, true);
  view.setUint16(portOffset, port, false);
  writeIp(name, addressOffset, address);
  return name;
}

function drawSession(): SideSession {
  for (;;) {
    const octets = randomBytes(8);
    if (octets.some((octet) => octet !== 0)) return octets.toString('hex');
  }
}
