/** Where the log goes, decided from the flags alone. */

const syslogFacilities = [
  'user',
  'daemon',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

export type SyslogFacility = (typeof syslogFacilities)[number];

export interface LogFlags {
  /** `-l` */
  readonly console: boolean;
  /** How often `-D` was given. */
  readonly detail: number;
  /** `-S`; null where it was not given. */
  readonly facility: SyslogFacility | null;
  /** `-G` */
  readonly noSyslog: boolean;
  /** `-g`; null where it was not given. */
  readonly file: string | null;
}

export interface LogDestination {
  readonly stderr: boolean;
  /** Null: nothing goes to syslog. */
  readonly syslogFacility: SyslogFacility | null;
  /** Null: nothing goes to a file. */
  readonly file: string | null;
}

/**
 * The destinations for a set of flags.
 *
 * A unit file written for keepalived says `-D` or `-S` and expects syslog, so
 * those two choose it; `-l` says console, and takes a bare `-D` with it. Where
 * nothing is chosen it is stderr, which the journal and a person both read. A
 * log never goes nowhere.
 */
export function logDestination(flags: LogFlags): LogDestination {
  const asksForSyslog = flags.facility !== null || (flags.detail > 0 && !flags.console);
  const syslog = asksForSyslog && !flags.noSyslog;
  return {
    stderr: flags.console || (!syslog && flags.file === null),
    syslogFacility: syslog ? (flags.facility ?? 'daemon') : null,
    file: flags.file,
  };
}

/** `-S`'s value, as keepalived takes it: 0 to 7 for local0 to local7, or a name. */
export function parseFacility(text: string): SyslogFacility | null {
  const name = /^[0-7]$/.test(text) ? `local${text}` : text;
  return syslogFacilities.find((facility) => facility === name) ?? null;
}
