/** The UDP header (RFC 768). */
import { failure, success, type Result } from '../base/result.ts';
import { readUint16, writeUint16 } from './octets.ts';

/**
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |          Source port          |       Destination port        |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |            Length             |           Checksum            |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface UdpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Octets behind the header. */
  readonly payloadLength: number;
}

const lengthOffset = 4;
const checksumOffset = 6;

/** Octets of a header. */
export const udpHeaderLength = 8;

/** The header at the start of a datagram; refused is one that is cut off. */
export function parseUdpHeader(datagram: Uint8Array): Result<UdpHeader, 'length'> {
  if (datagram.length < udpHeaderLength) return failure('length');
  const length = readUint16(datagram, lengthOffset);
  if (length < udpHeaderLength || length > datagram.length) return failure('length');
  return success({
    sourcePort: readUint16(datagram, 0),
    destinationPort: readUint16(datagram, 2),
    payloadLength: length - udpHeaderLength,
  });
}

/** Writes a header without a checksum, which over IPv4 is one's own choice; returns 8. */
export function emitUdpHeader(target: Uint8Array, offset: number, header: UdpHeader): number {
  writeUint16(target, offset, header.sourcePort);
  writeUint16(target, offset + 2, header.destinationPort);
  writeUint16(target, offset + lengthOffset, udpHeaderLength + header.payloadLength);
  writeUint16(target, offset + checksumOffset, 0);
  return udpHeaderLength;
}
