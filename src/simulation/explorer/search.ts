/** Visits every state that can be reached, the nearest first, so that what it finds is shortest. */
import { Numbers } from './numbers.ts';
import { isFault, moveTypes, Moves, type Laws, type Move } from './moves.ts';
import { isSettled, judge } from './properties.ts';
import { faultKinds } from './settings.ts';
import { decode, encode, type World } from './world.ts';

export interface Finding {
  readonly text: string;
  readonly moves: readonly Move[];
}

/** All that was found out about the states, which are numbers from 0. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** The longest of the shortest ways to a state, in moves. */
  readonly depth: number;
  /** All that can be reached has been visited. */
  readonly complete: boolean;
  readonly finding: Finding | null;
  /** By adverts lost: for how many ticks two hosts that run have both answered at the most. */
  readonly overlaps: readonly number[];
  /** Likewise: for how many ticks one that is dead or frozen has answered beside another. */
  readonly remains: readonly number[];
  readonly graph: Graph;
}

/** How the states lead to each other when nothing goes wrong. */
export interface Graph {
  /** Where the successors of each state begin; one more at the end. */
  readonly starts: Numbers;
  /** State and whether a tick lies between, in one number: twice the state, plus 1 for a tick. */
  readonly successors: Numbers;
  readonly settled: Numbers;
  readonly cameFrom: Numbers;
  readonly cameBy: Numbers;
}

const movesPerType = 64;

export function explore(laws: Laws): Exploration {
  return new Search(laws).run();
}

class Search {
  private readonly laws: Laws;
  private readonly moves: Moves;
  private readonly numbers = new Map<string, number>();
  private readonly graph: Graph = {
    starts: new Numbers(),
    successors: new Numbers(),
    settled: new Numbers(),
    cameFrom: new Numbers(),
    cameBy: new Numbers(),
  };
  private readonly overlaps: number[] = [];
  private readonly remains: number[] = [];
  private transitions = 0;
  private next: string[] = [];

  constructor(laws: Laws) {
    this.laws = laws;
    this.moves = new Moves(laws);
  }

  run(): Exploration {
    const { stateLimit } = this.laws.settings;
    this.visit(this.moves.initial(), -1, { type: 'tick', index: 0 });
    let depth = 0;
    let finding: Finding | null = null;
    let state = 0;
    while (this.numbers.size <= stateLimit) {
      const level = this.next;
      this.next = [];
      for (const text of level) {
        finding ??= this.expand(text, state);
        state += 1;
      }
      if (finding !== null || this.next.length === 0) break;
      depth += 1;
    }
    const complete = finding === null && this.next.length === 0;
    this.graph.starts.push(this.graph.successors.length);
    const { numbers, transitions, overlaps, remains, graph } = this;
    const sizes = { states: numbers.size, transitions, depth, complete };
    return { ...sizes, finding, overlaps, remains, graph };
  }

  private expand(text: string, state: number): Finding | null {
    const hostCount = this.laws.settings.priorities.length;
    const { starts, successors, settled } = this.graph;
    starts.push(successors.length);
    const world = decode(text, hostCount);
    settled.push(isSettled(world, this.laws.settings) ? 1 : 0);
    for (const move of this.moves.possible(world)) {
      const changed = decode(text, hostCount);
      try {
        this.moves.make(changed, move);
        judge(changed, this.laws);
      } catch (thrown) {
        // Whatever the core, or a checker, refuses is a finding.
        if (!(thrown instanceof Error)) throw thrown;
        return { text: thrown.message, moves: [...pathTo(this.graph, state), move] };
      }
      this.transitions += 1;
      const successor = this.visit(changed, state, move);
      if (!isFault(move)) successors.push(successor * 2 + (move.type === 'tick' ? 1 : 0));
    }
    if (successors.length > starts.at(state)) return null;
    return { text: 'nothing can happen any more', moves: pathTo(this.graph, state) };
  }

  private visit(world: World, from: number, move: Move): number {
    const text = encode(world);
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    this.numbers.set(text, number);
    this.next.push(text);
    this.graph.cameFrom.push(from);
    this.graph.cameBy.push(moveTypes.indexOf(move.type) * movesPerType + move.index);
    const lost = world.spent[faultKinds.indexOf('losses')] ?? 0;
    this.overlaps[lost] = Math.max(this.overlaps[lost] ?? 0, world.overlap);
    this.remains[lost] = Math.max(this.remains[lost] ?? 0, world.remains);
    return number;
  }
}

/** The moves that lead to a state, as few as there are. */
export function pathTo({ cameFrom, cameBy }: Graph, state: number): readonly Move[] {
  const moves: Move[] = [];
  for (let at = state; at > 0; at = cameFrom.at(at)) {
    const code = cameBy.at(at);
    const type = moveTypes[Math.floor(code / movesPerType)];
    if (type !== undefined) moves.push({ type, index: code % movesPerType });
  }
  return moves.reverse();
}
