/** Every flag of `baton run`: keepalived's own, as its manual lists them, and Baton's. */
import { defaultSocketPath } from '../api/contract.ts';
import type { Flag } from './getopt.ts';

export const defaultConfigurationPath = '/etc/keepalived/keepalived.conf';
export const defaultPidPath = '/run/baton.pid';
export const defaultLogPath = '/var/log/baton.log';
export const defaultRecordingMebibytes = 256;

export type RunFlagName = (typeof runFlags)[number]['name'];

export interface RunFlag<Name extends string = string> extends Flag<Name> {
  /** What stands for the value in the help; null where there is none. */
  readonly placeholder: string | null;
  readonly meaning: string;
  /** Known, and without effect here: the note that the log gets. Null: it is acted on. */
  readonly note: string | null;
}

interface FlagRow {
  readonly value?: 'required' | 'optional';
  readonly placeholder?: string;
  readonly meaning: string;
  readonly note?: string;
}

function flag<const Name extends string>(
  short: string | null,
  name: Name,
  row: FlagRow,
): RunFlag<Name> {
  return {
    short,
    name,
    value: row.value ?? 'none',
    placeholder: row.placeholder ?? null,
    meaning: row.meaning,
    note: row.note ?? null,
  };
}

/** A flag that takes a value. */
function valued<const Name extends string>(
  short: string | null,
  name: Name,
  placeholder: string,
  row: FlagRow,
): RunFlag<Name> {
  return flag(short, name, { value: 'required', placeholder, ...row });
}

const oneProcess = 'Baton is one process: no other pid file is written';
const noSnmp = 'Baton has no SNMP agent';
const noCore = 'the limits on core dumps are left as they are: set them where Baton is started';
const developers = 'an option for those who work on keepalived itself';

