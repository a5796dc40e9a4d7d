import { describe, expect, it } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { builtIn, definitionHead, expandDefinitions } from './definitions.ts';
import { sliceLine, sourceLine, spanOf } from './source-line.ts';

const values = new Map([
  ['A', ['alpha']],
  ['EMPTY', ['']],
  ['LINES', ['one', 'two', 'three']],
]);

function expand(text: string) {
  const line = sourceLine('/a.conf', 3, text);
  const { lines, replaced, unknown } = expandDefinitions(line, (name) => values.get(name) ?? null);
  return { texts: lines.map((one) => one.text), replaced, unknown: unknown.map((one) => one.text) };
}

describe('a definition', () => {
  it.each([
    ['$A=b', { name: 'A', valueAt: 3 }],
    ['$_a1=', { name: '_a1', valueAt: 5 }],
    ['$A =b', null],
    ['$1=b', null],
    ['A=b', null],
    [' $A=b', null],
  ])('is %j', (text, expected) => {
    expect(definitionHead(text)).toEqual(expected);
  });
});

describe('the use of a definition', () => {
  it.each([
    ['x $A y', 'x alpha y'],
    ['$A', 'alpha'],
    ['($A,$A)', '(alpha,alpha)'],
    ['${A}b', 'alphab'],
    ['a${EMPTY}b', 'ab'],
  ])('in %j', (text, expected) => {
    expect(expand(text)).toEqual({ texts: [expected], replaced: true, unknown: [] });
  });

  it.each([
    ['$A.b', []],
    ['$', []],
    ['${}', ['${}']],
    ['a $B c ${C D}', ['$B', '${C D}']],
  ])('is none in %j', (text, unknown) => {
    expect(expand(text)).toEqual({ texts: [text], replaced: false, unknown });
  });

  it('brings all its lines', () => {
    expect(expand('before $LINES').texts).toEqual(['before one', 'two', 'three']);
    expect(expand('$LINES after').texts).toEqual(['one', 'two', 'three after']);
  });

  it('is where its text points at', () => {
    const line = sourceLine('/a.conf', 3, 'x $LINES');
    const { lines } = expandDefinitions(line, (name) => values.get(name) ?? null);
    expect(lines.map((one) => spanOf(sliceLine(one, 2)))).toEqual([
      { file: '/a.conf', line: 3, column: 3, length: 6 },
      { file: '/a.conf', line: 3, column: 3, length: 6 },
      { file: '/a.conf', line: 3, column: 3, length: 6 },
    ]);
  });
});

describe('a built-in definition', () => {
  const surroundings = {
    configurationId: 'host-a',
    environment: { PLACE: 'here' },
    random: seededRandom(1),
  };
  const value = (name: string) => builtIn(name, surroundings, '/etc/keepalived');

  it.each([
    ['_PWD', '/etc/keepalived'],
    ['_INSTANCE', 'host-a'],
    ['_HASH', '#'],
    ['_BANG', '!'],
    ['_ENV PLACE', 'here'],
    ['_ENV OTHER', null],
    ['_ENV', null],
    ['_RANDOM 7 7', '7'],
    ['_RANDOM 3 2', null],
    ['_RANDOM a', null],
    ['PLACE', null],
    ['', null],
  ])('${%s}', (name, expected) => {
    expect(value(name)).toBe(expected);
  });

  it('draws numbers from its range', () => {
    const drawn = Array.from({ length: 200 }, () => Number(value('_RANDOM 5 8')));
    expect(new Set(drawn)).toEqual(new Set([5, 6, 7, 8]));
    const wide = Array.from({ length: 200 }, () => Number(value('_RANDOM')));
    expect(Math.min(...wide)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...wide)).toBeLessThanOrEqual(32_767);
    expect(Math.max(...wide)).toBeGreaterThan(16_384);
  });
});
