import { describe, expect, it } from 'vitest';
import { printable } from './terminal.ts';

describe('printable', () => {
  it('keeps text as it is, and shows what a terminal would obey', () => {
    expect(printable('chk_nginx: 3 × OK')).toBe('chk_nginx: 3 × OK');
    expect(printable('a\nb\tc')).toBe('a b c');
    expect(printable('\u001b]0;gone\u0007\u009b2J')).toBe('\\x1b]0;gone\\x07\\x9b2J');
  });
});
