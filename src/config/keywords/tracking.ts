/** What instances keep an eye on: scripts, processes, files; and how they name it. */
import { choice, command, decimal, integer, text } from './argument-type.ts';
import { acted, entryBlock, keywordBlock, optional, repeated, required } from './keyword.ts';
import { userParameters, weightParameters } from './parameters.ts';

export const script = keywordBlock('vrrp_script', [
  acted(
    'script',
    [required('COMMAND', command)],
    'what to run; `"</path"` tests if it can be read',
  ),
  acted('interval', [required('SECONDS', decimal(0, 4_294))], 'how often; 0 becomes 1', {
    default: '1 s',
  }),
  acted('timeout', [required('SECONDS', decimal(0, 4_294))], 'how long at most; 0 becomes 1', {
    default: 'the interval',
  }),
  acted('weight', weightParameters, 'change of priority; 0: Fault while it fails', {
    default: '0',
  }),
  acted('rise', [required('COUNT', integer(1, 2_147_483_647))], 'successes in a row to be up', {
    default: '1',
  }),
  acted('fall', [required('COUNT', integer(1, 2_147_483_647))], 'failures in a row to be down', {
    default: '1',
  }),
  acted('user', userParameters, 'who runs it', { default: 'script_user' }),
  acted('init_fail', [], 'counts as failed until it has succeeded'),
]);

const fileWeight = [required('N', integer(-254, 254)), optional('reverse', choice('reverse'))];

export const trackProcess = keywordBlock('vrrp_track_process', [
  acted('process', [required('NAME', text), repeated('ARGUMENT', text)], 'the process to find'),
  acted(
    'param_match',
    [optional('HOW', choice('initial', 'partial'))],
    'how its arguments are compared',
    { default: 'exactly' },
  ),
  acted('full_command', [], 'compares its whole command line'),
  acted('weight', fileWeight, 'change of priority; 0: Fault while it is missing', {
    default: '0',
  }),
  acted('quorum', [required('COUNT', integer(1, 65_535))], 'so many at least', { default: '1' }),
  acted('quorum_max', [required('COUNT', integer(0, 65_535))], 'so many at most'),
  acted('fork_delay', [required('SECONDS', decimal(0, 3_600))], 'patience when there are enough', {
    default: '0',
  }),
  acted('terminate_delay', [required('SECONDS', decimal(0, 3_600))], 'and when there are not', {
    default: '0',
  }),
  acted('delay', [required('SECONDS', decimal(0, 3_600))], 'both of these delays'),
]);

export const trackFile = keywordBlock('track_file', [
  acted('file', [required('FILE', text)], 'holds a number, the value'),
  acted('weight', fileWeight, 'factor of the value', { default: '1' }),
  acted(
    'init_file',
    [optional('VALUE', text), optional('overwrite', choice('overwrite'))],
    'creates the file at the start',
    { default: '0' },
  ),
]);

export const trackedScripts = entryBlock('track_script', 'SCRIPT [weight N [reverse|noreverse]]', [
  acted(
    'weight',
    [required('N', integer(-254, 254)), optional('reverse', choice('reverse', 'noreverse'))],
    'change of priority; beyond ±253 it becomes ±253',
    { default: "the script's" },
  ),
]);

const weight = 'weight N [reverse|noreverse]';

export const trackedInterfaces = entryBlock('track_interface', `INTERFACE [${weight}]`);
export const trackedFiles = entryBlock('track_file', `FILE [${weight}]`);
export const trackedProcesses = entryBlock('track_process', `PROCESS [${weight}]`);
export const trackedBfd = entryBlock('track_bfd', `BFD [${weight}]`);
