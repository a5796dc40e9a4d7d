/**
 * Gives a parser many inputs. Each is made of one that is kept; an input with an
 * outcome that was not seen before is kept too, so the search goes where something
 * new happens. Coverage of the engine's is far too slow to be asked for each input.
 */
import { seededRandom, type Random } from '../../src/base/random.ts';
import { mutate, pick } from './mutation.ts';

export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with. */
  readonly corpus: readonly Uint8Array[];
  readonly words: readonly Uint8Array[];
  /** Octets of an input at most. */
  readonly limitOctets: number;
  /** What an input may take, in milliseconds of the processor's time. */
  readonly limitMs: number;
  /** Puts in order what no chance would: checksums. */
  readonly mend?: (octets: Uint8Array, random: Random) => Uint8Array;
  /** What came of it, in few words; throws where a promise is broken. */
  readonly run: (octets: Uint8Array) => string;
}

export interface FuzzFailure {
  readonly message: string;
  /** As small as it could be made. */
  readonly input: Uint8Array;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly seconds: number;
  readonly outcomes: number;
  readonly slowestMs: number;
  readonly failures: readonly FuzzFailure[];
}

export interface CampaignOptions {
  readonly inputs: number;
  /** The campaign ends then, however many inputs there were. */
  readonly seconds: number;
  readonly seed: number;
}

/** Beyond these, what is new is not worth its room. */
const keptLimit = 4_000;
const outcomeLimit = 200_000;
const failureLimit = 10;
const mendShare = 0.6;
const minimisingSteps = 4_000;

export function fuzz(target: FuzzTarget, options: CampaignOptions): FuzzReport {
  const random = seededRandom(options.seed);
  const kept = [...target.corpus];
  const outcomes = new Set<string>();
  const failures = new Map<string, Uint8Array>();
  const began = performance.now();
  let slowestMs = 0;
  let inputs = 0;
  for (; inputs < options.inputs && failures.size < failureLimit; inputs += 1) {
    const startedMs = performance.now();
    if (startedMs - began > options.seconds * 1_000) break;
    const input = target.corpus[inputs] ?? grow();
    const { outcome, message } = judge(target, input);
    const tookMs = performance.now() - startedMs;
    if (tookMs > slowestMs) slowestMs = tookMs;
    const slow = message === null && tookMs > target.limitMs && isSlow(target, input);
    const wrong = message ?? (slow ? tooSlow : null);
    if (wrong !== null) {
      if (!failures.has(placeless(wrong))) failures.set(placeless(wrong), input);
    } else if (outcomes.size < outcomeLimit && !outcomes.has(outcome)) {
      outcomes.add(outcome);
      if (kept.length < keptLimit) kept.push(input);
      else kept[Math.floor(random.next() * kept.length)] = input;
    }
  }
  const seconds = (performance.now() - began) / 1_000;
  return {
    ...{ inputs, seconds, slowestMs, outcomes: outcomes.size },
    failures: [...failures].map(([message, input]) => minimise(target, message, input)),
  };

  function grow(): Uint8Array {
    const { words, limitOctets: limit } = target;
    const grown = mutate(pick(kept, random), { other: pick(kept, random), random, words, limit });
    return target.mend && random.next() < mendShare ? target.mend(grown, random) : grown;
  }
}

const tooSlow = 'it took longer than it may';

function judge(
  target: FuzzTarget,
  input: Uint8Array,
): { readonly outcome: string; readonly message: string | null } {
  try {
    return { outcome: target.run(input), message: null };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: '', message: text.split('\n').slice(0, 3).join('\n') };
  }
}

/** Once more by the processor's time: the machine may have been busy with something else. */
function isSlow(target: FuzzTarget, input: Uint8Array): boolean {
  const before = process.cpuUsage();
  judge(target, input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 > target.limitMs;
}

/** The message without what differs from input to input, so that one fault is told once. */
function placeless(message: string): string {
  return message.replace(/ <<[^]*?>>/g, '');
}

/** Leaves out what can be left out while the same goes wrong. */
function minimise(target: FuzzTarget, message: string, input: Uint8Array): FuzzFailure {
  const fails = (candidate: Uint8Array): boolean =>
    message === tooSlow
      ? isSlow(target, candidate)
      : placeless(judge(target, candidate).message ?? '') === message;
  let smallest = input;
  let steps = 0;
  for (let size = input.length >> 1; size >= 1; size >>= 1) {
    for (let start = 0; start + size <= smallest.length && steps < minimisingSteps; steps += 1) {
      const end = smallest.subarray(start + size);
      const candidate = Uint8Array.from([...smallest.subarray(0, start), ...end]);
      if (fails(candidate)) smallest = candidate;
      else start += size;
    }
  }
  return { message: judge(target, smallest).message ?? message, input: smallest };
}
