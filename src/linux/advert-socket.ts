/**
 * A channel through which adverts come and go: a raw socket of protocol 112, or
 * of 51 for adverts behind an Authentication Header. It is bound to its interface
 * and member of the channel's groups there; without an interface it is bound to
 * none and serves unicast alone. On a macvlan of ours it is member on the interface
 * below, too: the reports of that one are what a switch learns from, since the macvlan's
 * own are dropped (see Firewall).
 *
 * There is one a channel, not one for all: the binding tells where a packet
 * came from, a flood on one interface fills no other's buffer, the kernel's limit
 * of 20 memberships a socket (net.ipv4.igmp_max_memberships) does not apply, and
 * the common host, with one interface or two, still sends everything with one
 * call or two.
 *
 * Packets leave with the header that they have. They are handed over from the
 * header on too, which for IPv6 is put together from what the kernel tells.
 */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { AdvertChannel, JoinedChannel } from '../model/channel.ts';
import type { IpAddress } from '../model/address.ts';
import type { KernelError } from '../ports/network.ts';
import type { AdvertSocketFamily } from './advert-socket-family.ts';
import { ipv4Socket, ipv6Socket } from './advert-socket-family.ts';
import { changeMembership } from './group-membership.ts';
import { close } from './libc.ts';
import type { ReceiveBatch } from './message-batch.ts';
import { SendBatch } from './message-batch.ts';
import {
  bindToInterface,
  openSocket,
  setBuffer,
  setHighestPriority,
  setNumberOption,
} from './socket.ts';

const protocolNumber: Readonly<Record<AdvertChannel['protocol'], number>> = {
  vrrp: 112, // RFC 9568 section 5.1.1.4
  'authentication-header': 51, // RFC 2402 section 2
};

/**
 * Adverts of all 255 virtual routers fit in while the thread is held up for a
 * second, at the 4 KiB that a driver may charge for each.
 */
const bufferOctets = 1 << 20;

/** The interface of a channel as it was when its socket was opened. */
export interface ChannelPlace {
  /** The kernel's number of it; 0: bound to none. */
  readonly index: number;
  /** That of the interface below, where it is a macvlan of ours. */
  readonly below: number | null;
}

export class AdvertSocket {
  readonly channel: AdvertChannel;
  readonly descriptor: number;
  readonly #place: ChannelPlace;
  readonly #destination: Uint8Array;
  readonly #batch: SendBatch;
  #groups: ReadonlySet<IpAddress> = new Set();

  constructor(channel: AdvertChannel, place: ChannelPlace, descriptor: number) {
    const { addressTemplate } = familyOfChannel(channel);
    this.channel = channel;
    this.descriptor = descriptor;
    this.#place = place;
    this.#destination = addressTemplate(place.index);
    this.#batch = new SendBatch({
      capacity: 256,
      payloadOctets: 1 << 16,
      destinationOctets: this.#destination.length,
    });
  }

  /** Becomes a member of these groups and of no others. */
  configure({ groups, receiveBufferOctets }: JoinedChannel): KernelError | null {
    const octets = receiveBufferOctets ?? bufferOctets;
    const bufferError = setBuffer(this.descriptor, 'receive', octets);
    if (bufferError !== null) return bufferError;
    const wanted = new Set(groups);
    for (const group of this.#groups) {
      if (!wanted.has(group)) this.#leave(group);
    }
    const members = new Set([...this.#groups].filter((group) => wanted.has(group)));
    let error: KernelError | null = null;
    for (const group of wanted) {
      if (members.has(group)) continue;
      error = this.#join(group);
      if (error !== null) break;
      members.add(group);
    }
    this.#groups = members;
    return error;
  }

  /** Copies an IP packet into what `send` sends next; false when there is no room left. */
  queue(packet: Uint8Array): boolean {
    const { addressInPacket, addressInName, addressLength } = familyOfChannel(this.channel);
    for (let octet = 0; octet < addressLength; octet += 1) {
      this.#destination[addressInName + octet] = packet[addressInPacket + octet] ?? 0;
    }
    return this.#batch.append(packet, this.#destination);
  }

  /** Sends what is queued; `failed` is given the errno of each packet that the kernel refused. */
  send(failed: (channel: AdvertChannel, errorNumber: number) => void): void {
    if (this.#batch.count === 0) return;
    this.#batch.send(this.descriptor, (_place, errorNumber) => {
      failed(this.channel, errorNumber);
    });
  }

  /** Hands over a bounded number of packets, each valid until `take` returns. */
  receive(batches: ChannelBatches, take: (packet: Uint8Array) => void): void {
    const { family, protocol } = this.channel;
    const batch = batches[family];
    const received = batch.receive(this.descriptor);
    const { packetOf } = familyOfChannel(this.channel);
    for (let index = 0; index < received; index += 1) {
      const packet = packetOf(batch, index, protocolNumber[protocol]);
      if (packet !== null) take(packet);
    }
  }

  close(): void {
    close(this.descriptor);
  }

  #join(group: IpAddress): KernelError | null {
    const { index, below } = this.#place;
    const error = changeMembership(this.descriptor, 'join', group, index);
    if (error !== null || below === null) return error;
    const belowError = changeMembership(this.descriptor, 'join', group, below);
    if (belowError !== null) changeMembership(this.descriptor, 'leave', group, index);
    return belowError;
  }

  #leave(group: IpAddress): void {
    const { index, below } = this.#place;
    changeMembership(this.descriptor, 'leave', group, index);
    if (below !== null) changeMembership(this.descriptor, 'leave', group, below);
  }
}

/** Room for the packets of each family; sockets that are read in turn share it. */
export type ChannelBatches = Readonly<Record<AdvertChannel['family'], ReceiveBatch>>;

export function openChannelBatches(): ChannelBatches {
  return { IPv4: ipv4Socket.openBatch(), IPv6: ipv6Socket.openBatch() };
}

/** Opens the socket and joins its groups; nothing is left open where that fails half-way. */
export function openAdvertSocket(
  channel: JoinedChannel,
  place: ChannelPlace,
): Result<AdvertSocket, KernelError> {
  const { interface: name, family, protocol } = channel;
  const { addressFamily, options } = familyOfChannel(channel);
  const opened = openSocket(addressFamily, 'raw', protocolNumber[protocol], 'open raw socket');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const { index } = place;
  const socket = new AdvertSocket({ interface: name, family, protocol }, place, descriptor);
  let error =
    (index === 0 ? null : bindToInterface(descriptor, index)) ??
    setHighestPriority(descriptor) ??
    setBuffer(descriptor, 'send', bufferOctets);
  for (const { value, ...option } of options) {
    error ??= setNumberOption(descriptor, option, value);
  }
  error ??= socket.configure(channel);
  if (error === null) return success(socket);
  socket.close();
  return failure(error);
}

function familyOfChannel({ family }: AdvertChannel): AdvertSocketFamily {
  return family === 'IPv4' ? ipv4Socket : ipv6Socket;
}