export const runFlags = [
  valued('f', 'use-file', 'FILE', { meaning: `configuration (${defaultConfigurationPath})` }),
  flag('n', 'dont-fork', { meaning: 'stay in the foreground: Baton always does' }),
  valued('p', 'pid', 'FILE', { meaning: `pid file (${defaultPidPath})` }),
  valued(null, 'socket', 'PATH', { meaning: `control socket (${defaultSocketPath})` }),
  flag(null, 'takeover', { meaning: 'take the place of the Baton that runs, if one does' }),
  flag(null, 'lenient', { meaning: 'start in spite of errors, as keepalived would' }),
  flag('t', 'config-test', {
    value: 'optional',
    placeholder: 'LOG',
    meaning: 'check the configuration and exit: 0 no errors, 5 errors',
  }),
  flag('e', 'all-config', { meaning: 'an include that finds no file is an error' }),
  valued('i', 'config-id', 'ID', { meaning: 'what @ID lines are for (host name)' }),
  valued('s', 'namespace', 'NAME', { meaning: 'run in this network namespace' }),
  valued('u', 'umask', 'MASK', { meaning: 'umask for files, in octal' }),

  flag('l', 'log-console', { meaning: 'log to stderr' }),
  flag('D', 'log-detail', { meaning: 'log more; without -l, to syslog' }),
  valued('S', 'log-facility', 'NAME', {
    meaning: 'log to syslog: 0-7, local0-local7, user or daemon',
  }),
  flag('G', 'no-syslog', { meaning: 'nothing to syslog' }),
  flag('g', 'log-file', {
    value: 'optional',
    placeholder: 'FILE',
    meaning: `log to a file (${defaultLogPath})`,
  }),

  valued(null, 'record', 'FILE', { meaning: 'write down what happens, for baton replay' }),
  valued(null, 'record-limit', 'MIB', {
    meaning: `end that when the file is so large (${String(defaultRecordingMebibytes)})`,
  }),

  valued(null, 'signum', 'NAME', {
    meaning: 'print the number of a signal: STOP, RELOAD, DATA, ...',
  }),
  flag('v', 'version', { meaning: 'print the version' }),
  flag('h', 'help', { meaning: 'print this' }),

  flag('P', 'vrrp', { meaning: 'only VRRP', note: 'VRRP always runs' }),
  flag('C', 'check', { meaning: 'only health checks', note: 'VRRP runs all the same' }),
  flag('B', 'no_bfd', { meaning: 'no BFD', note: 'there is no BFD to leave out' }),
  flag(null, 'all', { meaning: 'every part', note: 'every part that is configured runs' }),
  flag('d', 'dump-conf', {
    meaning: 'write the configuration to the log',
    note: 'the configuration is not written to the log',
  }),
  flag('a', 'address-monitoring', {
    meaning: 'log all address changes',
    note: 'only changes to addresses that Baton holds are logged',
  }),
  flag('X', 'release-vips', {
    meaning: 'release addresses on a signal',
    note: 'addresses are always released when Baton stops',
  }),
  flag('V', 'dont-release-vrrp', {
    meaning: 'leave addresses when stopping',
    note: 'NOT acted on: addresses are released when Baton stops, so that no two hosts hold one',
  }),
  flag('I', 'dont-release-ipvs', {
    meaning: 'leave IPVS entries when stopping',
    note: 'Baton makes no IPVS entries',
  }),
  flag('R', 'dont-respawn', {
    meaning: 'no restart of child processes',
    note: 'Baton has no child process of its own to restart',
  }),
  valued('r', 'vrrp_pid', 'FILE', { meaning: 'pid file of the VRRP process', note: oneProcess }),
  valued('c', 'checkers_pid', 'FILE', { meaning: 'pid file of the checkers', note: oneProcess }),
  valued('b', 'bfd_pid', 'FILE', { meaning: 'pid file of the BFD process', note: oneProcess }),
  flag('x', 'snmp', { meaning: 'SNMP agent', note: noSnmp }),
  valued('A', 'snmp-agent-socket', 'FILE', { meaning: 'SNMP master agent', note: noSnmp }),
  flag('m', 'core-dump', { meaning: 'allow core dumps', note: noCore }),
  flag('M', 'core-dump-pattern', {
    value: 'optional',
    placeholder: 'NAME',
    meaning: 'name of core dumps',
    note: noCore,
  }),
  flag(null, 'flush-log-file', {
    meaning: 'write each log line at once',
    note: 'each line is written at once anyway',
  }),
  flag(null, 'ignore-sigint', {
    meaning: 'ignore SIGINT',
    note: 'NOT acted on: SIGINT stops Baton',
  }),
  flag(null, 'no-mem-check', { meaning: 'no memory checks', note: developers }),
  flag(null, 'perf', {
    value: 'optional',
    placeholder: 'WHEN',
    meaning: 'record a profile',
    note: developers,
  }),
  flag(null, 'debug', {
    value: 'optional',
    placeholder: 'WHAT',
    meaning: 'debug messages',
    note: developers,
  }),
] as const satisfies readonly RunFlag[];

/** The help's list of flags: those that are acted on, then the others. */
export function describeRunFlags(): string {
  const flags: readonly RunFlag[] = runFlags;
  const acted = flags.filter(({ note }) => note === null);
  const noted = flags.filter(({ note }) => note !== null);
  return [
    'Usage: baton run [flags]',
    '',
    "Takes part with keepalived's configuration and flags; always in the foreground.",
    '',
    ...acted.map(describeFlag),
    '',
    'Known, and without effect here; the log says so:',
    ...noted.map(describeFlag),
    '',
  ].join('\n');
}

function describeFlag(described: RunFlag): string {
  const short = described.short === null ? '    ' : `-${described.short}, `;
  const { placeholder } = described;
  const value = placeholder === null ? '' : ` ${placeholder}`;
  const optional = placeholder === null ? '' : `[=${placeholder}]`;
  const long = `--${described.name}${described.value === 'optional' ? optional : value}`;
  return `  ${short}${long.padEnd(28)} ${described.meaning}`;
}
