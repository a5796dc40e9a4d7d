/** The messages of a datagram as octets, and how a thing that was listed is asked away. */
import { messageFlag, align, headerLength, littleEndian } from './rtnetlink.ts';

/** Total on any octets: it ends at the first message that does not fit. */
export function messagesIn(datagram: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const messages: Uint8Array[] = [];
  let start = 0;
  while (start + headerLength <= view.byteLength) {
    const length = view.getUint32(start, littleEndian);
    if (length < headerLength || start + length > view.byteLength) break;
    messages.push(datagram.subarray(start, start + length));
    start += align(length);
  }
  return messages;
}

/**
 * Asks for exactly what was listed to be deleted, as `ip route flush` does: of rtnetlink's types
 * the one that deletes follows the one that tells of a new thing.
 */
export function deletionOf(listed: Uint8Array, sequence: number): Uint8Array {
  const octets = Uint8Array.from(listed);
  const view = new DataView(octets.buffer);
  view.setUint16(4, view.getUint16(4, littleEndian) + 1, littleEndian);
  view.setUint16(6, messageFlag.request | messageFlag.acknowledge, littleEndian);
  view.setUint32(8, sequence, littleEndian);
  view.setUint32(12, 0, littleEndian);
  return octets;
}
