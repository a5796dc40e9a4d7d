import { describe, expect, it } from 'vitest';
import { expandLine, joinLine, sliceLine, sourceLine, spanOf, trimLine } from './source-line.ts';

const line = sourceLine('/a.conf', 7, '  state  MASTER ');

describe('a piece of a line', () => {
  it('knows where it stands', () => {
    expect(spanOf(sliceLine(line, 2, 7))).toEqual({
      file: '/a.conf',
      line: 7,
      column: 3,
      length: 5,
    });
    expect(trimLine(line).text).toBe('state  MASTER');
    expect(spanOf(trimLine(line))).toMatchObject({ column: 3, length: 13 });
  });

  it('keeps blanks of full width: they are to be seen', () => {
    expect(trimLine(sourceLine('/a.conf', 1, '\u3000a\u00a0 \r')).text).toBe('\u3000a\u00a0');
  });

  it('that came out of an expansion stands where that was asked for', () => {
    const before = sliceLine(line, 0, 9);
    const expanded = expandLine(sliceLine(line, 9, 15), 'BACKUP or so');
    const whole = joinLine(line, [before, expanded, sliceLine(line, 15)]);
    expect(whole.text).toBe('  state  BACKUP or so ');
    const end = sliceLine(whole, 16, 21);
    expect(end.text).toBe('or so');
    expect(spanOf(end)).toMatchObject({ column: 10, length: 6 });
    expect(spanOf(sliceLine(whole, 2, 11))).toMatchObject({ column: 3, length: 13 });
    expect(spanOf(expandLine(end, 'x'))).toMatchObject({ column: 10, length: 6 });
  });

  it('of nothing has a place too', () => {
    expect(spanOf(sliceLine(line, 3, 3))).toMatchObject({ line: 7, column: 1, length: 1 });
  });
});
