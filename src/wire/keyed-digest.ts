/**
 * Keyed digests (RFC 2104). The algorithms are Node's; nothing else of it is used in this folder.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { writeHex } from './octets.ts';

export interface DigestOptions {
  readonly algorithm: 'md5' | 'sha256';
  /** In hexadecimal; a secret. */
  readonly key: string;
  /** The octets at the digest's start that are kept. */
  readonly length: number;
}

/** The digest of the pieces, one behind the other. */
export function keyedDigest(
  pieces: readonly Uint8Array[],
  { algorithm, key, length }: DigestOptions,
): Uint8Array {
  const keyOctets = new Uint8Array(key.length / 2);
  writeHex(keyOctets, 0, key);
  const hmac = createHmac(algorithm, keyOctets);
  for (const piece of pieces) hmac.update(piece);
  return hmac.digest().subarray(0, length);
}

/** Whether they are equal, in a time that does not tell where they differ. */
export function isSameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
