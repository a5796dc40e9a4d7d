/**
 * A line of text that knows, whatever was rewritten in it, where in its file each
 * character comes from. Text that came out of an expansion points at what was
 * expanded: the place that a person has to look at.
 */
import type { Span } from './diagnostic.ts';

/** A run of characters with one origin. */
interface Segment {
  readonly text: string;
  /** Column of the file's line where the origin begins, from 1. */
  readonly column: number;
  /** Length of the origin for expanded text; null for text that stands there itself. */
  readonly expandedFrom: number | null;
}

export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly segments: readonly Segment[];
}

/** A line as it stands in its file. */
export function sourceLine(file: string, line: number, text: string): SourceLine {
  return { file, line, text, segments: [{ text, column: 1, expandedFrom: null }] };
}

/** The characters from `start` up to `end`, as String.prototype.slice has it without negatives. */
export function sliceLine(source: SourceLine, start: number, end?: number): SourceLine {
  const stop = Math.min(end ?? source.text.length, source.text.length);
  const segments: Segment[] = [];
  let position = 0;
  for (const { text, column, expandedFrom } of source.segments) {
    const from = Math.max(start - position, 0);
    const to = Math.min(stop - position, text.length);
    position += text.length;
    if (from >= to) continue;
    const shift = expandedFrom === null ? from : 0;
    segments.push({ text: text.slice(from, to), column: column + shift, expandedFrom });
  }
  return { ...source, text: source.text.slice(start, stop), segments };
}

/** Without the blanks at both ends. Only ASCII's count: those of full width are to be seen. */
export function trimLine(source: SourceLine): SourceLine {
  const [leading] = /^[ \t\r\v\f]*/.exec(source.text) ?? [''];
  const rest = source.text.slice(leading.length);
  return sliceLine(source, leading.length, leading.length + trimEnd(rest).length);
}

/** A text without the blanks at its end. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\v\f'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Pieces of `source`, put together again. */
export function joinLine(source: SourceLine, pieces: readonly SourceLine[]): SourceLine {
  return {
    ...source,
    text: pieces.map(({ text }) => text).join(''),
    segments: pieces.flatMap(({ segments }) => segments),
  };
}

/** New text in the place of a piece of the line, which it will point at. */
export function expandLine(piece: SourceLine, text: string): SourceLine {
  const { column, length } = spanOf(piece);
  return { ...piece, text, segments: [{ text, column, expandedFrom: length }] };
}

/** Where a piece of a line comes from. */
export function spanOf(piece: SourceLine): Span {
  const { file, line, segments } = piece;
  const [first] = segments;
  const last = segments.at(-1);
  if (first === undefined || last === undefined) return { file, line, column: 1, length: 1 };
  const end = last.column + (last.expandedFrom ?? last.text.length);
  return { file, line, column: first.column, length: Math.max(1, end - first.column) };
}
