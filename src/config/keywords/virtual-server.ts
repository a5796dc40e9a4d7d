/** `virtual_server` and what belongs to it: IPVS and the servers behind it. */
import { choice, decimal, integer, ip, text } from './argument-type.ts';
import { checkers } from './checker.ts';
import {
  entryBlock,
  keywordBlock,
  later,
  optional,
  repeated,
  required,
  type Keyword,
} from './keyword.ts';
import { scriptParameters, switchParameters } from './parameters.ts';

const seconds = [required('SECONDS', decimal())];
const forwarding = [
  required('METHOD', choice('NAT', 'DR', 'TUN')),
  repeated('type ipip | type gue port N | type gre | nocsum | csum | remcsum', text),
];
const server = [required('ADDRESS', ip), optional('PORT', integer(1, 65_535))];
const flags = ['flag-1', 'flag-2', 'flag-3', 'sh-port', 'sh-fallback', 'mh-port', 'mh-fallback'];

export const virtualServerGroup = entryBlock(
  'virtual_server_group',
  'ADDRESS[-RANGE|/LENGTH] [PORT] | fwmark N [inet|inet6]',
);

/** What a server may say of itself, else its virtual server, else its checker. */
const rhythm: readonly Keyword[] = [
  later('delay_loop', seconds, 'between two checks', { default: '60 s' }),
  later('retry', [required('COUNT', integer(1))], 'attempts before it is down'),
  later('delay_before_retry', seconds, 'between two attempts'),
  later('warmup', seconds, 'random delay of the first check'),
  later('connect_timeout', seconds, 'patience', { default: '5 s' }),
  later('virtualhost', [required('NAME', text)], 'for the Host header of checks'),
  later('snmp_name', [required('NAME', text)], 'name in SNMP'),
];

const realServer = keywordBlock('real_server', [
  later('weight', [required('N', integer(0, 65_535))], 'share of the load', { default: '1' }),
  later('lvs_method', forwarding, 'how packets reach it', {
    aliases: ['lb_kind'],
    default: "the virtual server's",
  }),
  later('uthreshold', [required('COUNT', integer())], 'no new connections from here on'),
  later('lthreshold', [required('COUNT', integer())], 'until there are fewer again'),
  later('inhibit_on_failure', switchParameters, 'gets weight 0 instead of being removed', {
    default: 'off',
  }),
  later('notify_up', scriptParameters, 'runs when it comes up'),
  later('notify_down', scriptParameters, 'runs when it goes down'),
  later('alpha', switchParameters, 'is down at first', { default: 'off' }),
  later('smtp_alert', switchParameters, 'mail when it changes', { default: 'on' }),
  ...rhythm,
  ...checkers,
]);

const scheduling: readonly Keyword[] = [
  later('lvs_sched', [required('SCHEDULER', text)], 'rr, wrr, lc, wlc, sh, dh, mh, ...', {
    aliases: ['lb_algo'],
    default: 'wlc',
  }),
  ...flags.map((flag) => later(flag, [], 'flag of the scheduler')),
  later('ops', [], 'schedules each packet of UDP on its own'),
  later('hashed', [], 'has no effect'),
  later('lvs_method', forwarding, 'how packets reach the servers', {
    aliases: ['lb_kind'],
    default: 'NAT',
  }),
  later('protocol', [required('PROTOCOL', choice('TCP', 'UDP', 'SCTP'))], 'of the service', {
    default: 'UDP',
  }),
  later('persistence_timeout', [optional('SECONDS', integer())], 'a client keeps its server', {
    default: '360 s',
  }),
  later('persistence_granularity', [required('NETMASK|PREFIX', text)], 'what one client is'),
  later('persistence_engine', [required('ENGINE', choice('sip'))], 'how clients are told apart'),
  later('ip_family', [required('FAMILY', choice('inet', 'inet6'))], 'of a service by mark'),
];

const availability: readonly Keyword[] = [
  later('inhibit_on_failure', [optional('B', text)], 'weight 0 instead of removal'),
  later('weight', [required('N', integer(1, 65_535))], 'of servers that name none'),
  later('alpha', [optional('B', text)], 'servers are down at first'),
  later('omega', [optional('B', text)], 'servers go down at the end, with notification'),
  later('quorum', [required('N', integer(1))], 'weight that has to be up', { default: '1' }),
  later('hysteresis', [required('N', integer())], 'around the quorum', { default: '0' }),
  later('quorum_up', scriptParameters, 'runs when the quorum is reached'),
  later('quorum_down', scriptParameters, 'runs when it is lost'),
  later('ha_suspend', [], 'checks only while the address is here'),
  later('smtp_alert', switchParameters, 'mail about the quorum', { default: 'off' }),
  later('sorry_server', server, 'serves while the quorum is lost'),
  later('sorry_server_inhibit', [], 'is kept at weight 0 till then'),
  later('sorry_server_lvs_method', forwarding, 'how packets reach it'),
];

export const virtualServer = keywordBlock('virtual_server', [
  ...scheduling,
  ...rhythm,
  ...availability,
  later('real_server', server, 'one of the servers', { block: realServer }),
]);
