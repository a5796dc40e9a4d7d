/**
 * getopt_long(3)'s reading of a command line, as keepalived's is read: short
 * flags that need no value combine (`-nlD`), a value may touch its flag
 * (`-f/etc/x.conf`) or follow it, an optional value must touch it (`-tLOG`,
 * `--config-test=LOG`), and a long flag may be cut short while it stays unique.
 */
import { failure, success, type Result } from '../base/result.ts';

export interface Flag<Name extends string> {
  /** The long form without its dashes. */
  readonly name: Name;
  /** One letter; null where there is only the long form. */
  readonly short: string | null;
  readonly value: 'none' | 'required' | 'optional';
}

export interface GivenFlag<Name extends string> {
  readonly name: Name;
  /** As it was written on the command line, without its value: "-S", "--log-facility". */
  readonly written: string;
  readonly value: string | null;
}

export interface CommandLine<Name extends string> {
  /** In the order in which they were given. */
  readonly flags: readonly GivenFlag<Name>[];
  readonly operands: readonly string[];
}

/**
 * Reads `args`; fails with a sentence about the first flag that can't be
 * understood. Empty arguments are left out: an ExecStart with an unset
 * "${VARIABLE}" passes one.
 */
export function readCommandLine<Name extends string>(
  args: readonly string[],
  known: readonly Flag<Name>[],
): Result<CommandLine<Name>, string> {
  const flags: GivenFlag<Name>[] = [];
  const operands: string[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest.splice(0).filter((operand) => operand !== ''));
    } else if (word.startsWith('--')) {
      const flag = readLong(word.slice(2), rest, known);
      if (!flag.ok) return flag;
      flags.push(flag.value);
    } else if (word.startsWith('-') && word !== '-') {
      const cluster = readCluster(word.slice(1), rest, known);
      if (!cluster.ok) return cluster;
      flags.push(...cluster.value);
    } else if (word !== '') {
      operands.push(word);
    }
  }
  return success({ flags, operands });
}

function readLong<Name extends string>(
  text: string,
  rest: string[],
  known: readonly Flag<Name>[],
): Result<GivenFlag<Name>, string> {
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  const attached = equals === -1 ? null : text.slice(equals + 1);
  const found = findLong(name, known);
  if (!found.ok) return found;
  const flag = found.value;
  const written = `--${flag.name}`;
  if (attached !== null && flag.value === 'none') return failure(`${written} takes no value`);
  if (attached !== null || flag.value !== 'required') {
    return success({ name: flag.name, written, value: attached });
  }
  const value = rest.shift();
  if (value === undefined) return failure(`${written} needs a value`);
  return success({ name: flag.name, written, value });
}

function findLong<Name extends string>(
  name: string,
  known: readonly Flag<Name>[],
): Result<Flag<Name>, string> {
  const exact = known.find((flag) => flag.name === name);
  if (exact !== undefined) return success(exact);
  const [candidate, ...others] = known.filter((flag) => flag.name.startsWith(name));
  if (candidate === undefined || name === '') return failure(`unknown option --${name}`);
  if (others.length === 0) return success(candidate);
  const names = [candidate, ...others].map((flag) => `--${flag.name}`);
  return failure(`--${name} could be ${names.join(' or ')}`);
}

/** Short flags in one word; the first that takes a value takes what is left of the word. */
function readCluster<Name extends string>(
  letters: string,
  rest: string[],
  known: readonly Flag<Name>[],
): Result<readonly GivenFlag<Name>[], string> {
  const flags: GivenFlag<Name>[] = [];
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters.charAt(index);
    const written = `-${letter}`;
    const flag = known.find(({ short }) => short === letter);
    if (flag === undefined) return failure(`unknown option ${written}`);
    if (flag.value === 'none') {
      flags.push({ name: flag.name, written, value: null });
      continue;
    }
    const attached = letters.slice(index + 1);
    const value = attached === '' && flag.value === 'required' ? rest.shift() : attached;
    if (value === undefined) return failure(`${written} needs a value`);
    const isLeftOut = flag.value === 'optional' && value === '';
    flags.push({ name: flag.name, written, value: isLeftOut ? null : value });
    break;
  }
  return success(flags);
}
