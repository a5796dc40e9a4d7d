import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine, encodeLine, LineSplitter } from './json-lines.ts';

function octets(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('LineSplitter', () => {
  it('gives back what was written, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.array(fc.nat(30), { maxLength: 40 }),
        (values, cuts) => {
          const stream = octets(values.map(encodeLine).join(''));
          const splitter = new LineSplitter(stream.length + 1);
          const lines: string[] = [];
          let start = 0;
          for (const length of [...cuts, stream.length]) {
            const pushed = splitter.push(stream.subarray(start, start + length));
            expect(pushed.ok).toBe(true);
            if (pushed.ok) lines.push(...pushed.value);
            start += length;
          }
          const expected = values.map((value) => JSON.parse(JSON.stringify(value)) as unknown);
          expect(lines.map(decodeLine)).toEqual(expected);
        },
      ),
    );
  });

  it('refuses a line that is one octet too long, in one chunk or in many', () => {
    expect(new LineSplitter(4).push(octets('1234\n'))).toEqual({ ok: true, value: ['1234'] });
    expect(new LineSplitter(4).push(octets('12345\n')).ok).toBe(false);
    const splitter = new LineSplitter(4);
    expect(splitter.push(octets('1234')).ok).toBe(true);
    expect(splitter.push(octets('5')).ok).toBe(false);
  });

  it('skips empty lines', () => {
    expect(new LineSplitter(9).push(octets('\n\n1\n\n'))).toEqual({ ok: true, value: ['1'] });
  });
});
