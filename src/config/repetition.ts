/**
 * `~SEQ(var, start, step, end) text` and `~LST(var, a, b) text`: the text once for
 * each value, with the definition of `$var` changing from one to the next.
 */
import { failure, success, type Result } from '../base/result.ts';
import { sliceLine, type SourceLine } from './source-line.ts';

/** What the variables stand for in one round. */
export type Round = ReadonlyMap<string, string>;

export interface Repetition {
  readonly rounds: readonly Round[];
  readonly body: SourceLine;
}

/** More rounds than any configuration has; a step that was mistyped must not fill the memory. */
const roundLimit = 10_000;

const head = /^~(SEQx|SEQ|LST)\(([^()]*)\)/;
const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function isRepetition(text: string): boolean {
  return /^~(?:SEQ|LST)/.test(text);
}

/** The rounds of a line that begins with `~SEQ` or `~LST`; the error is a sentence. */
export function parseRepetition(source: SourceLine): Result<Repetition, string> {
  const match = head.exec(source.text);
  if (match === null) return failure('"(...)" with a variable and values has to follow');
  const [whole, kind, inside = ''] = match;
  const body = sliceLine(source, whole.length);
  const rounds = kind === 'LST' ? listRounds(inside) : sequenceRounds(inside, kind === 'SEQx');
  return rounds.ok ? success({ rounds: rounds.value, body }) : rounds;
}

function sequenceRounds(inside: string, hexadecimal: boolean): Result<readonly Round[], string> {
  const [variable = '', ...texts] = inside.split(',').map((part) => part.trim());
  if (!name.test(variable)) return failure(`"${variable}" is no name for a variable`);
  const numbers = texts.map(wholeNumber);
  if (numbers.length < 1 || numbers.length > 3 || numbers.includes(null)) {
    return failure('one to three whole numbers have to follow the variable');
  }
  const { start, step, end } = sequenceBounds(numbers.filter((number) => number !== null));
  if (step === 0 || (end - start) / step < 0) {
    return failure(`steps of ${step} never lead from ${start} to ${end}`);
  }
  const count = Math.floor((end - start) / step) + 1;
  if (count > roundLimit) return failure(`${count} rounds are more than ${roundLimit}`);
  return success(
    Array.from({ length: count }, (_, index) => {
      return new Map([[variable, (start + index * step).toString(hexadecimal ? 16 : 10)]]);
    }),
  );
}

interface SequenceBounds {
  readonly start: number;
  readonly step: number;
  readonly end: number;
}

/** (end) counts from 1, or from -1 downwards; (start, end) by one; (start, step, end) as told. */
function sequenceBounds(numbers: readonly number[]): SequenceBounds {
  const [first = 1, second, third] = numbers;
  if (second === undefined) {
    const step = first < 0 ? -1 : 1;
    return { start: step, step, end: first };
  }
  if (third === undefined) return { start: first, step: second < first ? -1 : 1, end: second };
  return { start: first, step: second, end: third };
}

function wholeNumber(text: string): number | null {
  if (!/^[+-]?(?:0x[0-9a-f]+|\d+)$/i.test(text)) return null;
  const magnitude = Number(text.replace(/^[+-]/, ''));
  const value = text.startsWith('-') ? -magnitude : magnitude;
  return Number.isSafeInteger(value) ? value : null;
}

/** `var,a,b` or, for several variables at once, `{v,w},{a,b},{c,d}`. */
function listRounds(inside: string): Result<readonly Round[], string> {
  const [variables = [], ...values] = inside.includes('{')
    ? [...inside.matchAll(/\{([^{}]*)\}/g)].map(([, tuple = '']) => fields(tuple))
    : fields(inside).map((field) => [field]);
  const bad = variables.find((variable) => !name.test(variable));
  if (bad !== undefined) return failure(`"${bad}" is no name for a variable`);
  if (variables.length === 0 || values.length === 0) return failure('it has no values');
  if (values.some((tuple) => tuple.length !== variables.length)) {
    return failure(`each value has to have ${variables.length} parts, as the variable has`);
  }
  return success(
    values.map((tuple) => {
      return new Map(variables.map((variable, index) => [variable, tuple[index] ?? '']));
    }),
  );
}

function fields(text: string): readonly string[] {
  return text.split(',').map((field) => field.trim());
}
