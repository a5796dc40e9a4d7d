/** The UDP socket of a side channel on a simulated host. */
import { isIpv4, isIpv6, type IpAddress } from '../model/address.ts';
import type { SideEndpoint } from '../model/side-channel.ts';
import type { ReceivedSideDatagram } from '../ports/network.ts';
import { emitIpv4Header, ipProtocols, parseIpv4Header } from '../wire/ipv4.ts';
import { emitIpv6Header, ipv6HeaderLength, parseIpv6Header } from '../wire/ipv6.ts';
import { emitUdpHeader, parseUdpHeader, udpHeaderLength } from '../wire/udp.ts';

/** As on a real host: datagrams taken a `receive`, and kept in the socket's buffer. */
const datagramsAtOnce = 16;
const datagramsKept = 64;

const timeToLive = 64;

export class SimulatedSideSocket {
  private own: SideEndpoint | null = null;
  private readonly arrived: ReceivedSideDatagram[] = [];

  get holdsAny(): boolean {
    return this.arrived.length > 0;
  }

  open(own: SideEndpoint): void {
    this.close();
    this.own = own;
  }

  close(): void {
    this.own = null;
    this.arrived.length = 0;
  }

  /** Whether an IP packet to this host is for this socket; then it is kept for `take`. */
  arrive(packet: Uint8Array): boolean {
    const { own } = this;
    const datagram = datagramIn(packet);
    if (own === null || datagram === null || this.arrived.length >= datagramsKept) return false;
    const header = parseUdpHeader(datagram.octets);
    const meant = datagram.destination === own.address;
    if (!meant || !header.ok || header.value.destinationPort !== own.port) return false;
    const end = udpHeaderLength + header.value.payloadLength;
    this.arrived.push({
      source: datagram.source,
      octets: datagram.octets.subarray(udpHeaderLength, end),
    });
    return true;
  }

  take(): readonly ReceivedSideDatagram[] {
    return this.arrived.splice(0, datagramsAtOnce);
  }

  /** The IP packet that carries a datagram; null where none can leave. */
  packetTo(to: SideEndpoint, octets: Uint8Array): Uint8Array | null {
    const { own } = this;
    if (own === null) return null;
    const payloadLength = udpHeaderLength + octets.length;
    const { address: source } = own;
    const { address: destination } = to;
    const packet = new Uint8Array(ipv6HeaderLength + payloadLength);
    let offset: number;
    if (isIpv4(source) && isIpv4(destination)) {
      const ends = { source, destination, timeToLive, payloadLength };
      const header = { identification: 0, protocol: ipProtocols.udp };
      offset = emitIpv4Header(packet, 0, { ...ends, ...header });
    } else if (isIpv6(source) && isIpv6(destination)) {
      const ends = { source, destination, hopLimit: timeToLive, payloadLength };
      offset = emitIpv6Header(packet, 0, { ...ends, nextHeader: ipProtocols.udp });
    } else return null;
    offset += emitUdpHeader(packet, offset, {
      sourcePort: own.port,
      destinationPort: to.port,
      payloadLength: octets.length,
    });
    packet.set(octets, offset);
    return packet.subarray(0, offset + octets.length);
  }
}

interface Datagram {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** From the UDP header on. */
  readonly octets: Uint8Array;
}

function datagramIn(packet: Uint8Array): Datagram | null {
  const ipv4 = parseIpv4Header(packet);
  if (ipv4.ok) {
    const { source, destination, protocol, headerLength, totalLength } = ipv4.value;
    if (protocol !== ipProtocols.udp) return null;
    return { source, destination, octets: packet.subarray(headerLength, totalLength) };
  }
  const ipv6 = parseIpv6Header(packet);
  if (!ipv6.ok || ipv6.value.nextHeader !== ipProtocols.udp) return null;
  const { source, destination, payloadLength } = ipv6.value;
  const end = ipv6HeaderLength + payloadLength;
  return { source, destination, octets: packet.subarray(ipv6HeaderLength, end) };
}
