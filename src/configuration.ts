/** Reads a configuration from this machine's files: for `check`, for a start, for a reload. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { failure, success, type Result } from './base/result.ts';
import { hasErrors, type ConfigurationQuery, type ReportedDiagnostic } from './cli/check-report.ts';
import { formatDiagnostic } from './config/diagnostic.ts';
import { loadConfig, type LoadedConfig } from './config/load.ts';
import type { Config } from './model/config.ts';
import type { LogSink } from './ports/log.ts';
import { ConfigFiles } from './system/config-files.ts';

function readConfiguration(query: ConfigurationQuery): LoadedConfig {
  const hostName = hostname();
  return loadConfig(new ConfigFiles(), {
    path: resolve(query.path),
    configurationId: query.configId ?? hostName.replace(/\..*/, ''),
    hostName,
    environment: process.env,
    randomSeed: process.pid,
    everyIncludeRequired: query.requireIncludes,
  });
}

export function checkConfiguration(query: ConfigurationQuery): readonly ReportedDiagnostic[] {
  const { diagnostics, files } = readConfiguration(query);
  return diagnostics.map((diagnostic) => ({
    severity: diagnostic.severity,
    file: diagnostic.span?.file ?? query.path,
    line: diagnostic.span?.line ?? 1,
    column: diagnostic.span?.column ?? 1,
    message: diagnostic.message,
    code: diagnostic.code,
    hint: diagnostic.hint,
    formatted: formatDiagnostic(diagnostic, files),
  }));
}

export interface RunQuery {
  readonly configurationPath: string;
  readonly configId: string | null;
  readonly requireIncludes: boolean;
  /** Take it in spite of errors. */
  readonly lenient: boolean;
}

/** What a run gets to work with. */
export interface RunConfiguration {
  /** The error is the diagnostics as text, ready to print. */
  readonly config: Result<Config, Refusal>;
  /** All that there is to say of it, a line or more each. */
  readonly complaints: readonly string[];
}

/** Why a configuration is not taken. */
export interface Refusal {
  readonly text: string;
  /** `--lenient` would take it all the same. */
  readonly lenientHelps: boolean;
}

/** The configuration, unless it has errors and `--lenient` does not overlook them. */
export function configurationForRun(query: RunQuery, log: LogSink): RunConfiguration {
  const { configurationPath, configId, requireIncludes, lenient } = query;
  const path = configurationPath;
  const { config, diagnostics, files } = readConfiguration({ path, configId, requireIncludes });
  const levels = { error: 'error', warning: 'warning', note: 'info' } as const;
  // Where there is no file at all there is nothing to be lenient with: keepalived exits too.
  const nothingRead = diagnostics.some(
    ({ code, span }) => code === 'file-unreadable' && span === null,
  );
  const refused = nothingRead || (hasErrors(diagnostics) && !lenient);
  const complaints: string[] = [];
  const errors: string[] = [];
  for (const diagnostic of diagnostics) {
    const text = formatDiagnostic(diagnostic, files);
    complaints.push(text);
    if (diagnostic.severity === 'error') errors.push(text);
    if (refused && diagnostic.severity === 'error') continue;
    log.write(levels[diagnostic.severity], text);
  }
  if (!refused) return { config: success(config), complaints };
  const refusal = { text: errors.join('\n'), lenientHelps: !nothingRead };
  return { config: failure(refusal), complaints };
}
