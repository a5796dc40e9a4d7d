/** What each word of a rule is for the kernel: in the words of `ip rule`. */
import type { RoutingRow } from './routing-row.ts';

export const ruleEnd = 'table 100 priority 50';

/** A row for each word of a rule (keepalived.conf(5)), and what `ip rule` makes of it. */
export const ruleRows: readonly RoutingRow[] = [
  { word: 'inet', line: `inet from all ${ruleEnd}`, ip: `from all ${ruleEnd}` },
  { word: 'inet6', line: `inet6 from all ${ruleEnd}`, ip: `from all ${ruleEnd}` },
  { word: 'not', line: `not from 10.0.0.0/8 ${ruleEnd}` },
  { word: 'from', line: `from 10.0.0.0/8 ${ruleEnd}` },
  { word: 'from, IPv6', line: `from 2001:db8:1::/48 ${ruleEnd}` },
  { word: 'from all', line: `from all ${ruleEnd}` },
  { word: 'to', line: `to 192.0.2.9 ${ruleEnd}` },
  { word: 'to all', line: `to all ${ruleEnd}` },
  { word: 'table, by name', line: 'from 10.0.0.0/8 table main priority 50' },
  { word: 'table, large', line: 'from 10.0.0.0/8 table 5000 priority 50' },
  { word: 'lookup', line: 'from 10.0.0.0/8 lookup 100 priority 50' },
  { word: 'preference', line: 'from 10.0.0.0/8 table 100 preference 51' },
  { word: 'order', line: 'from 10.0.0.0/8 table 100 order 52' },
  { word: 'priority', line: 'from 10.0.0.0/8 table 100 priority 53' },
  {
    word: 'no priority',
    line: 'from 10.0.0.0/8 table 100',
    ip: 'from 10.0.0.0/8 table 100 priority 16384',
  },
  { word: 'tos', line: `tos 0x10 ${ruleEnd}` },
  { word: 'dsfield', line: `dsfield 0x08 ${ruleEnd}` },
  { word: 'fwmark', line: `fwmark 7 ${ruleEnd}` },
  { word: 'fwmark with mask', line: `fwmark 0x70/0xf0 ${ruleEnd}` },
  { word: 'realms', line: `from 10.0.0.0/8 realms 3/4 ${ruleEnd}` },
  { word: 'dev', line: `dev eth0 ${ruleEnd}` },
  { word: 'iif', line: `iif eth0 ${ruleEnd}` },
  { word: 'iif that is not there', line: `iif nowhere ${ruleEnd}` },
  { word: 'oif', line: `oif eth0 ${ruleEnd}` },
  { word: 'suppress_prefixlength', line: 'table main suppress_prefixlength 0 priority 50' },
  { word: 'sup_pl', line: 'table main sup_pl 8 priority 50' },
  { word: 'suppress_ifgroup', line: 'table main suppress_ifgroup 5 priority 50' },
  { word: 'sup_group', line: 'table main sup_group default priority 50' },
  {
    word: 'tunnel-id',
    line: `tunnel-id 4294967297 ${ruleEnd}`,
    ip: `tun_id 4294967297 ${ruleEnd}`,
  },
  { word: 'uidrange', line: `uidrange 1000-2000 ${ruleEnd}` },
  { word: 'l3mdev', line: 'l3mdev priority 50' },
  { word: 'protocol', line: `from 10.0.0.0/8 protocol static ${ruleEnd}` },
  { word: 'protocol, by number', line: `from 10.0.0.0/8 protocol 77 ${ruleEnd}` },
  { word: 'ipproto', line: `ipproto tcp ${ruleEnd}` },
  { word: 'ipproto, by number', line: `ipproto 132 ${ruleEnd}` },
  { word: 'sport', line: `ipproto udp sport 1000-2000 ${ruleEnd}` },
  { word: 'sport, one', line: `ipproto udp sport 1000 ${ruleEnd}` },
  { word: 'dport', line: `ipproto tcp dport 80-90 ${ruleEnd}` },
  { word: 'goto', line: 'from 10.0.0.0/8 goto 32766 priority 50' },
  {
    word: 'nop',
    line: 'from 10.0.0.0/8 nop priority 50',
    ip: 'from 10.0.0.0/8 type nop priority 50',
  },
  { word: 'blackhole', line: 'from 10.0.0.0/8 blackhole priority 50' },
  { word: 'unreachable', line: 'from 10.0.0.0/8 unreachable priority 50' },
  { word: 'prohibit', line: 'from 2001:db8:1::/48 prohibit priority 50' },
  { word: 'type', line: 'from 10.0.0.0/8 type prohibit priority 50' },
];

/** What `ip rule` is told, with the protocol that Baton gives where the line names none. */
export function ruleWords({ line, ip = line }: Pick<RoutingRow, 'line' | 'ip'>): string {
  return ip.includes('protocol ') ? ip : `${ip} protocol 112`;
}
