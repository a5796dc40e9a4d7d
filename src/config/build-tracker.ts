/** `track_file` and `vrrp_track_process` to what is watched. */
import { zero } from '../base/units.ts';
import type { FileConfig, ProcessConfig } from '../model/config.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import { integer, readArgument } from './keywords/argument-type.ts';
import { Settings } from './settings.ts';
import type { TrackWeight } from './tracked-weight.ts';

export interface BuiltFile {
  readonly config: FileConfig;
  /** What instances take that name no weight of their own. */
  readonly weight: TrackWeight;
  /** Whether the weight stands there, and is not the default. */
  readonly weightGiven: boolean;
  readonly span: Span;
}

export interface BuiltProcess {
  readonly config: ProcessConfig;
  readonly weight: TrackWeight;
  readonly span: Span;
}

const initialValues = integer(-2_147_483_648, 2_147_483_647);

/** Null where there is no file to read. */
export function buildFile(
  statement: CheckedStatement,
  collector: DiagnosticCollector,
): BuiltFile | null {
  const name = String(statement.values[0]);
  const settings = Settings.of(statement);
  const path = settings.text('file');
  if (path === null) {
    reportMissing(collector, statement, settings, 'file');
    return null;
  }
  const { initialValue, overwrite } = initialization(settings, collector);
  return {
    config: { name, path, initialValue, overwrite },
    weight: weightOf(settings, 1),
    weightGiven: settings.has('weight'),
    span: statement.span,
  };
}

/** `init_file [VALUE] [overwrite]`: without a value it is 0. */
function initialization(
  settings: Settings,
  collector: DiagnosticCollector,
): Pick<FileConfig, 'initialValue' | 'overwrite'> {
  const statement = settings.last('init_file');
  if (statement === null) return { initialValue: null, overwrite: false };
  let initialValue = 0;
  let overwrite = false;
  for (const word of statement.arguments) {
    if (word.text === 'overwrite') {
      overwrite = true;
      continue;
    }
    const value = readArgument(word.text, initialValues);
    if (value.ok) initialValue = Number(value.value);
    else {
      const { code, message } = value.error;
      collector.report({ code, span: word.span, message: `init_file: ${message}` });
    }
  }
  return { initialValue, overwrite };
}

/** Null where no process is named. */
export function buildProcess(
  statement: CheckedStatement,
  collector: DiagnosticCollector,
): BuiltProcess | null {
  const name = String(statement.values[0]);
  const settings = Settings.of(statement);
  const [program, ...parameters] = settings.words('process');
  if (program === undefined) {
    reportMissing(collector, statement, settings, 'process');
    return null;
  }
  const quorum = settings.number('quorum');
  const maximum = settings.number('quorum_max');
  const both = settings.duration('delay');
  if (maximum !== null && maximum < (quorum ?? 1) && maximum > 0) {
    const span = settings.last('quorum_max')?.span ?? statement.span;
    const message = `vrrp_track_process ${name}: quorum_max ${maximum} is below the quorum`;
    collector.report({ code: 'invalid-value', span, message });
  }
  return {
    config: {
      name,
      match: {
        program,
        parameters,
        parameterMatch: parameterMatch(settings, parameters.length > 0),
        fullCommand: settings.has('full_command'),
      },
      // "None may run" wants none.
      quorum: maximum === 0 && quorum === null ? 0 : (quorum ?? 1),
      maximum,
      forkDelay: settings.duration('fork_delay') ?? both ?? zero,
      terminateDelay: settings.duration('terminate_delay') ?? both ?? zero,
    },
    weight: weightOf(settings, 0),
    span: statement.span,
  };
}

function parameterMatch(
  settings: Settings,
  given: boolean,
): ProcessConfig['match']['parameterMatch'] {
  const how = settings.words('param_match')[0];
  if (how === 'initial' || how === 'partial') return how;
  return given || settings.has('param_match') ? 'exact' : 'none';
}

function weightOf(settings: Settings, otherwise: number): TrackWeight {
  return {
    weight: settings.number('weight') ?? otherwise,
    reverse: settings.last('weight')?.values[1] === 'reverse',
  };
}

function reportMissing(
  collector: DiagnosticCollector,
  { keyword, values, span }: CheckedStatement,
  settings: Settings,
  line: string,
): void {
  if (settings.mentions(line)) return;
  const message = `${keyword.name} ${String(values[0])} lacks its line "${line}"`;
  collector.report({ code: 'missing-keyword', span, message });
}
