/** What each part of an instance is made with: its lines, the defaults, and where to complain. */
import type { AddressFamily } from '../model/address.ts';
import type { Priority, VrrpVersion } from '../model/advert.ts';
import type { InstanceDefaults } from './build-defaults.ts';
import type { ConfigSource } from './config-source.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { Settings } from './settings.ts';

export interface InstanceContext {
  readonly name: string;
  readonly span: Span;
  readonly settings: Settings;
  readonly defaults: InstanceDefaults;
  readonly collector: DiagnosticCollector;
  /** For keys in files. */
  readonly source: ConfigSource;
}

/** What its other parts depend on. */
export interface InstanceKind {
  readonly version: VrrpVersion;
  readonly family: AddressFamily;
  readonly strict: boolean;
  readonly priority: Priority;
  readonly unicast: boolean;
}

export function complain(
  { name, collector }: Pick<InstanceContext, 'name' | 'collector'>,
  finding: {
    readonly code: DiagnosticCode;
    readonly span: Span | null;
    readonly message: string;
    readonly hint?: string | null;
  },
): void {
  collector.report({ ...finding, message: `${name}: ${finding.message}` });
}

/** Reports a keyword that has no effect, if it is there. */
export function complainIgnored(context: InstanceContext, keyword: string, why: string): void {
  const statement = context.settings.last(keyword);
  if (statement === null) return;
  const message = `${keyword} has no effect ${why}`;
  complain(context, { code: 'option-ignored', span: statement.span, message });
}

/** The place of a keyword's first argument. */
export function argumentSpan({ settings }: InstanceContext, keyword: string): Span | null {
  const statement = settings.last(keyword);
  return statement?.arguments[0]?.span ?? statement?.span ?? null;
}
