/** `global_defs`: how keepalived's processes are scheduled, and how much they may buffer. */
import { integer, text } from './argument-type.ts';
import { acted, meaningless, optional, repeated, required, type Keyword } from './keyword.ts';
import { switchParameters } from './parameters.ts';

const noSuchProcess = meaningless('Baton has no such process');
const roomForAll = meaningless('the receive buffer has room for the adverts of all instances');
const alwaysForced = meaningless('Baton takes the size by force wherever it may');

function ofEachProcess(
  suffix: string,
  make: (name: string, whose: string, row: typeof acted) => Keyword,
): readonly Keyword[] {
  return [
    make(`vrrp_${suffix}`, 'VRRP', acted),
    make(`checker_${suffix}`, 'checker', noSuchProcess),
    make(`bfd_${suffix}`, 'BFD', noSuchProcess),
  ];
}

const receiveBuffers = [
  'vrrp_netlink_cmd',
  'vrrp_netlink_monitor',
  'lvs_netlink_cmd',
  'lvs_netlink_monitor',
  'process_monitor',
];

export const processKeywords: readonly Keyword[] = [
  ...ofEachProcess('priority', (name, whose, row) =>
    row(name, [required('NICE', integer(-20, 19))], `nice value of the ${whose} process`),
  ),
  ...ofEachProcess('rt_priority', (name, whose, row) =>
    row(name, [required('PRIORITY', integer(1, 99))], `real-time priority of the ${whose} process`),
  ),
  ...ofEachProcess('rlimit_rttime', (name, whose, row) =>
    row(
      name,
      [required('MICROSECONDS', integer(2))],
      `how long the ${whose} process may run in real time without a pause`,
      { default: '10000 µs', deprecated: [name.replace('rttime', 'rtime')] },
    ),
  ),
  ...ofEachProcess('no_swap', (name, whose, row) =>
    row(name, [], `keeps program and libraries of the ${whose} process in memory`),
  ),
  ...ofEachProcess('cpu_affinity', (name, whose, row) =>
    row(name, [repeated('CPU', integer(0, 4_095))], `where the ${whose} process may run`),
  ),
  acted(
    'max_auto_priority',
    [optional('PRIORITY', integer(-1, 99))],
    'how far real-time priority is raised by itself when timers are late',
    { default: '0: not at all' },
  ),
  acted(
    'min_auto_priority_delay',
    [required('MICROSECONDS', integer(1, 10_000_000))],
    'what counts as late',
    { default: '1000000 µs' },
  ),
  ...receiveBuffers.map((name) =>
    (name.startsWith('lvs') ? noSuchProcess : acted)(
      `${name}_rcv_bufs`,
      [required('BYTES', integer())],
      'size of a receive buffer',
    ),
  ),
  ...receiveBuffers.map((name) =>
    alwaysForced(
      `${name}_rcv_bufs_force`,
      switchParameters,
      'that size, whatever the system allows',
      {
        default: 'off',
      },
    ),
  ),
  acted('vrrp_rx_bufs_policy', [required('POLICY', text)], 'MTU, ADVERT or a number of bytes'),
  roomForAll(
    'vrrp_rx_bufs_multiplier',
    [required('COUNT', integer(1))],
    'packets it has room for',
    {
      default: '3',
    },
  ),
];
