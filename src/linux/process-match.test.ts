import { describe, expect, it } from 'vitest';
import type { ProcessMatch } from '../model/config.ts';
import { isMatch } from './process-match.ts';

function match(program: string, more: Partial<ProcessMatch> = {}): ProcessMatch {
  return { program, parameters: [], parameterMatch: 'none', fullCommand: false, ...more };
}

const nginx = { name: 'nginx', words: ['/usr/sbin/nginx', '-g', 'daemon on;'] };

describe('a process is meant', () => {
  it('by the whole of the name that the kernel has for it', () => {
    expect(isMatch(match('nginx'), nginx)).toBe(true);
    expect(isMatch(match('ngin'), nginx)).toBe(false);
    expect(isMatch(match('/usr/sbin/nginx'), nginx)).toBe(false);
    const long = { name: 'a-name-longer-t', words: [] };
    expect(isMatch(match('a-name-longer-than-15'), long)).toBe(true);
    expect(
      isMatch(match('größe'), { name: Buffer.from('größe').toString('latin1'), words: [] }),
    ).toBe(true);
  });

  it('by the word that it was called by, where the full command counts', () => {
    expect(isMatch(match('/usr/sbin/nginx', { fullCommand: true }), nginx)).toBe(true);
    expect(isMatch(match('nginx', { fullCommand: true }), nginx)).toBe(false);
    expect(isMatch(match('kthreadd', { fullCommand: true }), { name: 'kthreadd', words: [] })).toBe(
      false,
    );
  });

  it.each([
    { how: 'exact', parameters: ['-g', 'daemon on;'], meant: true },
    { how: 'exact', parameters: ['-g'], meant: false },
    { how: 'exact', parameters: ['-g', 'daemon on;', '-q'], meant: false },
    { how: 'exact', parameters: [], meant: false },
    { how: 'initial', parameters: ['-g'], meant: true },
    { how: 'initial', parameters: ['-g', 'daemon'], meant: false },
    { how: 'initial', parameters: ['daemon on;'], meant: false },
    { how: 'partial', parameters: ['-g', 'daemon'], meant: true },
    { how: 'partial', parameters: ['-', 'daemon on;'], meant: false },
    { how: 'partial', parameters: ['-g', 'daemon on;', ''], meant: false },
  ] as const)('by $how parameters $parameters: $meant', ({ how, parameters, meant }) => {
    const wanted = match('/usr/sbin/nginx', { parameters, parameterMatch: how });
    expect(isMatch(wanted, nginx)).toBe(meant);
  });
});
