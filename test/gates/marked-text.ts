/**
 * Text that is generated into a page: what stands between
 * `<!-- generated: NAME -->` and `<!-- end of NAME -->`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export interface MarkedPlace {
  readonly file: string;
  readonly mark: string;
}

/** The generated text without the blank lines around it. */
export function textBetween(place: MarkedPlace): string {
  const { text, start, end } = find(place);
  return text.slice(start, end).trim();
}

export function rewriteBetween(place: MarkedPlace, generated: string): void {
  const { text, start, end } = find(place);
  writeFileSync(place.file, `${text.slice(0, start)}\n\n${generated}\n\n${text.slice(end)}`);
}

function find({ file, mark }: MarkedPlace): { text: string; start: number; end: number } {
  const text = readFileSync(file, 'utf8');
  const opening = `<!-- generated: ${mark} -->`;
  const start = text.indexOf(opening) + opening.length;
  const end = text.indexOf(`<!-- end of ${mark} -->`);
  if (start < opening.length || end < start) {
    throw new Error(`${file} has no pair of marks for generated text "${mark}"`);
  }
  return { text, start, end };
}
