import { describe, expect } from 'vitest';
import { ruleOf } from '../config/routing-lines.ts';
import { ruleEnd, ruleRows, ruleWords } from './rule-rows.ts';
import { benchTest, change, complaint, errorsOf, rulesOf } from './routing.ts';
import type { Station } from './station.ts';

describe('each word of a rule', () => {
  benchTest('is for the kernel what it is in `ip rule`', ({ ours, theirs }) => {
    for (const row of ruleRows) {
      const { word, line } = row;
      const rule = ruleOf(line);
      const family = rule.family === 'IPv4' ? '-4' : '-6';
      const outcomes = change(ours, { type: 'install-rule', id: 1, rule });
      expect.soft(errorsOf(outcomes), word).toEqual([null]);
      expect.soft(complaint(theirs, `${family} rule add ${ruleWords(row)}`), word).toBe('');
      const shown = rulesOf(theirs);
      expect.soft(shown, word).toHaveLength(1);
      expect.soft(rulesOf(ours.host), word).toEqual(shown);
      const gone = change(ours, { type: 'withdraw-rule', id: 2, rule });
      expect.soft(errorsOf(gone), word).toEqual([null]);
      expect.soft(rulesOf(ours.host), word).toEqual([]);
      complaint(theirs, `${family} rule del ${ruleWords(row)}`);
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
    installed(ours, `from 10.0.0.0/8 ${ruleEnd}`, `from 2001:db8:1::/48 ${ruleEnd}`);
    installed(ours, `from 10.0.0.0/8 ${ruleEnd}`, `from 2001:db8:1::/48 ${ruleEnd}`);
    expect(rulesOf(ours.host)).toHaveLength(2);
    const rule = ruleOf('from 10.9.0.0/16 table 100 priority 60');
    expect(errorsOf(change(ours, { type: 'withdraw-rule', id: 1, rule }))).toEqual([null]);
    expect(rulesOf(ours.host)).toHaveLength(2);
  });

  benchTest('tells of one that somebody else takes away, not of our own', ({ ours }) => {
    const lines = [
      `from 10.0.0.0/8 ${ruleEnd}`,
      `from 2001:db8:1::/48 ${ruleEnd}`,
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
