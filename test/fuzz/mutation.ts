/** Makes new inputs of old ones: what goes wrong on a wire or under an editor's hands. */
import type { Random } from '../../src/base/random.ts';

export interface MutationOptions {
  /** Octets that a result has at most. */
  readonly limit: number;
  /** Pieces that mean something to the parser. */
  readonly words: readonly Uint8Array[];
}

/** Values at which lengths and counts tend to break. */
const telling = [0, 1, 2, 3, 4, 7, 8, 0x0f, 0x10, 0x7f, 0x80, 0xfe, 0xff];
const longestPiece = 32;
const mostSteps = 5;

type Step = (octets: Uint8Array, context: StepContext) => Uint8Array;

interface StepContext extends MutationOptions {
  readonly random: Random;
  readonly other: Uint8Array;
}

/** A changed copy of `octets`; some of the steps take a piece of `other`. */
export function mutate(
  octets: Uint8Array,
  { other, random, ...options }: MutationOptions & { random: Random; other: Uint8Array },
): Uint8Array {
  let mutated: Uint8Array = octets.slice();
  for (let step = 0; step < mostSteps; step += 1) {
    mutated = pick(steps, random)(mutated, { ...options, random, other });
    if (random.next() < 0.5) break;
  }
  return mutated.subarray(0, options.limit);
}

/** One of `choices`, which has one. */
export function pick<Choice>(choices: readonly Choice[], random: Random): Choice {
  return choices[below(choices.length, random)] as Choice;
}

/** A whole number from 0 on that is less than `limit`; 0 if there is none. */
function below(limit: number, random: Random): number {
  return Math.floor(random.next() * limit);
}

const steps: readonly Step[] = [
  flipBit,
  flipBit,
  changeOctet,
  changeOctet,
  changeNumber,
  truncate,
  remove,
  repeat,
  insertNoise,
  insertWord,
  splice,
];

function flipBit(octets: Uint8Array, { random }: StepContext): Uint8Array {
  const place = below(octets.length, random);
  octets[place] = (octets[place] ?? 0) ^ (1 << below(8, random));
  return octets;
}

function changeOctet(octets: Uint8Array, { random }: StepContext): Uint8Array {
  const value = random.next() < 0.5 ? pick(telling, random) : below(256, random);
  octets[below(octets.length, random)] = value;
  return octets;
}

/** A number of 2 or 4 octets, either end first: lengths above all. */
function changeNumber(octets: Uint8Array, { random }: StepContext): Uint8Array {
  const length = random.next() < 0.5 ? 2 : 4;
  if (octets.length < length) return octets;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const place = below(octets.length - length + 1, random);
  const least = random.next() < 0.5;
  const value = random.next() < 0.5 ? pick(telling, random) : octets.length + below(9, random) - 4;
  if (length === 2) view.setUint16(place, value, least);
  else view.setUint32(place, value, least);
  return octets;
}

function truncate(octets: Uint8Array, { random }: StepContext): Uint8Array {
  return octets.subarray(0, below(octets.length + 1, random));
}

function remove(octets: Uint8Array, { random }: StepContext): Uint8Array {
  const { start, end } = piece(octets, random);
  return joined(octets.subarray(0, start), octets.subarray(end));
}

function repeat(octets: Uint8Array, { random }: StepContext): Uint8Array {
  const { start, end } = piece(octets, random);
  return joined(octets.subarray(0, end), octets.subarray(start));
}

function insertNoise(octets: Uint8Array, context: StepContext): Uint8Array {
  const { random } = context;
  const noise = Uint8Array.from({ length: 1 + below(8, random) }, () => below(256, random));
  return inserted(octets, noise, random);
}

function insertWord(octets: Uint8Array, context: StepContext): Uint8Array {
  const { words, random } = context;
  if (words.length === 0) return insertNoise(octets, context);
  return inserted(octets, pick(words, random), random);
}

/** The start of the one and the end of the other, or a piece of the other in the one. */
function splice(octets: Uint8Array, { other, random }: StepContext): Uint8Array {
  if (random.next() < 0.5) {
    const { start, end } = piece(other, random);
    return inserted(octets, other.subarray(start, end), random);
  }
  const cut = below(octets.length + 1, random);
  return joined(octets.subarray(0, cut), other.subarray(below(other.length + 1, random)));
}

function piece(octets: Uint8Array, random: Random): { start: number; end: number } {
  const start = below(octets.length, random);
  // Now and then a long one: a block of a configuration, or most of a packet.
  const longest = random.next() < 0.2 ? octets.length : longestPiece;
  return { start, end: Math.min(octets.length, start + 1 + below(longest, random)) };
}

function inserted(octets: Uint8Array, addition: Uint8Array, random: Random): Uint8Array {
  const place = below(octets.length + 1, random);
  return joined(octets.subarray(0, place), addition, octets.subarray(place));
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const each of pieces) {
    whole.set(each, end);
    end += each.length;
  }
  return whole;
}
