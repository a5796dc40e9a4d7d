import { describe, expect, it } from 'vitest';
import { displayWidth, firstFullWidth, plainText } from './full-width.ts';

describe('a character of full width', () => {
  it('is found, with what it was meant to be', () => {
    expect(firstFullWidth('a（b）')).toEqual({ character: '（', meant: '(' });
    expect(firstFullWidth('\u3000')).toEqual({ character: '\u3000', meant: ' ' });
    expect(firstFullWidth('漢字 ascii é')).toBeNull();
  });

  it('can be written plainly, unless there are others without a plain form', () => {
    expect(plainText('１９２．0。2．1／２４')).toBe('192.0.2.1/24');
    expect(plainText('（漢字）')).toBeNull();
  });

  it('takes two columns of a terminal', () => {
    expect(displayWidth('ab')).toBe(2);
    expect(displayWidth('（漢字）')).toBe(8);
    expect(displayWidth('é\u{1f600}')).toBe(3);
  });
});
