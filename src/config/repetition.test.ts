import { describe, expect, it } from 'vitest';
import { parseRepetition } from './repetition.ts';
import { sourceLine } from './source-line.ts';

function roundsOf(text: string): unknown {
  const repetition = parseRepetition(sourceLine('/a.conf', 1, text));
  if (!repetition.ok) return repetition.error;
  return repetition.value.rounds.map((round) => Object.fromEntries(round));
}

const values = (name: string, ...list: readonly string[]) => list.map((one) => ({ [name]: one }));

describe('a repetition', () => {
  it.each([
    ['~SEQ(N, 3) $N', values('N', '1', '2', '3')],
    ['~SEQ(N, -3)', values('N', '-1', '-2', '-3')],
    ['~SEQ(N, 4, 2)', values('N', '4', '3', '2')],
    ['~SEQ(N, 0x9, 11)', values('N', '9', '10', '11')],
    ['~SEQ(N, 1, 3, 8)', values('N', '1', '4', '7')],
    ['~SEQx(N, 9, 11)', values('N', '9', 'a', 'b')],
    ['~LST(N, a, b ,)', values('N', 'a', 'b', '')],
    [
      '~LST({N,M},{a,b},{c,d})',
      [
        { N: 'a', M: 'b' },
        { N: 'c', M: 'd' },
      ],
    ],
  ])('%s', (text, expected) => {
    expect(roundsOf(text)).toEqual(expected);
  });

  it.each([
    ['~SEQ', '"(...)" with a variable and values has to follow'],
    ['~SEQ(N', '"(...)" with a variable and values has to follow'],
    ['~SEQ(1, 2)', '"1" is no name for a variable'],
    ['~SEQ(N)', 'one to three whole numbers have to follow the variable'],
    ['~SEQ(N, a)', 'one to three whole numbers have to follow the variable'],
    ['~SEQ(N, 1, 2, 3, 4)', 'one to three whole numbers have to follow the variable'],
    ['~SEQ(N, 1, 0, 3)', 'steps of 0 never lead from 1 to 3'],
    ['~SEQ(N, 1, -1, 3)', 'steps of -1 never lead from 1 to 3'],
    ['~SEQ(N, 1000000)', '1000000 rounds are more than 10000'],
    ['~LST(N)', 'it has no values'],
    ['~LST({N,M},{a})', 'each value has to have 2 parts, as the variable has'],
    ['~LST(-, a)', '"-" is no name for a variable'],
  ])('is none: %s', (text, error) => {
    expect(roundsOf(text)).toBe(error);
  });
});
