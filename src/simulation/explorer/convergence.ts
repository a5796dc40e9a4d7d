/**
 * What comes of every state when nothing more goes wrong: whether each way on leads to where the
 * right host answers and goes on to, and how long that may take at the most.
 */
import type { Graph } from './search.ts';

export interface Convergence {
  /** The longest that any state needs, in ticks; null: one never comes to rest. */
  readonly ticks: number | null;
  /** The state that needs so long, or one that never comes to rest. */
  readonly state: number;
}

const unknown = -1;
const underWay = -2;

export function findConvergence(graph: Graph): Convergence {
  const atRest = statesAtRest(graph);
  const waits = new Int32Array(atRest.length).fill(unknown);
  let longest = 0;
  let slowest = 0;
  for (let state = 0; state < atRest.length; state += 1) {
    const stuck = measure(graph, { atRest, waits, state });
    if (stuck !== null) return { ticks: null, state: stuck };
    const wait = waits[state] ?? 0;
    if (wait <= longest) continue;
    longest = wait;
    slowest = state;
  }
  return { ticks: longest, state: slowest };
}

/** The settled states from which every way on leads through settled states only. */
function statesAtRest({ settled, starts, successors }: Graph): Uint8Array {
  const atRest = new Uint8Array(settled.length);
  for (let state = 0; state < atRest.length; state += 1) atRest[state] = settled.at(state);
  // Ways on mostly lead to later states, so that from the end it takes a few rounds.
  for (let changed = true; changed;) {
    changed = false;
    for (let state = atRest.length - 1; state >= 0; state -= 1) {
      if (atRest[state] === 0) continue;
      for (let place = starts.at(state); place < starts.at(state + 1); place += 1) {
        if (atRest[successors.at(place) >> 1] !== 0) continue;
        atRest[state] = 0;
        changed = true;
        break;
      }
    }
  }
  return atRest;
}

interface Measurement {
  readonly atRest: Uint8Array;
  /** By state: the longest way to rest, in ticks. */
  readonly waits: Int32Array;
  readonly state: number;
}

/** Finds how long a state needs; a state that lies on a circle outside of rest is returned. */
function measure(graph: Graph, { atRest, waits, state }: Measurement): number | null {
  if (waits[state] !== unknown) return null;
  const { starts, successors } = graph;
  const path = [state];
  const places = [starts.at(state)];
  if (atRest[state] === 0) waits[state] = underWay;
  else {
    waits[state] = 0;
    return null;
  }
  while (path.length > 0) {
    const current = path.at(-1) ?? 0;
    const place = places.at(-1) ?? 0;
    if (place < starts.at(current + 1)) {
      places[places.length - 1] = place + 1;
      const next = successors.at(place) >> 1;
      if (atRest[next] !== 0) waits[next] = 0;
      if (waits[next] === underWay) return next;
      if (waits[next] !== unknown) continue;
      waits[next] = underWay;
      path.push(next);
      places.push(starts.at(next));
      continue;
    }
    waits[current] = longestFrom(graph, current, waits);
    path.pop();
    places.pop();
  }
  return null;
}

function longestFrom({ starts, successors }: Graph, state: number, waits: Int32Array): number {
  let longest = 0;
  for (let place = starts.at(state); place < starts.at(state + 1); place += 1) {
    const successor = successors.at(place);
    longest = Math.max(longest, (waits[successor >> 1] ?? 0) + (successor & 1));
  }
  return longest;
}
