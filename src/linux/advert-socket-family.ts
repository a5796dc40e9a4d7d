/** What is different between raw sockets of IPv4 and of IPv6. */
import { ReceiveBatch } from './message-batch.ts';

/** An option of a socket and what it is set to. */
interface FamilyOption {
  readonly level: number;
  readonly name: number;
  readonly call: string;
  readonly value: number;
}

export interface AdvertSocketFamily {
  /** AF_INET or AF_INET6 */
  readonly addressFamily: number;
  readonly options: readonly FamilyOption[];
  /** Where the destination stands in a packet, and where in a socket address. */
  readonly addressInPacket: number;
  readonly addressInName: number;
  readonly addressLength: number;
  /** A socket address on this interface, its IP address still to be filled in. */
  readonly addressTemplate: (index: number) => Uint8Array;
  readonly openBatch: () => ReceiveBatch;
  /** A received packet from the IP header on; null where the kernel did not tell enough. */
  readonly packetOf: (batch: ReceiveBatch, index: number, protocol: number) => Uint8Array | null;
}

/** Packets taken from one channel a `receive`; the others get their turn before the rest. */
const packetsAtOnce = 64;

const ipv4Level = 0; // IPPROTO_IP

export const ipv4Socket: AdvertSocketFamily = {
  addressFamily: 2,
  options: [
    { level: ipv4Level, name: 3, call: 'set IP_HDRINCL', value: 1 },
    { level: ipv4Level, name: 34, call: 'set IP_MULTICAST_LOOP', value: 0 },
    // Else it would receive what any other socket of this host has joined.
    { level: ipv4Level, name: 49, call: 'set IP_MULTICAST_ALL', value: 0 },
  ],
  addressInPacket: 16, // RFC 791 section 3.1
  addressInName: 4, // struct sockaddr_in: family, port, address, padding
  addressLength: 4,
  addressTemplate: () => socketAddress(16, 2),
  // Longer than any advert: 20 octets of IP header, 24 of AH, 8 of VRRP, 255 addresses, trailers.
  openBatch: () => new ReceiveBatch({ capacity: packetsAtOnce, datagramOctets: 2048 }),
  packetOf: (batch, index) => batch.datagram(index),
};

const ipv6Level = 41; // IPPROTO_IPV6
const ipv6HeaderLength = 40; // RFC 8200 section 3
const ipv6NameLength = 28; // struct sockaddr_in6: family, port, flow, address, scope
const addressInIpv6Name = 8;
const scopeInIpv6Name = 24;

/** Types of control messages. */
const packetInformation = 50; // IPV6_PKTINFO: struct in6_pktinfo
const hopLimit = 52; // IPV6_HOPLIMIT: int
const trafficClass = 67; // IPV6_TCLASS: int

/**
 * IPV6_HDRINCL is older (Linux 4.5) than the pidfds without which Baton does not run.
 * IPV6_CHECKSUM is left off, so that a wrong checksum reaches our own parser.
 */
export const ipv6Socket: AdvertSocketFamily = {
  addressFamily: 10,
  options: [
    { level: ipv6Level, name: 36, call: 'set IPV6_HDRINCL', value: 1 },
    { level: ipv6Level, name: 19, call: 'set IPV6_MULTICAST_LOOP', value: 0 },
    { level: ipv6Level, name: 29, call: 'set IPV6_MULTICAST_ALL', value: 0 },
    { level: ipv6Level, name: 49, call: 'set IPV6_RECVPKTINFO', value: 1 },
    { level: ipv6Level, name: 51, call: 'set IPV6_RECVHOPLIMIT', value: 1 },
    { level: ipv6Level, name: 66, call: 'set IPV6_RECVTCLASS', value: 1 },
  ],
  addressInPacket: 24,
  addressInName: addressInIpv6Name,
  addressLength: 16,
  addressTemplate: (index) => {
    const name = socketAddress(ipv6NameLength, 10);
    // Only link-local addresses need it, and for others it is passed over.
    new DataView(name.buffer).setUint32(scopeInIpv6Name, index, true);
    return name;
  },
  openBatch: () =>
    new ReceiveBatch({
      capacity: packetsAtOnce,
      // 40 octets of header, 8 of VRRP, 255 addresses of 16, and a trailer.
      datagramOctets: 4608,
      headroomOctets: ipv6HeaderLength,
      nameOctets: ipv6NameLength,
      controlOctets: 128,
    }),
  packetOf: ipv6PacketOf,
};

/** The kernel keeps the header to itself: it is written anew in front of what came after it. */
function ipv6PacketOf(batch: ReceiveBatch, index: number, protocol: number): Uint8Array | null {
  const packet = batch.datagram(index);
  const source = batch.name(index);
  const destination = batch.control(index, ipv6Level, packetInformation);
  const limit = batch.control(index, ipv6Level, hopLimit);
  const traffic = batch.control(index, ipv6Level, trafficClass);
  if (source === null || destination === null || limit === null) return null;
  const trafficOctet = traffic?.[0] ?? 0;
  const payloadLength = packet.length - ipv6HeaderLength;
  packet[0] = 0x60 | (trafficOctet >> 4);
  packet[1] = (trafficOctet & 0xf) << 4;
  packet[2] = 0;
  packet[3] = 0;
  packet[4] = payloadLength >> 8;
  packet[5] = payloadLength & 0xff;
  packet[6] = protocol;
  packet[7] = limit[0] ?? 0;
  packet.set(source.subarray(addressInIpv6Name, addressInIpv6Name + 16), 8);
  packet.set(destination.subarray(0, 16), 24);
  return packet;
}

function socketAddress(length: number, family: number): Uint8Array {
  const address = new Uint8Array(length);
  address[0] = family;
  return address;
}
