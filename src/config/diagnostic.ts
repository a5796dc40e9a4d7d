/** What is wrong, where, and how to mend it. */
import { diagnosticCodes, type DiagnosticCode, type Severity } from './diagnostic-codes.ts';
import { displayWidth } from './full-width.ts';

/** A piece of one line of a file. Lines and columns count from 1, columns in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string | null;
  /** Null where no place in the text is to blame. */
  readonly span: Span | null;
}

/** The lines of each file that was read, by its path. */
export type FileTexts = ReadonlyMap<string, readonly string[]>;

export interface Finding {
  readonly code: DiagnosticCode;
  readonly span: Span | null;
  readonly message: string;
  readonly hint?: string | null;
}

/** Beyond this nobody reads on, and a file of garbage must not fill the memory. */
const diagnosticLimit = 500;

/** Collects what is found while a configuration is read. */
export class DiagnosticCollector {
  private readonly found: Diagnostic[] = [];
  private readonly told = new Set<string>();

  report({ code, span, message, hint = null }: Finding): void {
    // What an expansion repeats is told once.
    const key = JSON.stringify([code, span, message]);
    if (this.found.length > diagnosticLimit || this.told.has(key)) return;
    this.told.add(key);
    const last = this.found.length === diagnosticLimit;
    const reported = last ? 'too-many-diagnostics' : code;
    this.found.push({
      code: reported,
      severity: diagnosticCodes[reported].severity,
      message: last ? 'there is more to say; the rest is left out' : message,
      hint: last ? null : hint,
      span: last ? null : span,
    });
  }

  /** In the order of the text: files as they were opened, lines downwards; the rest at the end. */
  inOrder(files: FileTexts): readonly Diagnostic[] {
    const ranks = new Map([...files.keys()].map((file, index) => [file, index]));
    const rank = ({ file }: Span): number => ranks.get(file) ?? ranks.size;
    return this.found.toSorted((one, other) => {
      if (one.span === null || other.span === null) {
        return Number(one.span === null) - Number(other.span === null);
      }
      return (
        rank(one.span) - rank(other.span) ||
        one.span.line - other.span.line ||
        one.span.column - other.span.column
      );
    });
  }
}

/**
 * A diagnostic as a person reads it:
 *
 *     keepalived.conf:16:3: error: there is no keyword "prioritty" [unknown-keyword]
 *       prioritty 100
 *       ^~~~~~~~~
 *     hint: did you mean "priority"?
 */
export function formatDiagnostic(diagnostic: Diagnostic, files: FileTexts): string {
  const { code, severity, message, hint, span } = diagnostic;
  const place = span === null ? '' : `${span.file}:${span.line}:${span.column}: `;
  const lines = [`${place}${severity}: ${message} [${code}]`];
  const text = span === null ? undefined : files.get(span.file)?.[span.line - 1];
  if (span !== null && text !== undefined) lines.push(...pointAt(withoutSecrets(text), span));
  if (hint !== null) lines.push(`hint: ${hint}`);
  return lines.map(withoutControls).join('\n');
}

/** A file may hold anything; a terminal must not obey it. */
function withoutControls(line: string): string {
  return line.replace(/(?!\t)\p{Cc}/gu, '\ufffd');
}

/**
 * What stands behind these words is nobody's business, and diagnostics go into logs. A
 * misspelt `auth_pass` is one of them, and so is a misspelt `key`, or one without its number.
 */
const passwordOrKey = /(?<=(?:^|[\s{])(?:\w*pass\w*|k\w{1,3}\s+\S+)\s+)\S.*/.source;
const keyAlone = /(?<=(?:^|[\s{])k\w{1,3}\s+)(?:\S{5,}|["']).*/.source;
const secret = new RegExp(`${passwordOrKey}|${keyAlone}`);

/** The line as long as before, with stars for its passwords and keys. */
function withoutSecrets(text: string): string {
  return text.replace(secret, (rest) => rest.replace(/\S/g, '*'));
}

/** Columns of a terminal that are shown of a line; what is longer is cut around the span. */
const shownLimit = 160;

/** The line, and a caret below the span: as wide as the text above it on a terminal. */
function pointAt(text: string, { column, length }: Span): readonly string[] {
  const from = Math.max(0, column - 1 - shownLimit / 2);
  const shown = text.slice(from, from + shownLimit);
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]+/g, (run) => {
    return ' '.repeat(displayWidth(run));
  });
  const marked = shown.slice(column - 1 - from, column - 1 - from + length);
  return [shown, `${before}^${'~'.repeat(Math.max(0, displayWidth(marked) - 1))}`];
}
