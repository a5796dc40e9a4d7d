/** Explores, and puts into words what was found. */
import { times, toSeconds } from '../../base/units.ts';
import { findConvergence } from './convergence.ts';
import { CoreTable } from './core-table.ts';
import { historyText, timeline } from './history.ts';
import type { Laws, Move } from './moves.ts';
import { convergenceLimit } from './properties.ts';
import { explore, pathTo, type Exploration, type Finding } from './search.ts';
import { tickOf, type Settings } from './settings.ts';
import { Occurrences } from './site.ts';
import { ToldCores } from './told-cores.ts';

export interface Report {
  readonly lines: readonly string[];
  /** All states were visited, and nothing is wrong with any of them. */
  readonly clean: boolean;
  readonly states: number;
  readonly finding: Finding | null;
  /** The longest until the right host answers when nothing more goes wrong, in ticks. */
  readonly convergenceTicks: number | null;
}

export function report(settings: Settings): Report {
  const occurrences = new Occurrences();
  const cores = new CoreTable(settings, occurrences);
  const exploration = explore({ settings, cores, occurrences });
  const { states, transitions, depth, complete } = exploration;
  const sizes = [
    `${states} states, ${transitions} transitions, depth ${depth}`,
    `${cores.size} states of cores; they were told something ${cores.told} times`,
  ];
  const judged = judgeWhole(settings, exploration);
  const { finding } = judged;
  const lines = finding === null ? judged.lines : [...judged.lines, ...tell(settings, finding)];
  if (!complete && finding === null) sizes.push('not all: the limit was reached');
  const clean = complete && finding === null;
  const { convergenceTicks } = judged;
  return { lines: [...sizes, ...lines], clean, states, finding, convergenceTicks };
}

interface Judged {
  readonly lines: readonly string[];
  readonly finding: Finding | null;
  readonly convergenceTicks: number | null;
}

/** Judges what can be said only of all states together. */
function judgeWhole(settings: Settings, exploration: Exploration): Judged {
  const { finding, complete, overlaps, remains, graph } = exploration;
  const inSeconds = (ticks: number): string => {
    return `${toSeconds(times(tickOf(settings), ticks))} s`;
  };
  if (finding !== null || !complete) return { lines: [], finding, convergenceTicks: null };
  const lines = [...overlaps.keys()].map(
    (lost) =>
      `${lost} adverts lost: two that run answer for ${inSeconds(overlaps[lost] ?? 0)} at most, ` +
      `a dead one beside another for ${inSeconds(remains[lost] ?? 0)}`,
  );
  const { ticks, state } = findConvergence(graph);
  const found = (text: string): Judged => {
    const moves: readonly Move[] = pathTo(graph, state);
    return { lines, finding: { text, moves }, convergenceTicks: ticks };
  };
  if (ticks === null) return found('from here on the right host need never answer');
  const limit = convergenceLimit(settings);
  if (ticks > limit) {
    return found(`the right host answers after ${inSeconds(ticks)} only, not ${inSeconds(limit)}`);
  }
  lines.push(`from every state the right host answers within ${inSeconds(ticks)}`);
  return { lines, finding: null, convergenceTicks: ticks };
}

function tell(settings: Settings, { text, moves }: Finding): readonly string[] {
  const occurrences = new Occurrences();
  const laws: Laws = { settings, occurrences, cores: new ToldCores(settings, occurrences) };
  return [`FOUND: ${text}`, ...timeline(laws, moves), `--replay '${historyText(moves)}'`];
}
