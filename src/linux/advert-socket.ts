/**
 * The socket through which the adverts of one interface come and go: a raw
 * socket of protocol 112, bound to the interface, member of 224.0.0.18 there.
 *
 * There is one an interface, not one for all: the binding tells where a packet
 * came from without control messages, a flood on one interface fills no other's
 * buffer, the kernel's limit of 20 memberships a socket
 * (net.ipv4.igmp_max_memberships) does not apply, and the common host, with one
 * interface or two, still sends everything with one call or two.
 */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { InterfaceName } from '../model/address.ts';
import { ipv4ToNumber, vrrpGroupIpv4 } from '../model/address.ts';
import type { KernelError } from '../ports/network.ts';
import { close, lastError, setsockopt } from './libc.ts';
import { SendBatch } from './message-batch.ts';
import { allocate } from './native-memory.ts';
import {
  bindToInterface,
  openSocket,
  setBuffer,
  setHighestPriority,
  setNumberOption,
} from './socket.ts';

const ipv4Family = 2; // AF_INET
const vrrpProtocol = 112; // RFC 3768 section 5.2.4
const ipLevel = 0; // IPPROTO_IP
const headerIncluded = { level: ipLevel, name: 3, call: 'set IP_HDRINCL' };
const multicastLoop = { level: ipLevel, name: 34, call: 'set IP_MULTICAST_LOOP' };
const addMembership = 35; // IP_ADD_MEMBERSHIP

/**
 * Adverts of all 255 virtual routers fit in while the thread is held up for a
 * second, at the 4 KiB that a driver may charge for each.
 */
const bufferOctets = 1 << 20;

const socketAddressLength = 16; // struct sockaddr_in: family, port, address, padding
const addressInSocketAddress = 4;
const destinationInPacket = 16; // RFC 791 section 3.1

/** The interface that a socket belongs to, as it was when the socket was opened. */
export interface JoinedInterface {
  readonly name: InterfaceName;
  readonly index: number;
}

export class AdvertSocket {
  readonly interface: JoinedInterface;
  readonly descriptor: number;
  readonly #destination = new Uint8Array(socketAddressLength);
  readonly #batch = new SendBatch({
    capacity: 256,
    payloadOctets: 1 << 16,
    destinationOctets: socketAddressLength,
  });

  constructor(joined: JoinedInterface, descriptor: number) {
    this.interface = joined;
    this.descriptor = descriptor;
    this.#destination[0] = ipv4Family;
  }

  /** Copies an IP packet into what `send` sends next; false when there is no room left. */
  queue(packet: Uint8Array): boolean {
    for (let octet = 0; octet < 4; octet += 1) {
      const value = packet[destinationInPacket + octet] ?? 0;
      this.#destination[addressInSocketAddress + octet] = value;
    }
    return this.#batch.append(packet, this.#destination);
  }

  /** Sends what is queued; `failed` is given the errno of each packet that the kernel refused. */
  send(failed: (interfaceName: InterfaceName, errorNumber: number) => void): void {
    if (this.#batch.count === 0) return;
    this.#batch.send(this.descriptor, (_place, errorNumber) => {
      failed(this.interface.name, errorNumber);
    });
  }

  close(): void {
    close(this.descriptor);
  }
}

/** Opens the socket and joins the group; nothing is left open where that fails half-way. */
export function openAdvertSocket(joined: JoinedInterface): Result<AdvertSocket, KernelError> {
  const opened = openSocket(ipv4Family, 'raw', vrrpProtocol, 'open raw socket');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const error =
    bindToInterface(descriptor, joined.index) ??
    setNumberOption(descriptor, headerIncluded, 1) ??
    setNumberOption(descriptor, multicastLoop, 0) ??
    setHighestPriority(descriptor) ??
    setBuffer(descriptor, 'receive', bufferOctets) ??
    setBuffer(descriptor, 'send', bufferOctets) ??
    joinGroup(descriptor, joined.index);
  if (error === null) return success(new AdvertSocket(joined, descriptor));
  close(descriptor);
  return failure(error);
}

/** Joins 224.0.0.18 (RFC 3768 section 5.2.2). */
function joinGroup(descriptor: number, index: number): KernelError | null {
  // struct ip_mreqn: group, local address, interface index.
  const request = allocate(12);
  request.view.setUint32(0, ipv4ToNumber(vrrpGroupIpv4));
  request.view.setInt32(8, index, true);
  const result = setsockopt(descriptor, ipLevel, addMembership, request.address, 12);
  return result < 0 ? lastError('join 224.0.0.18') : null;
}
