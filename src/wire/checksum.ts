/**
 * The Internet checksum (RFC 1071): the one's complement of the one's complement
 * sum of 16-bit words, the last of them filled with a zero octet where need be.
 *
 * What is covered may lie in several pieces, a pseudo-header before its message
 * for one: each sum starts from the one before. Every piece but the last has an
 * even number of octets, as the headers of all protocols here do.
 */
import { assert } from '../base/assert.ts';

/**
 * The running sum after the octets from `start` up to `end`, which are there.
 * Carries are kept until the end, where a sum of 2^32 octets would still be exact.
 */
export function sumOctets(octets: Uint8Array, start: number, end: number, before = 0): number {
  assert(start >= 0 && start <= end && end <= octets.length, 'sum past the end of the octets');
  let sum = before;
  for (let index = start; index < end; index += 2) {
    sum += ((octets[index] ?? 0) << 8) | (index + 1 < end ? (octets[index + 1] ?? 0) : 0);
  }
  return sum;
}

/** The 16-bit checksum of a running sum that was taken with the checksum field at zero. */
export function checksumOf(sum: number): number {
  return 0xffff - fold(sum);
}

/** Whether a running sum that took in the checksum field says that nothing was changed. */
export function isIntact(sum: number): boolean {
  return fold(sum) === 0xffff;
}

/** Adds the carries back in (RFC 1071 section 1, step 2). */
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x1_0000) + Math.floor(folded / 0x1_0000);
  return folded;
}
