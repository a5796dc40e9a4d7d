/** A netlink socket: datagrams of requests out, datagrams of messages in. */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { KernelError } from '../ports/network.ts';
import type { RtnetlinkMessage } from '../wire/rtnetlink.ts';
import { parseRtnetlink } from '../wire/rtnetlink.ts';
import { bind, close, getsockname, lastError, send } from './libc.ts';
import { ReceiveBatch } from './message-batch.ts';
import type { NativeMemory } from './native-memory.ts';
import { allocate } from './native-memory.ts';
import { openSocket, setBuffer, setNumberOption } from './socket.ts';

const netlinkFamily = 16; // AF_NETLINK
const netlinkLevel = 270; // SOL_NETLINK
const explainErrors = { level: netlinkLevel, name: 11, call: 'set NETLINK_EXT_ACK' };
const shortErrors = { level: netlinkLevel, name: 10, call: 'set NETLINK_CAP_ACK' };
const strictLists = { level: netlinkLevel, name: 12, call: 'set NETLINK_GET_STRICT_CHK' };
const socketAddressLength = 12; // struct sockaddr_nl: family, padding, port id, groups

/** NETLINK_ROUTE and NETLINK_NETFILTER. */
const protocols = { route: 0, netfilter: 12 } as const;
export type NetlinkProtocol = keyof typeof protocols;

/** Bits of the groups to listen to: RTMGRP_LINK, RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR. */
export const monitoredGroups = 0x1 | 0x10 | 0x100;

export class NetlinkSocket {
  readonly descriptor: number;
  /** Marks, in notifications, the changes that this socket asked for. */
  readonly portId: number;
  readonly #batch: ReceiveBatch;

  constructor(options: {
    readonly descriptor: number;
    readonly portId: number;
    readonly batch: ReceiveBatch;
  }) {
    this.descriptor = options.descriptor;
    this.portId = options.portId;
    this.#batch = options.batch;
  }

  /** Sends `length` octets of requests; the kernel has carried them out when this returns. */
  send(requests: NativeMemory, length: number): KernelError | null {
    const sent = send(this.descriptor, requests.address, length, 0);
    return sent < 0 ? lastError('send netlink request') : null;
  }

  /**
   * Appends to `messages` what waits, a bounded number of datagrams. Returns how
   * many datagrams there were, 0 when none waits, or a negative errno.
   */
  receive(messages: RtnetlinkMessage[]): number {
    return this.receiveDatagrams((datagram) => {
      messages.push(...parseRtnetlink(datagram));
    });
  }

  /** As `receive`, before anything is read in them; each is valid until `take` returns. */
  receiveDatagrams(take: (datagram: Uint8Array) => void): number {
    const received = this.#batch.receive(this.descriptor);
    for (let index = 0; index < received; index += 1) take(this.#batch.datagram(index));
    return received;
  }

  close(): void {
    close(this.descriptor);
  }
}

/** Lets the kernel leave out of lists what was not asked for, where it can. */
export function filterLists({ descriptor }: NetlinkSocket): KernelError | null {
  return setNumberOption(descriptor, strictLists, 1);
}

/** Opens a socket in these groups; sockets that are read in turn may share a batch. */
export function openNetlinkSocket(options: {
  readonly protocol?: NetlinkProtocol;
  readonly groups: number;
  readonly batch: ReceiveBatch;
  readonly receiveBufferOctets: number;
}): Result<NetlinkSocket, KernelError> {
  const protocol = protocols[options.protocol ?? 'route'];
  const opened = openSocket(netlinkFamily, 'raw', protocol, 'open netlink socket');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const address = allocate(socketAddressLength);
  address.view.setUint16(0, netlinkFamily, true);
  address.view.setUint32(8, options.groups, true);
  const error =
    setBuffer(descriptor, 'receive', options.receiveBufferOctets) ??
    setNumberOption(descriptor, explainErrors, 1) ??
    setNumberOption(descriptor, shortErrors, 1) ??
    bindTo(descriptor, address);
  if (error !== null) {
    close(descriptor);
    return failure(error);
  }
  const portId = address.view.getUint32(4, true);
  return success(new NetlinkSocket({ descriptor, portId, batch: options.batch }));
}

/** One socket to ask by, and one that hears what changes. */
export interface NetlinkPair {
  readonly request: NetlinkSocket;
  readonly monitor: NetlinkSocket;
}

/** Opens both sockets; nothing is left open where that fails half-way. */
export function openNetlinkPair(options: {
  readonly groups: number;
  readonly monitorBufferOctets: number;
  readonly requestBufferOctets: number;
}): Result<NetlinkPair, KernelError> {
  // A list comes in datagrams of up to 32 KiB, which need as much room to be read whole.
  const batch = new ReceiveBatch({ capacity: 16, datagramOctets: 1 << 15 });
  const { groups, monitorBufferOctets, requestBufferOctets } = options;
  const request = openNetlinkSocket({
    groups: 0,
    batch,
    receiveBufferOctets: requestBufferOctets,
  });
  if (!request.ok) return request;
  const monitor = openNetlinkSocket({ groups, batch, receiveBufferOctets: monitorBufferOctets });
  if (!monitor.ok) {
    request.value.close();
    return monitor;
  }
  return success({ request: request.value, monitor: monitor.value });
}

/** Binds, and replaces `address` with the one that the kernel gave, port id included. */
function bindTo(descriptor: number, address: NativeMemory): KernelError | null {
  if (bind(descriptor, address.address, socketAddressLength) < 0) {
    return lastError('bind netlink socket');
  }
  const length = allocate(4);
  length.view.setUint32(0, socketAddressLength, true);
  if (getsockname(descriptor, address.address, length.address) < 0) {
    return lastError('name netlink socket');
  }
  return null;
}
