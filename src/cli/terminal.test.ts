import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { outputFailure, outputOf, printable, type Terminal } from './terminal.ts';

/** A terminal whose stdout takes two writes and then fails with `code`. */
function failingTerminal(code: string): { terminal: Terminal; written: string[] } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (written.length === 2) done(Object.assign(new Error(`write ${code}`), { code }));
      else {
        written.push(chunk.toString());
        done();
      }
    },
  });
  const closed = new AbortController();
  const stdout = outputOf(stream, { isTerminal: false, closed });
  const terminal = { stdout, stderr: stdout, closed: closed.signal, environment: {} };
  return { terminal, written };
}

describe('an output', () => {
  it.each([
    ['EPIPE', null],
    ['ENOSPC', 'write ENOSPC'],
  ])('that fails with %s is silent from then on, and tells of it: %j', async (code, message) => {
    const { terminal, written } = failingTerminal(code);
    expect(outputFailure(terminal)).toBeNull();
    for (const text of ['1', '2', '3', '4']) await terminal.stdout.write(text);
    expect(written).toEqual(['1', '2']);
    expect(terminal.closed.aborted).toBe(true);
    expect(outputFailure(terminal)?.message ?? null).toBe(message);
  });
});

describe('printable', () => {
  it('keeps text as it is, and shows what a terminal would obey', () => {
    expect(printable('chk_nginx: 3 × OK')).toBe('chk_nginx: 3 × OK');
    expect(printable('a\nb\tc')).toBe('a b c');
    expect(printable('\u001b]0;gone\u0007\u009b2J')).toBe('\\x1b]0;gone\\x07\\x9b2J');
  });
});
