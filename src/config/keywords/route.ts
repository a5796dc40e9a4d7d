/** Lines that name a route or a rule, in the words of `ip route` and `ip rule`. */
import { integer, text } from './argument-type.ts';
import { entryBlock, later, repeated, required, type Keyword } from './keyword.ts';

const family: readonly Keyword[] = [
  later('inet', [], 'is of IPv4'),
  later('inet6', [], 'is of IPv6'),
];

const routeTypes = [
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
];

const metrics = ['mtu', 'advmss', 'rtt', 'rttvar', 'reordering', 'cwnd', 'ssthresh', 'rto_min'];
const plainMetrics = ['hoplimit', 'window', 'initcwnd', 'initrwnd', 'quickack'];

const number = [required('N', text)];

const routeWords: readonly Keyword[] = [
  ...family,
  ...routeTypes.map((type) => later(type, [], `is a route of type ${type}`)),
  later('to', [required('PREFIX', text)], 'destination; the word may be left out'),
  later('src', [required('ADDRESS', text)], 'preferred source'),
  later('via', [required('[inet|inet6] ADDRESS', text)], 'gateway', { deprecated: ['gw'] }),
  later('or', [required('ADDRESS', text)], 'old: a second gateway'),
  later('from', [required('PREFIX', text)], 'source, for IPv6'),
  later('dev', [required('INTERFACE', text)], 'where it leads out', { aliases: ['oif'] }),
  later('onlink', [], 'the gateway is on the link'),
  later('table', [required('TABLE', text)], 'routing table, by number or name'),
  later('vrf', [required('NAME', text)], 'the table of that VRF'),
  later('scope', [required('SCOPE', text)], 'by number or name'),
  later('protocol', [required('PROTOCOL', text)], 'by number or name', { default: '18' }),
  later('metric', number, 'metric', { aliases: ['priority', 'preference'] }),
  later('tos', number, 'type of service', { aliases: ['dsfield'] }),
  later('realms', [required('[SOURCE/]DESTINATION', text)], 'realms, for IPv4'),
  ...metrics.map((name) => later(name, [required('[lock] N', text)], `metric ${name}`)),
  ...plainMetrics.map((name) => later(name, number, `metric ${name}`)),
  later('congctl', [required('[lock] NAME', text)], 'congestion control'),
  later('features', [required('ecn', text)], 'features'),
  later('expires', [required('SECONDS', text)], 'lifetime, for IPv6'),
  later('pref', [required('low|medium|high', text)], 'preference of a router, for IPv6'),
  later('ttl-propagate', [required('enabled|disabled', text)], 'for MPLS'),
  later('fastopen_no_cookie', [required('0|1', text)], 'TCP fast open without a cookie'),
  later('encap', [repeated('ip|ip6|mpls|ila ...', text)], 'tunnel'),
  later('nexthop', [repeated('via, dev, weight, onlink, encap, realms', text)], 'one of several'),
  later('add', [], 'is added if it is not there'),
  later('prepend', [], 'is put before others', { default: 'so' }),
  later('append', [], 'is put behind others'),
  later('no_track', [], 'is not put back when something else removes it'),
  later('track_group', [required('GROUP', text)], 'for static routes: goes down with it'),
];

const ruleActions = ['nop', 'blackhole', 'unreachable', 'prohibit'];

const ruleWords: readonly Keyword[] = [
  ...family,
  later('not', [], 'holds where the rest does not'),
  later('from', [required('PREFIX', text)], 'source, or `all`'),
  later('to', [required('PREFIX', text)], 'destination, or `all`'),
  later('table', [required('TABLE', text)], 'table to look in', { aliases: ['lookup'] }),
  later('preference', number, 'order', { aliases: ['order', 'priority'], default: '16384 down' }),
  later('tos', number, 'type of service', { aliases: ['dsfield'] }),
  later('fwmark', [required('N[/MASK]', text)], 'mark'),
  later('realms', [required('[SOURCE/]DESTINATION', text)], 'realms'),
  later('iif', [required('INTERFACE', text)], 'where it came in', { aliases: ['dev'] }),
  later('oif', [required('INTERFACE', text)], 'where it leads out'),
  later('suppress_prefixlength', number, 'skips short prefixes', { aliases: ['sup_pl'] }),
  later('suppress_ifgroup', number, 'skips a group of interfaces', { aliases: ['sup_group'] }),
  later('tunnel-id', number, 'tunnel'),
  later('uidrange', [required('A-B', text)], 'users'),
  later('l3mdev', [], 'the table of its VRF'),
  later('protocol', [required('PROTOCOL', text)], 'who made it', { default: '18' }),
  later('ipproto', [required('PROTOCOL', text)], 'IP protocol'),
  later('sport', [required('A-B', text)], 'source ports'),
  later('dport', [required('A-B', text)], 'destination ports'),
  later('goto', [required('N', integer())], 'goes on at that rule'),
  ...ruleActions.map((action) => later(action, [], `does ${action}; \`type\` may stand before it`)),
  later('no_track', [], 'is not put back when something else removes it'),
  later('track_group', [required('GROUP', text)], 'for static rules: goes down with it'),
];

export const virtualRoutes = entryBlock('virtual_routes', '[to] PREFIX [WORD ...]', routeWords);
export const virtualRules = entryBlock('virtual_rules', '[WORD ...]', ruleWords);
export const staticRoutes = entryBlock('static_routes', '[to] PREFIX [WORD ...]');
export const staticRules = entryBlock('static_rules', '[WORD ...]');
