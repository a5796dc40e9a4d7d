import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from './getopt.ts';
import { runFlags } from './run-flags.ts';

/** The flags as `name=value`, the operands, or the complaint. */
function read(...args: string[]): string {
  const line = readCommandLine(args, runFlags);
  if (!line.ok) return `refused: ${line.error}`;
  const flags = line.value.flags.map(({ name, value }) =>
    value === null ? name : `${name}=${value}`,
  );
  return [...flags, ...line.value.operands.map((operand) => `'${operand}'`)].join(' ');
}

describe('readCommandLine', () => {
  it.each([
    [['-nlD'], 'dont-fork log-console log-detail'],
    [['-D', '-S', '3'], 'log-detail log-facility=3'],
    [['-DS3'], 'log-detail log-facility=3'],
    [['-f/etc/x.conf'], 'use-file=/etc/x.conf'],
    [['-nf', '/etc/x.conf'], 'dont-fork use-file=/etc/x.conf'],
    [['--use-file', '/etc/x.conf'], 'use-file=/etc/x.conf'],
    [['--use-file=/etc/x.conf'], 'use-file=/etc/x.conf'],
    [['--dont-fork', '-D'], 'dont-fork log-detail'],
    [['--dont-fork', ''], 'dont-fork'],
    [['-f', ''], 'use-file='],
    [['-t'], 'config-test'],
    [['-tLOG'], 'config-test=LOG'],
    [['--config-test=LOG'], 'config-test=LOG'],
    [['-t', 'x.conf'], "config-test 'x.conf'"],
    [['-p', '-D'], 'pid=-D'],
    [['--dont-f'], 'dont-fork'],
    [['-D', '--', '-n', 'x'], "log-detail '-n' 'x'"],
    [['-'], "'-'"],
    [
      ['--log'],
      'refused: --log could be --log-console or --log-detail or --log-facility or --log-file',
    ],
    [['--no-such'], 'refused: unknown option --no-such'],
    [['-nZ'], 'refused: unknown option -Z'],
    [['-p'], 'refused: -p needs a value'],
    [['--pid'], 'refused: --pid needs a value'],
    [['--dont-fork=yes'], 'refused: --dont-fork takes no value'],
  ])('reads %j', (args, expected) => {
    expect(read(...args)).toBe(expected);
  });

  it('answers any words with flags or a complaint, never an exception', () => {
    const word = fc.oneof(
      fc.string(),
      fc.string({ maxLength: 4 }).map((text) => `-${text}`),
      fc.string({ maxLength: 4 }).map((text) => `--${text}`),
      fc.constantFrom(...runFlags.map(({ name }) => `--${name}`)),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const line = readCommandLine(words, runFlags);
        if (line.ok) {
          const { flags, operands } = line.value;
          expect(flags.length + operands.length).toBeLessThanOrEqual(words.join('').length);
        } else {
          expect(line.error).not.toBe('');
        }
      }),
    );
  });

  it('has no letter or name twice', () => {
    const letters = runFlags.map(({ short }) => short).filter((short) => short !== null);
    expect(new Set(letters).size).toBe(letters.length);
    expect(new Set(runFlags.map(({ name }) => name)).size).toBe(runFlags.length);
  });
});
