/** Lines that name a route or a rule, in the words of `ip route` and `ip rule`. */
import { text } from './argument-type.ts';
import { acted, entryBlock, repeated, required, type Keyword } from './keyword.ts';

const family: readonly Keyword[] = [
  acted('inet', [], 'is of IPv4'),
  acted('inet6', [], 'is of IPv6'),
];

export const routeTypes = [
  'unicast',
  'local',
  'broadcast',
  'multicast',
  'anycast',
  'throw',
  'unreachable',
  'prohibit',
  'blackhole',
  'nat',
] as const;

const metrics = ['mtu', 'advmss', 'rtt', 'rttvar', 'reordering', 'cwnd', 'ssthresh', 'rto_min'];
const plainMetrics = ['hoplimit', 'window', 'initcwnd', 'initrwnd', 'quickack'];

const number = [required('N', text)];

const routeWords: readonly Keyword[] = [
  ...family,
  ...routeTypes.map((type) => acted(type, [], `is a route of type ${type}`)),
  acted('to', [required('PREFIX', text)], 'destination; the word may be left out'),
  acted('src', [required('ADDRESS', text)], 'preferred source'),
  acted('via', [required('[inet|inet6] ADDRESS', text)], 'gateway', { deprecated: ['gw'] }),
  acted('or', [required('ADDRESS', text)], 'old: a second gateway'),
  acted('from', [required('PREFIX', text)], 'source, for IPv6'),
  acted('dev', [required('INTERFACE', text)], 'where it leads out', { aliases: ['oif'] }),
  acted('onlink', [], 'the gateway is on the link'),
  acted('table', [required('TABLE', text)], 'routing table, by number or name'),
  acted('vrf', [required('NAME', text)], 'the table of that VRF'),
  acted('scope', [required('SCOPE', text)], 'by number or name'),
  acted('protocol', [required('PROTOCOL', text)], 'by number or name', { default: '112' }),
  acted('metric', number, 'metric', { aliases: ['priority', 'preference'] }),
  acted('tos', number, 'type of service', { aliases: ['dsfield'] }),
  acted('realms', [required('[SOURCE/]DESTINATION', text)], 'realms, for IPv4'),
  ...metrics.map((name) => acted(name, [required('[lock] N', text)], `metric ${name}`)),
  ...plainMetrics.map((name) => acted(name, number, `metric ${name}`)),
  acted('congctl', [required('[lock] NAME', text)], 'congestion control'),
  acted('features', [required('ecn', text)], 'features'),
  acted('expires', [required('SECONDS', text)], 'lifetime, for IPv6'),
  acted('pref', [required('low|medium|high', text)], 'preference of a router, for IPv6'),
  acted('ttl-propagate', [required('enabled|disabled', text)], 'for MPLS'),
  acted('fastopen_no_cookie', [required('0|1', text)], 'TCP fast open without a cookie'),
  acted('encap', [repeated('ip|ip6|mpls|ila ...', text)], 'tunnel'),
  acted('nexthop', [repeated('via, dev, weight, onlink, encap, realms', text)], 'one of several'),
  acted('add', [], 'is added if it is not there'),
  acted('prepend', [], 'is put before others', { default: 'so' }),
  acted('append', [], 'is put behind others'),
  acted('no_track', [], 'is not put back when something else removes it'),
  acted('track_group', [required('GROUP', text)], 'for static routes: goes down with it'),
];

export const ruleActions = ['nop', 'blackhole', 'unreachable', 'prohibit'] as const;

const ruleWords: readonly Keyword[] = [
  ...family,
  acted('not', [], 'holds where the rest does not'),
  acted('from', [required('PREFIX', text)], 'source, or `all`'),
  acted('to', [required('PREFIX', text)], 'destination, or `all`'),
  acted('table', [required('TABLE', text)], 'table to look in', { aliases: ['lookup'] }),
  acted('preference', number, 'order', { aliases: ['order', 'priority'], default: '16384 down' }),
  acted('tos', number, 'type of service', { aliases: ['dsfield'] }),
  acted('fwmark', [required('N[/MASK]', text)], 'mark'),
  acted('realms', [required('[SOURCE/]DESTINATION', text)], 'realms'),
  acted('iif', [required('INTERFACE', text)], 'where it came in', { aliases: ['dev'] }),
  acted('oif', [required('INTERFACE', text)], 'where it leads out'),
  acted('suppress_prefixlength', number, 'skips short prefixes', { aliases: ['sup_pl'] }),
  acted('suppress_ifgroup', number, 'skips a group of interfaces', { aliases: ['sup_group'] }),
  acted('tunnel-id', number, 'tunnel'),
  acted('uidrange', [required('A[-B]', text)], 'users'),
  acted('l3mdev', [], 'the table of its VRF'),
  acted('protocol', [required('PROTOCOL', text)], 'who made it', { default: '112' }),
  acted('ipproto', [required('PROTOCOL', text)], 'IP protocol'),
  acted('sport', [required('A[-B]', text)], 'source ports'),
  acted('dport', [required('A[-B]', text)], 'destination ports'),
  acted('goto', number, 'goes on at that rule'),
  ...ruleActions.map((action) => acted(action, [], `does ${action}; \`type\` may stand before it`)),
  acted('no_track', [], 'is not put back when something else removes it'),
  acted('track_group', [required('GROUP', text)], 'for static rules: goes down with it'),
];

export const virtualRoutes = entryBlock('virtual_routes', '[to] PREFIX [WORD ...]', routeWords);
export const virtualRules = entryBlock('virtual_rules', '[WORD ...]', ruleWords);
export const staticRoutes = entryBlock('static_routes', '[to] PREFIX [WORD ...]');
export const staticRules = entryBlock('static_rules', '[WORD ...]');
