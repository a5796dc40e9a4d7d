/**
 * Whether the table of states tells the truth: one history after another is drawn by chance and
 * gone through twice, with the table and with cores that are told everything from their start.
 */
import { assert } from '../../base/assert.ts';
import type { Random } from '../../base/random.ts';
import { Moves, Violation, type Laws, type Move } from './moves.ts';
import { ToldCores } from './told-cores.ts';
import { decode, encode, type World } from './world.ts';

/** Throws where the two differ; returns how many moves were made. */
export function compareWithToldCores(
  laws: Laws,
  { histories, length }: { readonly histories: number; readonly length: number },
  random: Random,
): number {
  let count = 0;
  for (let history = 0; history < histories; history += 1) {
    count += compareOne(laws, length, random);
  }
  return count;
}

function compareOne(laws: Laws, length: number, random: Random): number {
  const told = { ...laws, cores: new ToldCores(laws.settings, laws.occurrences) };
  const sides = [laws, told].map((one) => ({ laws: one, moves: new Moves(one) }));
  let worlds = sides.map(({ moves }) => moves.initial());
  for (let step = 0; step < length; step += 1) {
    // As the search has it: adverts in the order in which it counts them.
    worlds = worlds.map((one) => decode(encode(one), one.hosts.length));
    const [seen, truth] = sides.map((side, index) => viewOf(side.laws, worlds[index]));
    assert(seen === truth, `the table has ${String(seen)}, the truth is ${String(truth)}`);
    const move = drawMove(sides[0]?.moves, worlds[0], random);
    if (move === undefined) return step;
    try {
      for (const [index, { moves }] of sides.entries()) {
        const one = worlds[index];
        if (one !== undefined) moves.make(one, move);
      }
    } catch (thrown) {
      if (thrown instanceof Violation) return step;
      throw thrown;
    }
  }
  return length;
}

function drawMove(moves?: Moves, world?: World, random?: Random): Move | undefined {
  if (moves === undefined || world === undefined || random === undefined) return undefined;
  const possible = moves.possible(world);
  return possible[Math.floor(random.next() * possible.length)];
}

/** All of a state but the numbers of cores, in whose place stands what can be seen of them. */
function viewOf({ cores }: Laws, world: World | undefined): string {
  return JSON.stringify(world, (key, value: unknown) => {
    if (key !== 'core' || typeof value !== 'number') return value;
    return `${cores.stateName(value)} ${cores.dueIn(value)}`;
  });
}
