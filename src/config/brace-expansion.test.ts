import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandBraces } from './brace-expansion.ts';

describe('brace expansion', () => {
  it.each([
    ['a', ['a']],
    ['a{b,c}d', ['abd', 'acd']],
    ['{a,b}{1,2}', ['a1', 'b1', 'a2', 'b2']],
    ['{a,b{c,d}}', ['a', 'bc', 'a', 'bd']],
    ['a{b}c{', ['a{b}c{']],
    ['{,a}', ['', 'a']],
  ])('of %s', (pattern, expected) => {
    expect([...expandBraces(pattern)].sort()).toEqual([...expected].sort());
  });

  it('ends, with few alternatives, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', ',', 'a') }), (pattern) => {
        const expanded = expandBraces(pattern);
        expect(expanded.length).toBeGreaterThan(0);
        expect(expanded.length).toBeLessThanOrEqual(1_000);
      }),
    );
    expect(expandBraces('{a,b}'.repeat(100)).length).toBeLessThanOrEqual(1_000);
  });
});
