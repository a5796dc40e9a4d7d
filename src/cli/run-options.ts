/** From the words after `baton run` to what is asked for. Pure. */
import { failure, success, type Result } from '../base/result.ts';
import { readCommandLine, type GivenFlag } from './getopt.ts';
import { logDestination, parseFacility, type LogDestination } from './log-destination.ts';
import {
  defaultConfigurationPath,
  defaultLogPath,
  defaultRecordingMebibytes,
  runFlags,
  type RunFlag,
  type RunFlagName,
} from './run-flags.ts';

const mebibyte = 1_024 * 1_024;

/** All that the daemon needs to know of its command line. */
export interface RunOptions {
  readonly configurationPath: string;
  /** What `@ID` lines are for; null: the host name without its domain. */
  readonly configId: string | null;
  /** `-e`: an include that finds no file is an error. */
  readonly requireIncludes: boolean;
  /** Take the place of the Baton that runs, if one does. */
  readonly takeover: boolean;
  /** Start in spite of errors in the configuration. */
  readonly lenient: boolean;
  /** Null: see runPlaces. */
  readonly pidPath: string | null;
  /** Null: see runPlaces. */
  readonly socketPath: string | null;
  /** Network namespace to run in, by the name that `ip netns` knows; null: this one. */
  readonly namespace: string | null;
  /** Null: as inherited. */
  readonly umask: number | null;
  readonly log: LogDestination & {
    /** How often `-D` was given; 0 leaves debug lines out. */
    readonly detail: number;
  };
  /** Where the core's inputs are written down; null: nowhere. */
  readonly recording: { readonly path: string; readonly limitOctets: number } | null;
  /** One line for the log about each flag that is known and has no effect. */
  readonly notes: readonly string[];
}

/** What `baton run` and its flags ask for. */
export type RunRequest =
  | { readonly type: 'run'; readonly options: RunOptions }
  | {
      /** `-t`: check the configuration; `logPath` null: report to stderr. */
      readonly type: 'test';
      readonly configurationPath: string;
      readonly configId: string | null;
      readonly requireIncludes: boolean;
      readonly logPath: string | null;
    }
  | { readonly type: 'signal-number'; readonly name: string }
  | { readonly type: 'version' }
  | { readonly type: 'help' };

/** Reads the words after `run`; fails with a sentence that says what is wrong with them. */
export function parseRunArguments(args: readonly string[]): Result<RunRequest, string> {
  const line = readCommandLine(args, runFlags);
  if (!line.ok) return line;
  const operand = line.value.operands[0];
  if (operand !== undefined) {
    return failure(`unexpected argument '${operand}': a configuration is named with -f FILE`);
  }
  return interpret(new GivenFlags(line.value.flags));
}

function interpret(given: GivenFlags): Result<RunRequest, string> {
  if (given.has('help')) return success({ type: 'help' });
  if (given.has('version')) return success({ type: 'version' });
  const signal = given.value('signum');
  if (signal !== null) return success({ type: 'signal-number', name: signal });
  const source = {
    configurationPath: given.value('use-file') ?? defaultConfigurationPath,
    configId: given.value('config-id'),
    requireIncludes: given.has('all-config'),
  };
  if (given.has('config-test')) {
    return success({ type: 'test', ...source, logPath: given.value('config-test') });
  }
  const umask = parseUmask(given.value('umask'));
  if (!umask.ok) return umask;
  const log = interpretLog(given);
  if (!log.ok) return log;
  const recording = interpretRecording(given);
  if (!recording.ok) return recording;
  return success({
    type: 'run',
    options: {
      ...source,
      takeover: given.has('takeover'),
      lenient: given.has('lenient'),
      pidPath: given.value('pid'),
      socketPath: given.value('socket'),
      namespace: given.value('namespace'),
      umask: umask.value,
      log: log.value,
      recording: recording.value,
      notes: given.notes(),
    },
  });
}

function interpretRecording(given: GivenFlags): Result<RunOptions['recording'], string> {
  const path = given.value('record');
  const limit = given.value('record-limit') ?? String(defaultRecordingMebibytes);
  if (!/^[1-9]\d{0,5}$/.test(limit)) {
    return failure(`a recording's limit is a whole number of MiB, not '${limit}'`);
  }
  if (path === null) {
    return given.has('record-limit')
      ? failure('--record-limit is for --record FILE')
      : success(null);
  }
  return success({ path, limitOctets: Number(limit) * mebibyte });
}

function interpretLog(given: GivenFlags): Result<RunOptions['log'], string> {
  const facilityText = given.value('log-facility');
  const facility = facilityText === null ? null : parseFacility(facilityText);
  if (facilityText !== null && facility === null) {
    return failure(
      `log facility '${facilityText}' is not one: use 0 to 7, local0 to local7, user or daemon`,
    );
  }
  const detail = given.count('log-detail');
  const destination = logDestination({
    console: given.has('log-console'),
    detail,
    facility,
    noSyslog: given.has('no-syslog'),
    file: given.has('log-file') ? (given.value('log-file') ?? defaultLogPath) : null,
  });
  return success({ ...destination, detail });
}

/** A umask in octal, with or without leading zeros; null where there is none. */
function parseUmask(text: string | null): Result<number | null, string> {
  if (text === null) return success(null);
  if (!/^0*[0-7]{1,3}$/.test(text)) {
    return failure(`umask '${text}' is not one: use an octal number of up to 777, such as 022`);
  }
  return success(Number.parseInt(text, 8));
}

/** The flags that were given, by name; where one comes twice the last value counts. */
class GivenFlags {
  private readonly flags: readonly GivenFlag<RunFlagName>[];

  constructor(flags: readonly GivenFlag<RunFlagName>[]) {
    this.flags = flags;
  }

  count(name: RunFlagName): number {
    return this.flags.filter((flag) => flag.name === name).length;
  }

  has(name: RunFlagName): boolean {
    return this.count(name) > 0;
  }

  value(name: RunFlagName): string | null {
    return this.flags.findLast((flag) => flag.name === name)?.value ?? null;
  }

  /** What is to be said about flags without effect, once each, in the order of the table. */
  notes(): readonly string[] {
    return (runFlags as readonly RunFlag<RunFlagName>[]).flatMap(({ name, note }) => {
      const written = this.flags.find((flag) => flag.name === name)?.written;
      return note === null || written === undefined ? [] : [`option ${written}: ${note}`];
    });
  }
}
