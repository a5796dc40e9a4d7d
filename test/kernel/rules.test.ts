import { describe, expect } from 'vitest';
import { ruleOf } from '../config/routing-lines.ts';
import { benchTest, change, complaint, errorsOf, rulesOf, type Row } from './routing.ts';
import type { Station } from './station.ts';

const to = 'table 100 priority 50';

/** A row for each word of a rule (keepalived.conf(5)), and what `ip rule` makes of it. */
const rows: readonly Row[] = [
  { word: 'inet', line: `inet from all ${to}`, ip: `from all ${to}` },
  { word: 'inet6', line: `inet6 from all ${to}`, ip: `from all ${to}` },
  { word: 'not', line: `not from 10.0.0.0/8 ${to}` },
  { word: 'from', line: `from 10.0.0.0/8 ${to}` },
  { word: 'from, IPv6', line: `from 2001:db8:1::/48 ${to}` },
  { word: 'from all', line: `from all ${to}` },
  { word: 'to', line: `to 192.0.2.9 ${to}` },
  { word: 'to all', line: `to all ${to}` },
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
  { word: 'tos', line: `tos 0x10 ${to}` },
  { word: 'dsfield', line: `dsfield 0x08 ${to}` },
  { word: 'fwmark', line: `fwmark 7 ${to}` },
  { word: 'fwmark with mask', line: `fwmark 0x70/0xf0 ${to}` },
  { word: 'realms', line: `from 10.0.0.0/8 realms 3/4 ${to}` },
  { word: 'dev', line: `dev eth0 ${to}` },
  { word: 'iif', line: `iif eth0 ${to}` },
  { word: 'iif that is not there', line: `iif nowhere ${to}` },
  { word: 'oif', line: `oif eth0 ${to}` },
  { word: 'suppress_prefixlength', line: 'table main suppress_prefixlength 0 priority 50' },
  { word: 'sup_pl', line: 'table main sup_pl 8 priority 50' },
  { word: 'suppress_ifgroup', line: 'table main suppress_ifgroup 5 priority 50' },
  { word: 'sup_group', line: 'table main sup_group default priority 50' },
  { word: 'tunnel-id', line: `tunnel-id 4294967297 ${to}`, ip: `tun_id 4294967297 ${to}` },
  { word: 'uidrange', line: `uidrange 1000-2000 ${to}` },
  { word: 'l3mdev', line: 'l3mdev priority 50' },
  { word: 'protocol', line: `from 10.0.0.0/8 protocol static ${to}` },
  { word: 'protocol, by number', line: `from 10.0.0.0/8 protocol 77 ${to}` },
  { word: 'ipproto', line: `ipproto tcp ${to}` },
  { word: 'ipproto, by number', line: `ipproto 132 ${to}` },
  { word: 'sport', line: `ipproto udp sport 1000-2000 ${to}` },
  { word: 'sport, one', line: `ipproto udp sport 1000 ${to}` },
  { word: 'dport', line: `ipproto tcp dport 80-90 ${to}` },
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

function withProtocol(line: string): string {
  return line.includes('protocol ') ? line : `${line} protocol 18`;
}

describe('each word of a rule', () => {
  benchTest('is for the kernel what it is in `ip rule`', ({ ours, theirs }) => {
    for (const { word, line, ip = line } of rows) {
      const rule = ruleOf(line);
      const family = rule.family === 'IPv4' ? '-4' : '-6';
      const outcomes = change(ours, { type: 'install-rule', id: 1, rule });
      expect.soft(errorsOf(outcomes), word).toEqual([null]);
      expect.soft(complaint(theirs, `${family} rule add ${withProtocol(ip)}`), word).toBe('');
      const shown = rulesOf(theirs);
      expect.soft(shown, word).toHaveLength(1);
      expect.soft(rulesOf(ours.host), word).toEqual(shown);
      const gone = change(ours, { type: 'withdraw-rule', id: 2, rule });
      expect.soft(errorsOf(gone), word).toEqual([null]);
      expect.soft(rulesOf(ours.host), word).toEqual([]);
      complaint(theirs, `${family} rule del ${withProtocol(ip)}`);
      expect(rulesOf(theirs), word).toEqual([]);
    }
  });
});

function installed(ours: Station, ...lines: readonly string[]): void {
  const outcomes = change(
    ours,
    ...lines.map((line) => ({ type: 'install-rule', id: 1, rule: ruleOf(line) }) as const),
  );
  expect(errorsOf(outcomes)).toEqual(lines.map(() => null));
}

/** The lines of the rules that were told to have vanished. */
function vanishedFrom(ours: Station): readonly string[] {
  return ours.events.flatMap((event) => (event.type === 'rule-vanished' ? [event.rule.text] : []));
}

describe('changing rules', () => {
  benchTest('again, or taking away what is not there, is no error', ({ ours }) => {
    installed(ours, `from 10.0.0.0/8 ${to}`, `from 2001:db8:1::/48 ${to}`);
    installed(ours, `from 10.0.0.0/8 ${to}`, `from 2001:db8:1::/48 ${to}`);
    expect(rulesOf(ours.host)).toHaveLength(2);
    const rule = ruleOf('from 10.9.0.0/16 table 100 priority 60');
    expect(errorsOf(change(ours, { type: 'withdraw-rule', id: 1, rule }))).toEqual([null]);
    expect(rulesOf(ours.host)).toHaveLength(2);
  });

  benchTest('tells of one that somebody else takes away, not of our own', ({ ours }) => {
    const lines = [
      `from 10.0.0.0/8 ${to}`,
      `from 2001:db8:1::/48 ${to}`,
      'iif eth0 nop priority 9',
    ];
    installed(ours, ...lines, 'to 10.0.0.0/8 table 5 priority 7');
    const rule = ruleOf('to 10.0.0.0/8 table 5 priority 7');
    change(ours, { type: 'withdraw-rule', id: 1, rule });
    ours.host.ip('rule add to 10.0.0.0/8 table 5 priority 8');
    ours.host.ip('rule del to 10.0.0.0/8 table 5 priority 8');
    expect(ours.receiveUntil(() => vanishedFrom(ours).length > 0, 200)).toBe(false);
    ours.host.ip('rule del priority 9');
    ours.host.ip('-6 rule del priority 50');
    expect(ours.receiveUntil(() => vanishedFrom(ours).length === 2)).toBe(true);
    expect(vanishedFrom(ours).toSorted()).toEqual(lines.slice(1).toSorted());
    expect(rulesOf(ours.host)).toHaveLength(1);
  });
});
