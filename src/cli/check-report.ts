/** What was found in a configuration, and how it is told. */
import { encodeLine } from '../api/json-lines.ts';

type Severity = 'error' | 'warning' | 'note';

export interface ReportedDiagnostic {
  readonly severity: Severity;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
  /** Stable: docs/errors.md. */
  readonly code: string;
  readonly hint: string | null;
  /** The diagnostic as a person reads it: place, message, source line and caret. */
  readonly formatted: string;
}

export interface ConfigurationQuery {
  readonly path: string;
  /** Null: the host name without its domain. */
  readonly configId: string | null;
  readonly requireIncludes: boolean;
}

/** Reads a configuration and all that it includes. A file that is missing is a diagnostic too. */
export type CheckConfiguration = (query: ConfigurationQuery) => readonly ReportedDiagnostic[];

export function hasErrors(diagnostics: readonly Pick<ReportedDiagnostic, 'severity'>[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** Every diagnostic with its caret, and one line that sums up. */
export function reportText(path: string, diagnostics: readonly ReportedDiagnostic[]): string {
  const texts = diagnostics.map(({ formatted }) => `${formatted.trimEnd()}\n\n`);
  return `${texts.join('')}${path}: ${summary(diagnostics)}\n`;
}

function summary(diagnostics: readonly ReportedDiagnostic[]): string {
  if (diagnostics.length === 0) return 'nothing to complain about';
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = countOf(severity, diagnostics);
    return count === 0 ? [] : [`${String(count)} ${severity}${count === 1 ? '' : 's'}`];
  });
  const verdict = hasErrors(diagnostics) ? 'baton run would not start' : 'baton run would start';
  return `${counts.join(', ')}; ${verdict}`;
}

/** The same as one JSON object on a line. */
export function reportJson(path: string, diagnostics: readonly ReportedDiagnostic[]): string {
  return encodeLine({
    file: path,
    errors: countOf('error', diagnostics),
    warnings: countOf('warning', diagnostics),
    notes: countOf('note', diagnostics),
    diagnostics: diagnostics.map(({ severity, code, file, line, column, message, hint }) => ({
      severity,
      code,
      file,
      line,
      column,
      message,
      hint,
    })),
  });
}

function countOf(severity: Severity, diagnostics: readonly ReportedDiagnostic[]): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
}
