/** The kinds of values that keywords take, each with its range: read, checked and described. */
import { failure, success, type Result } from '../../base/result.ts';
import { parseIpv4 } from '../../model/address.ts';

export type ArgumentType =
  | NumberType
  | { readonly type: 'boolean' }
  | { readonly type: 'choice'; readonly words: readonly string[] }
  | { readonly type: 'text'; readonly maximumLength: number }
  | { readonly type: 'interface' }
  | { readonly type: 'ip' }
  | { readonly type: 'mail' }
  /** A program with arguments. */
  | { readonly type: 'command' }
  | { readonly type: 'path' };

/** A whole or a decimal number. */
interface NumberType {
  readonly type: 'integer' | 'decimal';
  readonly minimum: number;
  readonly maximum: number;
  /** Whether keepalived ignores a number with letters behind it; else it takes the number. */
  readonly strict: boolean;
}

export type ArgumentValue = number | boolean | string;

export interface ValueProblem {
  readonly code: 'invalid-value' | 'value-out-of-range';
  readonly message: string;
  readonly hint: string | null;
  /** What keepalived takes it for; null where it takes it for nothing. */
  readonly fallback: ArgumentValue | null;
}

const noLimit = Number.MAX_SAFE_INTEGER;

export function integer(minimum = 0, maximum = noLimit): NumberType {
  return { type: 'integer', minimum, maximum, strict: false };
}

export function decimal(minimum = 0, maximum = noLimit): NumberType {
  return { type: 'decimal', minimum, maximum, strict: false };
}

export function strict(type: NumberType): ArgumentType {
  return { ...type, strict: true };
}

export function choice(...words: readonly string[]): ArgumentType {
  return { type: 'choice', words };
}

export function textUpTo(maximumLength: number): ArgumentType {
  return { type: 'text', maximumLength };
}

export const boolean: ArgumentType = { type: 'boolean' };
export const text: ArgumentType = { type: 'text', maximumLength: noLimit };
export const interfaceName: ArgumentType = { type: 'interface' };
export const ip: ArgumentType = { type: 'ip' };
export const mailAddress: ArgumentType = { type: 'mail' };
export const command: ArgumentType = { type: 'command' };
export const path: ArgumentType = { type: 'path' };

/** The value that a word stands for. */
export function readArgument(
  word: string,
  type: ArgumentType,
): Result<ArgumentValue, ValueProblem> {
  switch (type.type) {
    case 'integer':
    case 'decimal':
      return readNumber(word, type);
    case 'boolean':
      return readBoolean(word);
    case 'choice':
      return type.words.includes(word)
        ? success(word)
        : problem(`"${word}" is not one of: ${type.words.join(', ')}`, hintAtChoice(word, type));
    case 'text':
      return word.length <= type.maximumLength
        ? success(word)
        : problem(`"${word}" is longer than ${type.maximumLength} characters`);
    case 'interface':
      return isInterfaceName(word)
        ? success(word)
        : problem(`"${word}" cannot be the name of an interface`, interfaceHint);
    case 'ip':
      return parseIpv4(word) === null && !isIpv6(word)
        ? problem(`"${word}" is no IP address`)
        : success(word);
    case 'mail':
      return isMailAddress(word) ? success(word) : problem(`"${word}" is no mail address`);
    case 'command':
      return /\S/.test(word) && !word.includes('\0')
        ? success(word)
        : problem('there is no program to run');
    case 'path':
      return word.startsWith('/')
        ? success(word)
        : problem(`"${word}" is no absolute path`, 'it has to begin with "/"');
  }
}

/** The range, or whatever else a value has to be; null where anything will do. */
export function describeRange(type: ArgumentType): string | null {
  switch (type.type) {
    case 'integer':
    case 'decimal':
      if (type.maximum === noLimit) return type.minimum === 0 ? null : `≥ ${type.minimum}`;
      return `${type.minimum} to ${type.maximum}`;
    case 'boolean':
      return 'on, true, yes; off, false, no';
    case 'choice':
      return type.words.join(', ');
    case 'text':
      return type.maximumLength === noLimit ? null : `≤ ${type.maximumLength} characters`;
    case 'interface':
      return '≤ 15 octets';
    case 'ip':
    case 'mail':
    case 'command':
    case 'path':
      return null;
  }
}

function problem(message: string, hint: string | null = null): Result<never, ValueProblem> {
  return failure({ code: 'invalid-value', message, hint, fallback: null });
}

function readNumber(word: string, type: NumberType): Result<number, ValueProblem> {
  const shape = type.type === 'integer' ? /^[+-]?\d+$/ : /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
  const kind = type.type === 'integer' ? 'whole number' : 'number';
  if (!shape.test(word)) return noNumber(word, kind, type);
  const value = Number(word);
  if (value >= type.minimum && value <= type.maximum) return success(value);
  const range = describeRange(type) ?? 'not negative';
  return failure({
    code: 'value-out-of-range',
    message: `${shownNumber(word)} is out of range: ${range}`,
    hint: null,
    fallback: null,
  });
}

/** What is longer than any number may be a key whose number was forgotten: it is not told. */
function shownNumber(word: string, quote = ''): string {
  return word.length > longestNumber ? 'this' : `${quote}${word}${quote}`;
}

/** The shortest key has 32 octets. */
const longestNumber = 24;

function noNumber(word: string, kind: string, type: NumberType): Result<never, ValueProblem> {
  const leading = /^(\d+)[a-z]+$/i.exec(word)?.[1];
  const value = Number(leading);
  const usable = !type.strict && value >= type.minimum && value <= type.maximum;
  return failure({
    code: 'invalid-value',
    message: `${shownNumber(word, '"')} is no ${kind}`,
    hint: leading === undefined ? null : `write ${leading}: units are not written`,
    fallback: usable ? value : null,
  });
}

function readBoolean(word: string): Result<boolean, ValueProblem> {
  if (['on', 'true', 'yes'].includes(word)) return success(true);
  if (['off', 'false', 'no'].includes(word)) return success(false);
  return problem(`"${word}" is neither on, true or yes nor off, false or no`);
}

function hintAtChoice(
  word: string,
  { words }: Extract<ArgumentType, { type: 'choice' }>,
): string | null {
  const meant = words.find((one) => one.toLowerCase() === word.toLowerCase());
  return meant === undefined ? null : `write ${meant}: capital and small letters differ`;
}

const interfaceHint = 'at most 15 octets, no "/" and no blank';

/** What Linux takes as a name (dev_valid_name). */
export function isInterfaceName(word: string): boolean {
  if (word === '' || word === '.' || word === '..' || /[/:\s]/.test(word)) return false;
  return new TextEncoder().encode(word).length <= 15;
}

function isMailAddress(word: string): boolean {
  return (
    /^[\x21-\x7e]+$/.test(word) && !/[()<>,;:\\"[\]]/.test(word) && /^[^@]+(?:@[^@]+)?$/.test(word)
  );
}

/** RFC 4291 section 2.2: groups of hexadecimal digits, one run of zeros left out at most. */
export function isIpv6(word: string): boolean {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(word);
  if (embedded?.[2] !== undefined && parseIpv4(embedded[2]) === null) return false;
  const groupsOnly = embedded === null ? word : `${embedded[1] ?? ''}0:0`;
  const halves = groupsOnly.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8;
}
