/** Writes what long runs have come to into docs/proof.md, between two marks. */
import { rewriteBetween } from '../gates/marked-text.ts';
import { describeFailure } from '../../src/simulation/campaign/timeline.ts';
import { countFailures } from './campaign.ts';
import type { Ledger } from './ledger.ts';

/** `ledgers`: of runs over different seeds, at the same commit. */
export function writeFigures(file: string, ledgers: readonly Ledger[]): void {
  rewriteBetween({ file, mark: 'simulated scenarios' }, renderFigures(ledgers));
}

function renderFigures(ledgers: readonly Ledger[]): string {
  const [first] = ledgers;
  if (first === undefined) throw new Error('no run to write down');
  if (ledgers.some(({ commit }) => commit !== first.commit)) {
    throw new Error('these runs were at different commits');
  }
  const sum = (of: (ledger: Ledger) => number): number =>
    ledgers.reduce((total, ledger) => total + of(ledger), 0);
  const failed = ledgers.flatMap((ledger) => ledger.failed);
  const failovers = sum((ledger) => ledger.failovers);
  const cpuSeconds = sum((ledger) => ledger.cpuSeconds);
  const ranges = ledgers.map(({ from, next }) => `${grouped(from)} to ${grouped(next - 1)}`);
  const lines = [
    `- commit: ${first.commit}`,
    `- seeds: ${ranges.join(' and ')}`,
    `- scenarios: ${grouped(sum(({ from, next }) => next - from))}`,
    `- fail-overs: ${grouped(failovers)}`,
    `- simulated: ${grouped(sum((ledger) => ledger.simulatedSeconds) / 3_600)} hours`,
    `- CPU time: ${grouped(cpuSeconds)} s, ${first.machine}`,
    `- fail-overs a second of CPU time: ${grouped(failovers / cpuSeconds)}`,
    `- failures: ${countFailures(failed)}`,
    ...failed.map(({ seed, failure }) => `  - seed ${seed}: ${describeFailure(failure)}`),
  ];
  return lines.join('\n');
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
