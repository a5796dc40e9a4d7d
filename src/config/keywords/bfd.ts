/** `bfd_instance`: a session of RFC 5880. */
import { choice, decimal, integer, ip } from './argument-type.ts';
import { keywordBlock, later, optional, required } from './keyword.ts';
import { switchParameters } from './parameters.ts';

const milliseconds = [required('MILLISECONDS', decimal())];

export const bfdInstance = keywordBlock('bfd_instance', [
  later('neighbor_ip', [required('ADDRESS', ip)], 'the other end; mandatory', {
    aliases: ['neighbour_ip'],
  }),
  later('source_ip', [required('ADDRESS', ip)], 'this end'),
  later('min_rx', milliseconds, 'takes packets as often', { default: '10 ms' }),
  later('min_tx', milliseconds, 'sends packets as often', { default: '10 ms' }),
  later('idle_tx', [required('MILLISECONDS', decimal(1_000))], 'while the session is not up', {
    default: '1000 ms',
  }),
  later('multiplier', [required('COUNT', integer(1, 255))], 'packets to miss', { default: '5' }),
  later('passive', [], 'waits for the other end to begin'),
  later('ttl', [required('TTL', integer(1, 255))], 'of what is sent', {
    default: '255; 64 for IPv6',
    aliases: ['hoplimit'],
  }),
  later('max_hops', [required('HOPS', integer(-1, 255))], 'routers on the way at most', {
    default: '0',
  }),
  later('multihop', switchParameters, 'uses port 4784', { default: 'off' }),
  later(
    'weight',
    [required('N', integer(-253, 253)), optional('reverse', choice('reverse'))],
    'change of priority; 0: Fault while it is down',
    { default: '0' },
  ),
  later('vrrp', [], 'tells only VRRP'),
  later('checker', [], 'tells only the checkers'),
]);
