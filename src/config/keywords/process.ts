/** `global_defs`: how keepalived's processes are scheduled, and how much they may buffer. */
import { integer, text } from './argument-type.ts';
import { later, optional, repeated, required, type Keyword } from './keyword.ts';
import { switchParameters } from './parameters.ts';

function ofEachProcess(
  suffix: string,
  make: (name: string, whose: string) => Keyword,
): readonly Keyword[] {
  const processes = { vrrp: 'VRRP', checker: 'checker', bfd: 'BFD' };
  return Object.entries(processes).map(([name, whose]) => make(`${name}_${suffix}`, whose));
}

const receiveBuffers = [
  'vrrp_netlink_cmd',
  'vrrp_netlink_monitor',
  'lvs_netlink_cmd',
  'lvs_netlink_monitor',
  'process_monitor',
];

export const processKeywords: readonly Keyword[] = [
  ...ofEachProcess('priority', (name, whose) =>
    later(name, [required('NICE', integer(-20, 19))], `nice value of the ${whose} process`),
  ),
  ...ofEachProcess('rt_priority', (name, whose) =>
    later(
      name,
      [required('PRIORITY', integer(1, 99))],
      `real-time priority of the ${whose} process`,
    ),
  ),
  ...ofEachProcess('rlimit_rttime', (name, whose) =>
    later(
      name,
      [required('MICROSECONDS', integer(2))],
      `how long the ${whose} process may run in real time without a pause`,
      { default: '10000 µs', deprecated: [name.replace('rttime', 'rtime')] },
    ),
  ),
  ...ofEachProcess('no_swap', (name, whose) =>
    later(name, [], `locks the memory of the ${whose} process`),
  ),
  ...ofEachProcess('cpu_affinity', (name, whose) =>
    later(name, [repeated('CPU', integer(0, 4_095))], `where the ${whose} process may run`),
  ),
  later(
    'max_auto_priority',
    [optional('PRIORITY', integer(-1, 99))],
    'how far real-time priority is raised by itself when timers are late',
    { default: '0: not at all' },
  ),
  later(
    'min_auto_priority_delay',
    [required('MICROSECONDS', integer(1, 10_000_000))],
    'what counts as late',
    { default: '1000000 µs' },
  ),
  ...receiveBuffers.map((name) =>
    later(`${name}_rcv_bufs`, [required('BYTES', integer())], 'size of a receive buffer'),
  ),
  ...receiveBuffers.map((name) =>
    later(`${name}_rcv_bufs_force`, switchParameters, 'that size, whatever the system allows', {
      default: 'off',
    }),
  ),
  later('vrrp_rx_bufs_policy', [required('POLICY', text)], 'MTU, ADVERT or a number of bytes'),
  later('vrrp_rx_bufs_multiplier', [required('COUNT', integer(1))], 'packets it has room for', {
    default: '3',
  }),
];
