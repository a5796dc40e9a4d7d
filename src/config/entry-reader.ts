/**
 * The words of one entry (a route, a rule), from left to right. What is wrong is reported
 * where it stands, and the reading goes on, so that all of it is told at once; an entry
 * with anything wrong in it is left out whole, as keepalived leaves it out.
 */
import {
  familyOf,
  ipv4FromNumber,
  ipv4ToNumber,
  ipv6FromGroups,
  ipv6ToGroups,
  isIpv4,
  parseIp,
  type AddressFamily,
  type InterfaceName,
  type IpAddress,
} from '../model/address.ts';
import type { Prefix } from '../model/route.ts';
import { looksLikeNote, notesHint, reportFullWidth } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import { isInterfaceName } from './keywords/argument-type.ts';
import type { RoutingNameKind, RoutingNames } from './routing-names.ts';
import { suggestion } from './suggest.ts';
import type { Word } from './words.ts';

export interface NumberRange {
  readonly minimum?: number;
  readonly maximum: number;
}

export class EntryReader {
  /** Something in the entry cannot be used. */
  failed = false;
  readonly #words: readonly Word[];
  readonly #collector: DiagnosticCollector;
  #place = 0;

  constructor(words: readonly Word[], collector: DiagnosticCollector) {
    this.#words = words;
    this.#collector = collector;
  }

  /** The line as it was written, for people. */
  get text(): string {
    return this.#words.map(({ text }) => text).join(' ');
  }

  peek(): Word | null {
    return this.#words[this.#place] ?? null;
  }

  next(): Word | null {
    const word = this.peek();
    if (word !== null) this.#place += 1;
    return word;
  }

  /** Takes the next word if it is one of these. */
  accept(...texts: readonly string[]): Word | null {
    return texts.includes(this.peek()?.text ?? '') ? this.next() : null;
  }

  argument(of: Word, label: string): Word | null {
    const word = this.next();
    if (word === null) this.refuse(of, `"${of.text}" lacks its ${label}`, null, 'missing-argument');
    return word;
  }

  number(of: Word, range: NumberRange): number | null {
    const word = this.argument(of, 'number');
    return word === null ? null : this.numberOf(of, word, range);
  }

  numberOf(of: Word, word: Word, { minimum = 0, maximum }: NumberRange): number | null {
    const number = numberIn(word.text);
    if (number === null) this.refuse(word, `${of.text}: "${word.text}" is no number`);
    else if (number < minimum || number > maximum) {
      const message = `${of.text}: ${word.text} is out of range: ${minimum} to ${maximum}`;
      this.refuse(word, message, null, 'value-out-of-range');
    } else return number;
    return null;
  }

  /** A number, or the name of one. */
  named(
    of: Word,
    options: {
      readonly kind: RoutingNameKind;
      readonly names: RoutingNames;
      readonly maximum: number;
    },
  ): number | null {
    const word = this.argument(of, 'number or name');
    if (word === null) return null;
    const names = options.names[options.kind];
    const named = names.get(word.text);
    if (named !== undefined) return named;
    if (numberIn(word.text) !== null) return this.numberOf(of, word, options);
    const hint = suggestion(word.text, names.keys());
    this.refuse(word, `${of.text}: "${word.text}" is neither a number nor a known name`, hint);
    return null;
  }

  /** `[SOURCE/]DESTINATION`, source in the upper 16 bits. */
  realms(of: Word, names: RoutingNames): number | null {
    const word = this.argument(of, '[SOURCE/]DESTINATION');
    if (word === null) return null;
    const [first = '', second, ...more] = word.text.split('/');
    const [source, destination] = second === undefined ? ['0', first] : [first, second];
    const numbers = [source, destination].map((text) => names.realm.get(text) ?? numberIn(text));
    const [upper = null, lower = null] = numbers;
    if (upper === null || lower === null || more.length > 0 || upper > 65535 || lower > 65535) {
      this.refuse(word, `${of.text}: "${word.text}" is no realm, nor two with a "/" between`);
      return null;
    }
    return upper * 65536 + lower;
  }

  interface(of: Word): InterfaceName | null {
    const word = this.argument(of, 'interface');
    if (word === null) return null;
    if (isInterfaceName(word.text)) return word.text as InterfaceName;
    this.refuse(word, `${of.text}: "${word.text}" cannot be the name of an interface`);
    return null;
  }

  address(of: Word, family: AddressFamily | null = null): IpAddress | null {
    const word = this.argument(of, 'address');
    if (word === null) return null;
    const address = parseIp(word.text);
    if (address === null) this.refuse(word, `${of.text}: "${word.text}" is no IP address`);
    else if (family !== null && familyOf(address) !== family) {
      this.refuse(word, `${of.text}: ${address} is not of ${family}`);
    } else return address;
    return null;
  }

  /** An address with or without a length; null and no report where it is none. */
  prefixOf(word: Word): Prefix | null {
    const [text = '', length, ...more] = word.text.split('/');
    const address = parseIp(text);
    if (address === null || more.length > 0) return null;
    const longest = isIpv4(address) ? 32 : 128;
    if (length === undefined) return { address, length: longest };
    const number = numberIn(length);
    return number === null || number > longest ? null : { address, length: number };
  }

  /** One of these words. */
  choice<Choice extends string>(of: Word, choices: readonly Choice[]): Choice | null {
    const word = this.argument(of, choices.join(' or '));
    if (word === null) return null;
    const chosen = choices.find((choice) => choice === word.text);
    if (chosen !== undefined) return chosen;
    const hint = suggestion(word.text, choices);
    this.refuse(word, `${of.text}: "${word.text}" is not ${choices.join(' or ')}`, hint);
    return null;
  }

  unknown(word: Word, what: string, candidates: Iterable<string>): void {
    if (reportFullWidth(word, this.#collector)) {
      this.failed = true;
      return;
    }
    const hint = looksLikeNote(word.text) ? notesHint : suggestion(word.text, candidates);
    this.refuse(word, `"${word.text}" means nothing in a ${what}`, hint, 'unknown-keyword');
  }

  /** Reports what makes the entry unusable. */
  refuse(
    word: Word,
    message: string,
    hint: string | null = null,
    code: DiagnosticCode = 'invalid-value',
  ): void {
    this.failed = true;
    this.remark(word, message, hint, code);
  }

  /** Reports what the entry can be used in spite of. */
  remark(word: Word, message: string, hint: string | null, code: DiagnosticCode): void {
    this.#collector.report({ code, span: word.span, message, hint });
  }
}

/** A whole number: decimal, hexadecimal behind `0x`, octal behind `0`; null where it is none. */
export function numberIn(text: string): number | null {
  if (/^0[0-7]+$/.test(text)) return parseInt(text, 8);
  return /^(?:\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : null;
}

/** The prefix without the bits behind its length. */
export function withoutHostBits({ address, length }: Prefix): Prefix {
  if (isIpv4(address)) {
    const size = 2 ** (32 - length);
    const value = ipv4ToNumber(address);
    return { address: ipv4FromNumber(value - (value % size)), length };
  }
  const groups = ipv6ToGroups(address).map((group, index) => {
    const kept = Math.min(16, Math.max(0, length - index * 16));
    return group & (0xffff << (16 - kept)) & 0xffff;
  });
  return { address: ipv6FromGroups(groups), length };
}
