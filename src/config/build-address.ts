/** The lines of `virtual_ipaddress` to addresses. */
import { ipv4FromNumber, ipv4ToNumber, parseIpv4 } from '../model/address.ts';
import type { InterfaceName, Ipv4Address } from '../model/address.ts';
import type { VirtualAddress } from '../model/config.ts';
import { virtualAddress } from '../model/defaults.ts';
import { looksLikeNote, notesHint, reportFullWidth } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import { scopeNumber, scopeNumbers, virtualAddresses } from './keywords/address.ts';
import { integer, isIpv6, readArgument, type ArgumentValue } from './keywords/argument-type.ts';
import { findKeyword } from './keywords/keyword.ts';
import { suggestion } from './suggest.ts';
import type { Statement } from './tree.ts';
import type { Word } from './words.ts';

export type AddressFamily = 'IPv4' | 'IPv6';

export interface BuiltAddresses {
  readonly addresses: readonly VirtualAddress[];
  /** That of the first address; null where there is none. */
  readonly family: AddressFamily | null;
}

/** What the words behind an address say. */
interface AddressOptions {
  dev: InterfaceName;
  label: string | null;
  scope: number;
  broadcast: Ipv4Address | null;
}

const prefixLengths = integer(0, 32);

export function buildAddresses(
  entries: readonly Statement[],
  instanceInterface: InterfaceName,
  collector: DiagnosticCollector,
): BuiltAddresses {
  const builder = new AddressBuilder(instanceInterface, collector);
  for (const entry of entries) builder.add(entry);
  return builder;
}

class AddressBuilder implements BuiltAddresses {
  readonly addresses: VirtualAddress[] = [];
  family: AddressFamily | null = null;
  private readonly instanceInterface: InterfaceName;
  private readonly collector: DiagnosticCollector;

  constructor(instanceInterface: InterfaceName, collector: DiagnosticCollector) {
    this.instanceInterface = instanceInterface;
    this.collector = collector;
  }

  add({ words: [word, ...rest] }: Statement): void {
    const slash = word.text.indexOf('/');
    const text = slash < 0 ? word.text : word.text.slice(0, slash);
    const prefix = slash < 0 ? null : word.text.slice(slash + 1);
    const address = parseIpv4(text);
    if (address === null && !isIpv6(text)) {
      this.reportBadAddress(word);
      return;
    }
    const family = address === null ? 'IPv6' : 'IPv4';
    this.family ??= family;
    if (family !== this.family) {
      const message = `${word.text} is of ${family}, the first address of ${this.family}`;
      this.report('invalid-value', word, message, 'one instance has addresses of one family');
      return;
    }
    if (address === null) {
      const message = `addresses of IPv6 are known, and not acted on yet: ${word.text}`;
      this.report('not-acted-on-unsafe', word, message);
      return;
    }
    const prefixLength = this.prefixLength(prefix, word);
    const options = this.options(rest, { address, prefixLength });
    if (options === null) return;
    if (this.addresses.some((one) => one.address === address && one.interface === options.dev)) {
      this.report('duplicate-address', word, `${address} is named twice on ${options.dev}`);
      return;
    }
    const { dev, label, scope, broadcast } = options;
    const plain = virtualAddress(address, dev, prefixLength);
    this.addresses.push({ ...plain, label, scope, broadcast });
  }

  /** Without one, or with one that is out of range, it is 32, as in keepalived. */
  private prefixLength(prefix: string | null, word: Word): number {
    if (prefix === null) return 32;
    const length = readArgument(prefix, prefixLengths);
    if (length.ok) return Number(length.value);
    const { code, message, fallback } = length.error;
    this.report(code, word, `length of the prefix: ${message}`);
    return Number(fallback ?? 32);
  }

  private reportBadAddress(word: Word): void {
    if (reportFullWidth(word, this.collector)) return;
    const hint = looksLikeNote(word.text) ? notesHint : null;
    this.report('invalid-value', word, `"${word.text}" is no IP address`, hint);
  }

  /** Null where keepalived gives the address up: a word without its argument, a bad `brd`. */
  private options(
    words: readonly Word[],
    target: { readonly address: Ipv4Address; readonly prefixLength: number },
  ): AddressOptions | null {
    const options: AddressOptions = {
      dev: this.instanceInterface,
      label: null,
      scope: 0,
      broadcast: null,
    };
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index];
      if (word === undefined) break;
      const keyword = findKeyword(virtualAddresses, word.text);
      if (keyword === null) {
        this.reportUnknown(word);
        continue;
      }
      if (keyword.support !== 'acted') {
        const message = `"${word.text}" is known, and not acted on yet`;
        this.report('not-acted-on', word, message);
      }
      const [parameter] = keyword.parameters;
      if (parameter?.presence !== 'required') continue;
      index += 1;
      const argument = words[index];
      if (argument === undefined) {
        this.report('missing-argument', word, `"${word.text}" lacks its ${parameter.label}`);
        return null;
      }
      const value = readArgument(argument.text, parameter.type);
      if (!value.ok) {
        const { code, message, hint } = value.error;
        this.report(code, argument, `${word.text}: ${message}`, hint);
        continue;
      }
      const given = { name: keyword.name, value: value.value, argument, ...target };
      if (!this.apply(options, given)) return null;
    }
    return options;
  }

  /** False where the address cannot be used with this. */
  private apply(
    options: AddressOptions,
    given: {
      readonly name: string;
      readonly value: ArgumentValue;
      readonly argument: Word;
      readonly address: Ipv4Address;
      readonly prefixLength: number;
    },
  ): boolean {
    const { name, value, argument, address, prefixLength } = given;
    const text = String(value);
    if (name === 'dev') options.dev = text as InterfaceName;
    else if (name === 'label') options.label = text;
    else if (name === 'scope') options.scope = this.scope(argument) ?? options.scope;
    else if (name === 'brd') {
      options.broadcast = broadcastOf(text, address, prefixLength);
      if (options.broadcast !== null) return true;
      this.report('invalid-value', argument, `"${text}" is no IPv4 address`);
      return false;
    }
    return true;
  }

  private scope(word: Word): number | null {
    const named = scopeNumbers.get(word.text);
    if (named !== undefined) return named;
    const value = readArgument(word.text, scopeNumber);
    if (value.ok && typeof value.value === 'number') return value.value;
    const hint = suggestion(word.text, scopeNumbers.keys());
    this.report('invalid-value', word, `"${word.text}" is no scope`, hint);
    return null;
  }

  private reportUnknown(word: Word): void {
    if (reportFullWidth(word, this.collector)) return;
    const another = parseIpv4(word.text.replace(/\/\d+$/, '')) !== null || isIpv6(word.text);
    const near = suggestion(
      word.text,
      virtualAddresses.keywords.map(({ name }) => name),
    );
    const hint = another ? 'write one address on a line' : near;
    this.report('unknown-keyword', word, `"${word.text}" means nothing behind an address`, hint);
  }

  private report(
    code: DiagnosticCode,
    { span }: Word,
    message: string,
    hint: string | null = null,
  ): void {
    this.collector.report({ code, span, message, hint });
  }
}

/** `+` sets the host bits of the address, `-` clears them. */
function broadcastOf(text: string, address: Ipv4Address, prefixLength: number): Ipv4Address | null {
  if (text !== '+' && text !== '-') return parseIpv4(text);
  const hostBits = 2 ** (32 - prefixLength);
  const value = ipv4ToNumber(address);
  const network = value - (value % hostBits);
  return ipv4FromNumber(text === '+' ? network + hostBits - 1 : network);
}
