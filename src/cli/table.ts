import type { Paint, Style } from './terminal.ts';

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export type Row = readonly Cell[];

const gap = '  ';

/** Rows as lines whose columns line up. The text is what is measured, never its colour. */
export function layTable(rows: readonly Row[], paint: Paint): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { text }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    }
  }
  return rows.map((row) => {
    const lastFilled = row.findLastIndex(({ text }) => text !== '');
    const cells = row.slice(0, lastFilled + 1).map(({ text, style }, column) => {
      const width = column === lastFilled ? text.length : (widths[column] ?? 0);
      const painted = style === undefined ? text : paint(style, text);
      return painted + ' '.repeat(width - text.length);
    });
    return cells.join(gap);
  });
}

export function heading(...titles: readonly string[]): Row {
  return titles.map((text) => ({ text, style: 'heading' }));
}
