/** Chance in the simulator: every part draws from a stream of its own, all grown from one seed. */
import { seededRandom, type Random } from '../base/random.ts';
import { microseconds, type Duration } from '../base/units.ts';

/** The shortest and the longest that something may take. */
export interface DurationRange {
  readonly least: Duration;
  readonly most: Duration;
}

/**
 * The stream of `name`. What one part draws does not depend on how often
 * another one has drawn, so that a change here does not stir up everything there.
 */
export function streamOf(seed: number, name: string): Random {
  // FNV-1a, 32 bits: any mixing that tells names apart would do.
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return seededRandom(hash);
}

/** A duration of the range, in whole microseconds, each as likely as the other. */
export function drawDuration(random: Random, { least, most }: DurationRange): Duration {
  return microseconds(least + random.next() * (most - least));
}

/** A session of a side channel: 16 hexadecimal digits, not all of them 0. */
export function drawSession(random: Random): string {
  const words = [1 + random.next() * 0xffff_fffe, random.next() * 0x1_0000_0000];
  return words.map((word) => Math.floor(word).toString(16).padStart(8, '0')).join('');
}
