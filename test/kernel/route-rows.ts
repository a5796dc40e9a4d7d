/** What each word of a route is for the kernel: in the words of `ip route`. */
import type { RoutingRow } from './routing-row.ts';

export const via = 'via 192.0.2.2';
export const via6 = 'via 2001:db8::2';
export const to = '10.1.0.0/16';
export const to6 = '2001:db8:1::/48';

/** A row for each word of a route (keepalived.conf(5)), and what `ip route` makes of it. */
export const routeRows: readonly RoutingRow[] = [
  { word: 'prefix', line: `${to} ${via}` },
  { word: 'prefix, IPv6', line: `${to6} ${via6}` },
  { word: 'host', line: `10.1.2.3 ${via}` },
  { word: 'default', line: `default ${via}` },
  { word: 'default, IPv6', line: `default ${via6}` },
  { word: 'inet', line: `inet default dev eth0`, ip: 'default dev eth0' },
  { word: 'inet6', line: `inet6 default dev eth0`, ip: '::/0 dev eth0' },
  { word: 'to', line: `to ${to} ${via}` },
  { word: 'unicast', line: `unicast ${to} ${via}` },
  { word: 'local', line: 'local 10.1.0.1 dev eth0' },
  { word: 'local, IPv6', line: 'local 2001:db8:1::1 dev eth0' },
  { word: 'broadcast', line: 'broadcast 10.1.255.255 dev eth0' },
  { word: 'multicast', line: 'multicast 239.1.0.0/16 dev eth0' },
  { word: 'anycast', line: 'anycast 2001:db8:1::1 dev eth0' },
  { word: 'throw', line: `throw ${to} table 100` },
  { word: 'unreachable', line: `unreachable ${to}` },
  { word: 'unreachable, IPv6', line: `unreachable ${to6}` },
  { word: 'prohibit', line: `prohibit ${to}` },
  { word: 'blackhole', line: `blackhole ${to}` },
  { word: 'src', line: `${to} ${via} src 192.0.2.1` },
  { word: 'src, IPv6', line: `${to6} ${via6} src 2001:db8::1` },
  { word: 'gw', line: `${to} gw 192.0.2.2`, ip: `${to} ${via}` },
  { word: 'via inet6', line: `${to} via inet6 2001:db8::2 dev eth0` },
  {
    word: 'or',
    line: `${to} ${via} or 192.0.2.3`,
    ip: `${to} nexthop ${via} nexthop via 192.0.2.3`,
  },
  { word: 'from', line: `${to6} from 2001:db8:2::/48 ${via6}` },
  { word: 'dev', line: `${to} dev eth0` },
  { word: 'oif', line: `${to} oif eth0` },
  { word: 'onlink', line: `${to} via 198.51.100.1 dev eth0 onlink` },
  { word: 'table, by number', line: `${to} ${via} table 1000` },
  { word: 'table, by name', line: `${to} ${via} table default` },
  { word: 'scope', line: `${to} dev eth0 scope host` },
  { word: 'scope, by name', line: `${to} dev eth0 scope global` },
  { word: 'scope, by number', line: `${to} dev eth0 scope 253` },
  { word: 'protocol', line: `${to} ${via} protocol static` },
  { word: 'protocol, by number', line: `${to} ${via} protocol 77` },
  { word: 'metric', line: `${to} ${via} metric 50` },
  { word: 'priority', line: `${to} ${via} priority 51` },
  { word: 'preference', line: `${to6} ${via6} preference 52` },
  { word: 'tos', line: `${to} ${via} tos 0x10` },
  { word: 'dsfield', line: `${to} ${via} dsfield 0x08` },
  { word: 'realms', line: `${to} ${via} realms 3/4` },
  { word: 'realms, destination', line: `${to} ${via} realms 4` },
  { word: 'mtu', line: `${to} ${via} mtu 1400` },
  { word: 'mtu lock', line: `${to} ${via} mtu lock 1400` },
  { word: 'advmss', line: `${to} ${via} advmss lock 1300` },
  { word: 'rtt', line: `${to} ${via} rtt 100ms` },
  { word: 'rtt, plain', line: `${to} ${via} rtt lock 800` },
  { word: 'rttvar', line: `${to} ${via} rttvar 1s` },
  { word: 'reordering', line: `${to} ${via} reordering 5` },
  { word: 'cwnd', line: `${to} ${via} cwnd lock 20` },
  { word: 'ssthresh', line: `${to} ${via} ssthresh 30` },
  { word: 'rto_min', line: `${to} ${via} rto_min 300ms` },
  { word: 'hoplimit', line: `${to} ${via} hoplimit 40` },
  { word: 'window', line: `${to} ${via} window 20000` },
  { word: 'initcwnd', line: `${to} ${via} initcwnd 12` },
  { word: 'initrwnd', line: `${to} ${via} initrwnd 13` },
  { word: 'quickack', line: `${to} ${via} quickack 1` },
  { word: 'congctl', line: `${to} ${via} congctl lock reno` },
  { word: 'features', line: `${to} ${via} features ecn` },
  { word: 'expires', line: `${to6} ${via6} expires 1000` },
  { word: 'pref', line: `${to6} ${via6} pref high` },
  { word: 'pref low', line: `${to6} ${via6} pref low` },
  { word: 'ttl-propagate', line: `${to} ${via} ttl-propagate enabled` },
  { word: 'fastopen_no_cookie', line: `${to} ${via} fastopen_no_cookie 1` },
  {
    word: 'encap ip',
    line: `${to} encap ip id 5 dst 198.51.100.1 src 192.0.2.1 tos 4 ttl 8 dev eth0`,
  },
  {
    word: 'encap ip flags',
    line: `${to} encap ip id 5 dst 198.51.100.1 flags 4 dev eth0`,
    ip: `${to} encap ip id 5 dst 198.51.100.1 key dev eth0`,
  },
  {
    word: 'encap ip6',
    line: `${to6} encap ip6 id 5 dst 2001:db8:9::1 src 2001:db8::1 tos 4 hoplimit 8 dev eth0`,
    ip: `${to6} encap ip6 id 5 dst 2001:db8:9::1 src 2001:db8::1 tc 4 hoplimit 8 dev eth0`,
  },
  {
    word: 'encap mpls',
    line: `${to} encap mpls 100/200 ttl 9 ${via}`,
    refused: 'lwt encapsulation type not supported',
  },
  {
    word: 'encap ila',
    line: `${to6} encap ila 2001:db8:0:1 ${via6}`,
    refused: 'lwt encapsulation type not supported',
  },
  {
    word: 'nexthop',
    line: `${to} nexthop ${via} weight 3 realms 5 nexthop via 192.0.2.3 dev eth0 onlink`,
  },
  {
    word: 'nexthop, IPv6',
    line: `${to6} nexthop ${via6} weight 256 nexthop via 2001:db8::3 dev eth0`,
  },
  {
    word: 'nexthop encap',
    line: `${to} nexthop encap ip dst 198.51.100.1 dev eth0 nexthop dev eth1`,
  },
];

/** What `ip route` is told, with the protocol that Baton gives where the line names none. */
export function routeWords({ line, ip = line }: Pick<RoutingRow, 'line' | 'ip'>): string {
  return ip.includes('protocol ') ? ip : `protocol 112 ${ip}`;
}
