/** `service`: Baton's own. keepalived passes over its lines, one by one. */
import { choice, command, decimal, integer, path, text } from './argument-type.ts';
import { acted, keywordBlock, optional, repeated, required } from './keyword.ts';
import { switchParameters, userParameters } from './parameters.ts';

const seconds = decimal(0.1, 86_400);
const count = integer(1, 1_000);

/** keepalived looks up each word in its table of root keywords: none of these is in there. */
export const service = keywordBlock('service', [
  acted('type', [required('TYPE', choice('nginx', 'command'))], 'what is preset', {
    default: 'nginx for the name nginx, else command',
  }),
  acted('start', [required('COMMAND', command)], 'starts it; mandatory for command', {
    default: 'nginx: `nginx`',
  }),
  acted('stop', [required('COMMAND', command)], 'stops it', {
    default: 'SIGTERM; nginx: the start command with `-s quit`',
  }),
  acted('reload', [required('COMMAND', command)], 'makes it read its configuration again', {
    default: 'SIGHUP',
  }),
  acted('test', [required('COMMAND', command)], 'tests its configuration before a restart', {
    default: 'none; nginx: the start command with `-t -q`',
  }),
  acted('pid_file', [required('FILE', path)], 'names its main process; mandatory for command', {
    default: 'nginx: /run/nginx.pid',
  }),
  acted('start_timeout', [required('SECONDS', seconds)], 'until the pid file names it', {
    default: '5 s',
  }),
  acted('stop_timeout', [required('SECONDS', seconds)], 'until it has ended', { default: '5 s' }),
  acted(
    'probe',
    [
      required('KIND', choice('tcp', 'http', 'command', 'none')),
      optional('HOST, URL or COMMAND', text),
      optional('PORT', integer(1, 65_535)),
    ],
    'how it is asked whether it answers',
    { default: 'none' },
  ),
  acted('probe_interval', [required('SECONDS', seconds)], 'how often', { default: '1 s' }),
  acted('probe_timeout', [required('SECONDS', seconds)], 'how long it may take', {
    default: '1 s',
  }),
  acted('probe_rise', [required('COUNT', count)], 'answers in a row to be up', { default: '1' }),
  acted('probe_fall', [required('COUNT', count)], 'silences in a row to be down', {
    default: '3',
  }),
  acted('restart_limit', [required('COUNT', integer(0, 1_000))], 'restarts in a window at most', {
    default: '3',
  }),
  acted('restart_window', [required('SECONDS', seconds)], 'the window', { default: '30 s' }),
  acted('retry_interval', [required('SECONDS', seconds)], 'how often a failed one is tried again', {
    default: '1 s',
  }),
  acted(
    'on_failure',
    [
      required('HOW', choice('fault', 'weight')),
      optional('N', integer(-253, 253)),
      optional('reverse', choice('reverse')),
    ],
    'what its failure means to the instances: Fault, or a change of priority',
    { default: 'fault' },
  ),
  acted('vrrp_instances', [repeated('INSTANCE', text)], 'the instances that follow it', {
    default: 'all',
  }),
  acted('stop_with_baton', switchParameters, 'is stopped when Baton stops', { default: 'off' }),
  acted('user', userParameters, 'who runs its commands', { default: "Baton's own user" }),
]);
