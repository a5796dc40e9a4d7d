import { describe, expect, it } from 'vitest';
import { DiagnosticCollector } from './diagnostic.ts';
import { sourceLine } from './source-line.ts';
import { splitLine } from './words.ts';

function split(text: string) {
  const collector = new DiagnosticCollector();
  const phrases = splitLine(sourceLine('/a.conf', 1, text), collector).map((phrase) => {
    if (phrase.type !== 'words') return phrase.type === 'open' ? '{' : '}';
    return phrase.words.map((word) => word.text);
  });
  return { phrases, codes: collector.inOrder(new Map()).map(({ code }) => code) };
}

describe('a line', () => {
  it.each([
    ['state MASTER', [['state', 'MASTER']]],
    ['a\tb\rc', [['a', 'b', 'c']]],
    ['router_id "front end"', [['router_id', 'front end']]],
    ['a"b c"d', [['a', 'b c', 'd']]],
    ['a "" b', [['a', '', 'b']]],
    ['track_script { chk }', [['track_script'], '{', ['chk'], '}']],
    ['a{b}c', [['a'], '{', ['b'], '}', ['c']]],
    ['a "{" b', [['a', '{', 'b']]],
    ['a ${B} b', [['a', '${B}', 'b']]],
    ['}{', ['}', '{']],
    ["a 'b c'", [['a', "'b", "c'"]]],
    [`notify 'b c' d`, [['notify', 'b c', 'd']]],
    ['script "/bin/sh -c \\"a b\\""', [['script', '/bin/sh -c "a b"']]],
    ['misc_path "/bin/a" }', [['misc_path', '/bin/a'], '}']],
  ])('%j', (text, phrases) => {
    expect(split(text)).toEqual({ phrases, codes: [] });
  });

  it.each([
    ['a "b c', [['a', 'b c']]],
    ['script "/bin/a b', [['script', '/bin/a b']]],
  ])('with an open quote: %j', (text, phrases) => {
    expect(split(text)).toEqual({ phrases, codes: ['unterminated-quote'] });
  });
});
