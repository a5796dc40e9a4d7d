import { describe, expect, it } from 'vitest';
import { stripComment } from './comment.ts';
import { sliceLine, sourceLine, spanOf } from './source-line.ts';

describe('a comment', () => {
  it.each([
    ['state MASTER # it is', 'state MASTER '],
    ['state MASTER!it is', 'state MASTER'],
    ['router_id "#1!" # one', 'router_id "#1!" '],
    ['auth_pass a\\#b\\!c#d', 'auth_pass a#b!c'],
    ['script "a\\#b"', 'script "a\\#b"'],
    ['auth_pass \\', 'auth_pass \\'],
    ['#', ''],
    ['', ''],
  ])('is taken off %j', (text, expected) => {
    expect(stripComment(sourceLine('/a.conf', 1, text)).text).toBe(expected);
  });

  it('leaves what stands before it in its place', () => {
    const stripped = stripComment(sourceLine('/a.conf', 1, 'a\\#b c # d'));
    expect(spanOf(sliceLine(stripped, 4, 5))).toMatchObject({ column: 6, length: 1 });
  });
});
