import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitShellWords } from './shell-words.ts';

describe('a command', () => {
  it.each([
    ['/usr/bin/killall -0 nginx', ['/usr/bin/killall', '-0', 'nginx']],
    ['  a\tb  ', ['a', 'b']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`a'b c'd"e f"`, ['ab cde f']],
    [`'a"b' "c'd"`, ['a"b', "c'd"]],
    ['a\\ b \\"c\\" \\\\', ['a b', '"c"', '\\']],
    [`'a\\n' "a\\n"`, ['a\\n', 'a\n']],
    ['\\a\\b\\E\\f\\n\\r\\t\\v', ['\x07\b\x1b\f\n\r\t\v']],
    ['\\101\\x42\\cC\\7', ['AB\x03\x07']],
    ['awk {print} }{ {', ['awk', '{print}', '}{', '{']],
    ["'' a", ['', 'a']],
    ["a 'b c", ['a', 'b c']],
    ['a\\', ['a']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(splitShellWords(text)).toEqual(expected);
  });

  it('is taken apart whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(splitShellWords(text).join('').length).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
