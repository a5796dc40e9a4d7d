/** Reads a configuration from this machine's files: for `check`, for a start, for a reload. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { ConfigurationQuery, ReportedDiagnostic } from './cli/check-report.ts';
import { formatDiagnostic } from './config/diagnostic.ts';
import { loadConfig, type LoadedConfig } from './config/load.ts';
import { ConfigFiles } from './system/config-files.ts';

export function readConfiguration(query: ConfigurationQuery): LoadedConfig {
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
