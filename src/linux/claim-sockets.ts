/**
 * Hears who claims an address: ARP by a packet socket, neighbour advertisements by a raw socket of
 * ICMPv6, one of each for all interfaces. Both are opened at the start and closed at the end, for
 * binding and closing a packet socket waits for all processors of the machine; what they let
 * through is a filter in the kernel, which costs microseconds to change, and at first lets nothing
 * through. So a host that watches no address is never woken by them.
 */
import { failure, success, type Result } from '../base/result.ts';
import { ipv4ToNumber, ipv6ToGroups, isIpv4, type IpAddress } from '../model/address.ts';
import type { KernelError, ReceivedClaim } from '../ports/network.ts';
import { ipv6Socket } from './advert-socket-family.ts';
import { bind, close, lastError, setsockopt } from './libc.ts';
import type { LinkLookup } from './link-lookup.ts';
import { ReceiveBatch } from './message-batch.ts';
import { allocate } from './native-memory.ts';
import { acceptWordsAt } from './packet-filter.ts';
import { openSocket, setBuffer, setNumberOption } from './socket.ts';

const packetFamily = 17; // AF_PACKET
const ipv6Family = 10; // AF_INET6
const arpProtocol = 0x0806; // ETH_P_ARP
const icmpv6 = 58;

/** struct sockaddr_ll: family, protocol, interface index, hardware type, packet type, address. */
const packetName = { octets: 20, protocol: 2, index: 4, packetType: 10 };
/** PACKET_HOST: for this host alone. */
const forThisHost = 0;

/** ICMP6_FILTER: a bit for each type, set for those that are not wanted. */
const icmpv6Filter = { name: 1, octets: 32, wanted: 136 };

/** Where an ARP packet has its sender, and an advertisement the last word of its target. */
const senderOffset = 14;
const targetOffset = 20;

/** Taken in one `receive`: whoever sends more delays nothing else. */
const claimsAtOnce = 16;
/** Whoever sends a flood fills this, not the time of the process. */
const bufferOctets = 1 << 16;

const ipv6Level = 41; // IPPROTO_IPV6
const packetInformation = 50; // IPV6_PKTINFO: struct in6_pktinfo
const indexInInformation = 16;
const destinationInHeader = 24;

