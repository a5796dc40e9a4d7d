/** The figures of many cases: one row an act of a fault in a mode. */
import type { ActReport, CaseReport } from './case-report.ts';

const head = [
  ...['fault', 'mode', 'act', 'times', 'two holders', 'no holder', 'no holder, max'],
  ...['settled after', 'settled, max', 'not seen'],
] as const;

/** As Markdown, its columns padded. Times are milliseconds. */
export function renderTable(reports: readonly CaseReport[]): string {
  const groups = new Map<string, ActReport[]>();
  for (const { order, acts } of reports) {
    acts.forEach((act, place) => {
      const key = [order.fault, order.mode, place, act.says].join('\t');
      groups.set(key, [...(groups.get(key) ?? []), act]);
    });
  }
  const ordered = [...groups].toSorted(([first], [second]) => (first < second ? -1 : 1));
  const rows = ordered.map(([key, acts]) => rowOf(key, acts));
  const cells = [head.map(String), ...rows];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column < textColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

const textColumns = 3;

function pad(cell: string, column: number, width: number): string {
  return column < textColumns ? cell.padEnd(width) : cell.padStart(width);
}

function rowOf(key: string, acts: readonly ActReport[]): readonly string[] {
  const [fault = '', mode = '', , says = ''] = key.split('\t');
  const most = (figure: (act: ActReport) => number): number => Math.max(...acts.map(figure));
  return [
    ...[fault, mode, says, String(acts.length)],
    most(({ twoMs }) => twoMs).toFixed(1),
    median(acts.map(({ noneMs }) => noneMs)).toFixed(0),
    most(({ noneMs }) => noneMs).toFixed(0),
    median(acts.map(({ recoveryMs }) => recoveryMs)).toFixed(0),
    most(({ recoveryMs }) => recoveryMs).toFixed(0),
    most(({ unseenMs }) => unseenMs).toFixed(0),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((first, second) => first - second);
  const [below, above] = [Math.floor, Math.ceil].map((round) => round((sorted.length - 1) / 2));
  return ((sorted[below ?? 0] ?? 0) + (sorted[above ?? 0] ?? 0)) / 2;
}
