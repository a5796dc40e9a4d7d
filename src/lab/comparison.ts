/**
 * The article's two questions, asked of keepalived and of Baton: what does it
 * cost the client when nginx dies, and when nginx can't be started again?
 */
import type { LabOptions } from './lab-options.ts';
import type { DaemonKind } from './pair.ts';
import type { PlayedStep } from './story-event.ts';

/** Both run from the same file; first the one that people use today. */
export const comparedKinds: readonly DaemonKind[] = ['keepalived', 'baton'];

/** A step that is not over by then is left as it is. */
const comparisonPatienceMs = 21_000;

export function comparisonOptions(kind: DaemonKind): LabOptions {
  return {
    pair: { A: kind, B: kind },
    steps: ['nginx-killed', 'nginx-broken'],
    patienceMs: comparisonPatienceMs,
    keep: false,
  };
}

export interface ComparedStep {
  readonly kind: DaemonKind;
  readonly report: PlayedStep;
}

const questions: Readonly<Record<string, string>> = {
  'nginx-killed': 'nginx is killed',
  'nginx-broken': "nginx can't start again",
};

/** A table: a line a question, a column a daemon. */
export function formatComparison(compared: readonly ComparedStep[]): string {
  const heading = formatRow('The client is answered again', ['keepalived', 'Baton']);
  const rows = Object.entries(questions).map(([step, question]) => {
    const reports = comparedKinds.map((kind) =>
      compared.find((entry) => entry.kind === kind && entry.report.step === step),
    );
    return formatRow(
      `  ${question}`,
      reports.map((entry) => (entry === undefined ? 'not played' : formatOutage(entry.report))),
    );
  });
  return [heading, ...rows].join('\n');
}

function formatOutage(report: PlayedStep): string {
  return report.answering === null
    ? `never, in ${(report.outage_ms / 1_000).toFixed(0)} s`
    : `after ${report.outage_ms.toFixed(0)} ms`;
}

function formatRow(label: string, cells: readonly string[]): string {
  return [label.padEnd(36), ...cells.map((cell) => cell.padStart(18))].join('');
}