export class ClaimSockets {
  readonly #arp: number;
  /** Null: this kernel has no IPv6. */
  readonly #neighbours: number | null;
  readonly #links: LinkLookup;
  readonly #arpBatch = new ReceiveBatch({
    capacity: claimsAtOnce,
    datagramOctets: 128,
    nameOctets: packetName.octets,
  });
  readonly #neighbourBatch = ipv6Socket.openBatch();

  constructor(sockets: Pick<OpenSockets, 'arp' | 'neighbours'>, links: LinkLookup) {
    this.#arp = sockets.arp;
    this.#neighbours = sockets.neighbours;
    this.#links = links;
  }

  get descriptors(): readonly number[] {
    return this.#neighbours === null ? [this.#arp] : [this.#arp, this.#neighbours];
  }

  /** Lets claims of these through; for IPv6, of all addresses that end alike. */
  watch(addresses: readonly IpAddress[]): KernelError | null {
    const senders: number[] = [];
    const targets: number[] = [];
    for (const address of addresses) {
      if (isIpv4(address)) senders.push(ipv4ToNumber(address));
      else {
        const [high = 0, low = 0] = ipv6ToGroups(address).slice(6);
        targets.push(high * 0x1_0000 + low);
      }
    }
    const error = acceptWordsAt(this.#arp, senderOffset, senders);
    if (error !== null || this.#neighbours === null) return error;
    return acceptWordsAt(this.#neighbours, targetOffset, targets);
  }

  /** Hands over a bounded number of claims, each valid until `take` returns. */
  receive(isReady: (descriptor: number) => boolean, take: (claim: ReceivedClaim) => void): void {
    if (isReady(this.#arp)) this.#receiveArp(this.#arp, take);
    const neighbours = this.#neighbours;
    if (neighbours !== null && isReady(neighbours)) this.#receiveNeighbours(neighbours, take);
  }

  close(): void {
    for (const descriptor of this.descriptors) close(descriptor);
  }

  #receiveArp(descriptor: number, take: (claim: ReceivedClaim) => void): void {
    const batch = this.#arpBatch;
    const received = batch.receive(descriptor);
    for (let index = 0; index < received; index += 1) {
      const name = batch.name(index);
      if (name === null) continue;
      const view = new DataView(name.buffer, name.byteOffset, name.length);
      const place = this.#links.nameOf(view.getInt32(packetName.index, true));
      if (place === null) continue;
      const toAll = view.getUint8(packetName.packetType) !== forThisHost;
      take({ interface: place, family: 'IPv4', packet: batch.datagram(index), toAll });
    }
  }

  #receiveNeighbours(descriptor: number, take: (claim: ReceivedClaim) => void): void {
    const batch = this.#neighbourBatch;
    const received = batch.receive(descriptor);
    for (let index = 0; index < received; index += 1) {
      const packet = ipv6Socket.packetOf(batch, index, icmpv6);
      const information = batch.control(index, ipv6Level, packetInformation);
      if (packet === null || information === null) continue;
      const { buffer, byteOffset, length } = information;
      const view = new DataView(buffer, byteOffset, length);
      const place = this.#links.nameOf(view.getInt32(indexInInformation, true));
      if (place === null) continue;
      // RFC 4291 section 2.7: multicast addresses begin with ff.
      const toAll = packet[destinationInHeader] === 0xff;
      take({ interface: place, family: 'IPv6', packet, toAll });
    }
  }
}

interface OpenSockets {
  readonly arp: number;
  readonly neighbours: number | null;
}

/** Opens both; nothing is left open where that fails half-way. */
export function openClaimSockets(links: LinkLookup): Result<ClaimSockets, KernelError> {
  const arp = openArpSocket();
  if (!arp.ok) return arp;
  const neighbours = openNeighbourSocket();
  if (neighbours.ok) {
    return success(new ClaimSockets({ arp: arp.value, neighbours: neighbours.value }, links));
  }
  // A kernel without IPv6 has no such addresses to watch either.
  if (neighbours.error.code === 'EAFNOSUPPORT') {
    return success(new ClaimSockets({ arp: arp.value, neighbours: null }, links));
  }
  close(arp.value);
  return neighbours;
}

/** With protocol 0 it hears nothing until it is bound, when its filter is there already. */
function openArpSocket(): Result<number, KernelError> {
  const opened = openSocket(packetFamily, 'datagram', 0, 'open packet socket for ARP');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  const name = allocate(packetName.octets);
  name.view.setUint16(0, packetFamily, true);
  name.view.setUint16(packetName.protocol, arpProtocol, false);
  const error =
    setBuffer(descriptor, 'receive', bufferOctets) ??
    acceptWordsAt(descriptor, senderOffset, []) ??
    (bind(descriptor, name.address, packetName.octets) < 0 ? lastError('bind to ARP') : null);
  if (error === null) return success(descriptor);
  close(descriptor);
  return failure(error);
}

function openNeighbourSocket(): Result<number, KernelError> {
  const opened = openSocket(ipv6Family, 'raw', icmpv6, 'open socket for neighbour advertisements');
  if (!opened.ok) return opened;
  const descriptor = opened.value;
  let error =
    acceptWordsAt(descriptor, targetOffset, []) ??
    setIcmpv6Filter(descriptor) ??
    setBuffer(descriptor, 'receive', bufferOctets);
  for (const { value, ...option } of ipv6Socket.options) {
    // What the header is put together from; the rest is for who joins groups of its own.
    const tells = option.call.startsWith('set IPV6_RECV');
    if (tells) error ??= setNumberOption(descriptor, option, value);
  }
  if (error === null) return success(descriptor);
  close(descriptor);
  return failure(error);
}

function setIcmpv6Filter(descriptor: number): KernelError | null {
  const { name, octets, wanted } = icmpv6Filter;
  const filter = allocate(octets);
  filter.octets.fill(0xff);
  const word = (wanted >>> 5) * 4;
  filter.view.setUint32(word, ~(1 << (wanted & 31)) >>> 0, true);
  const failed = setsockopt(descriptor, icmpv6, name, filter.address, octets) < 0;
  return failed ? lastError('set ICMP6_FILTER') : null;
}
