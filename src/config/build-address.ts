/** The lines of `virtual_ipaddress` and its kin to addresses. */
import type { Mutable } from '../base/mutable.ts';
import { seconds, zero } from '../base/units.ts';
import {
  familyOf,
  ipv4FromNumber,
  ipv4ToNumber,
  isIpv4,
  parseIp,
  parseIpv4,
  type AddressFamily,
  type InterfaceName,
  type IpAddress,
  type Ipv4Address,
} from '../model/address.ts';
import type { AddressFlag, VirtualAddress } from '../model/config.ts';
import { virtualAddress } from '../model/defaults.ts';
import { looksLikeNote, notesHint, reportFullWidth } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import { scopeNumber, scopeNumbers, virtualAddresses } from './keywords/address.ts';
import { integer, readArgument, type ArgumentValue } from './keywords/argument-type.ts';
import { findKeyword } from './keywords/keyword.ts';
import { suggestion } from './suggest.ts';
import type { Statement } from './tree.ts';
import type { Word } from './words.ts';

export interface AddressPlace {
  /** Where they are put without `dev`; null: nowhere. */
  readonly interface: InterfaceName | null;
  /** Whether all have to be of the first one's family. */
  readonly oneFamily: boolean;
  /** Whether they stand in `static_ipaddress`, where `track_group` may be named. */
  readonly fixed: boolean;
}

export interface BuiltAddresses {
  readonly addresses: readonly VirtualAddress[];
  /** That of the first address; null where there is none. */
  readonly family: AddressFamily | null;
  /** Those that name their interface themselves. */
  readonly placed: ReadonlySet<VirtualAddress>;
  /** The words behind `use_vmac`, of those that have it. */
  readonly virtual: ReadonlyMap<VirtualAddress, readonly Word[]>;
}

type Draft = Mutable<VirtualAddress>;

/** Stands for the interface that an address lacks while the rest of it is looked at. */
const nowhere = '' as InterfaceName;
const flagWords: readonly string[] = ['home', 'mngtmpaddr', 'noprefixroute', 'autojoin'];
const lifetimes = integer(0, 4_294_967_294);

export function buildAddresses(
  entries: readonly Statement[],
  place: AddressPlace,
  collector: DiagnosticCollector,
): BuiltAddresses {
  const builder = new AddressBuilder(place, collector);
  for (const entry of entries) builder.add(entry);
  return builder;
}

class AddressBuilder implements BuiltAddresses {
  readonly addresses: VirtualAddress[] = [];
  family: AddressFamily | null = null;
  readonly placed = new Set<VirtualAddress>();
  readonly virtual = new Map<VirtualAddress, readonly Word[]>();
  private readonly place: AddressPlace;
  private readonly collector: DiagnosticCollector;

  constructor(place: AddressPlace, collector: DiagnosticCollector) {
    this.place = place;
    this.collector = collector;
  }

  add({ words: [word, ...rest] }: Statement): void {
    const [text = '', ...lengths] = word.text.split('/');
    const address = parseIp(text);
    if (address === null) {
      this.reportBadAddress(word);
      return;
    }
    const family = familyOf(address);
    this.family ??= family;
    if (this.place.oneFamily && family !== this.family) {
      const message = `${word.text} is of ${family}, the first address of ${this.family}`;
      const hint = 'one instance has addresses of one family; others: virtual_ipaddress_excluded';
      this.report('invalid-value', word, message, hint);
      return;
    }
    const length =
      lengths.length === 0 ? null : this.prefixLength(lengths.join('/'), address, word);
    const draft: Draft = virtualAddress(address, this.place.interface ?? nowhere, length);
    if (!this.options(rest, draft)) return;
    if (draft.interface === nowhere) {
      const message = `${address} has to say "dev": there is no interface otherwise`;
      this.report('missing-argument', word, message);
      return;
    }
    if (
      this.addresses.some((one) => one.address === address && one.interface === draft.interface)
    ) {
      this.report('duplicate-address', word, `${address} is named twice on ${draft.interface}`);
      return;
    }
    this.addresses.push(draft);
  }

  /** One that is out of range is that of a single host, as in keepalived. */
  private prefixLength(text: string, address: IpAddress, word: Word): number | null {
    const longest = isIpv4(address) ? 32 : 128;
    const length = readArgument(text, integer(0, longest));
    if (length.ok) return Number(length.value);
    const { code, message, fallback } = length.error;
    this.report(code, word, `length of the prefix: ${message}`);
    return Number(fallback ?? longest);
  }

  private reportBadAddress(word: Word): void {
    if (reportFullWidth(word, this.collector)) return;
    const hint = looksLikeNote(word.text) ? notesHint : null;
    this.report('invalid-value', word, `"${word.text}" is no IP address`, hint);
  }

  /** False where keepalived gives the address up: a word without its argument, a bad `brd`. */
  private options(words: readonly Word[], draft: Draft): boolean {
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
      if (keyword.name === 'use_vmac') {
        const isWord = ({ text }: Word): boolean => findKeyword(virtualAddresses, text) !== null;
        const behind = words.slice(index + 1);
        const end = behind.findIndex(isWord);
        const own = end < 0 ? behind : behind.slice(0, end);
        this.virtual.set(draft, own);
        index += own.length;
        continue;
      }
      if (parameter?.presence !== 'required') {
        this.applyFlag(draft, word);
        continue;
      }
      index += 1;
      const argument = words[index];
      if (argument === undefined) {
        this.report('missing-argument', word, `"${word.text}" lacks its ${parameter.label}`);
        return false;
      }
      const value = readArgument(argument.text, parameter.type);
      if (!value.ok) {
        const { code, message, hint } = value.error;
        this.report(code, argument, `${word.text}: ${message}`, hint);
        continue;
      }
      if (!this.apply(draft, { name: keyword.name, value: value.value, argument })) return false;
    }
    return true;
  }

  private applyFlag(draft: Draft, word: Word): void {
    const ipv4 = isIpv4(draft.address);
    if (word.text === 'no_track') draft.tracked = false;
    else if (word.text === '-nodad') {
      if (ipv4) this.reportIgnored(word, 'IPv6');
      else draft.detectDuplicates = true;
    } else if (flagWords.includes(word.text)) {
      draft.flags = [...new Set([...draft.flags, word.text as AddressFlag])];
    }
  }

  /** False where the address cannot be used with this. */
  private apply(
    draft: Draft,
    given: { readonly name: string; readonly value: ArgumentValue; readonly argument: Word },
  ): boolean {
    const { name, value, argument } = given;
    const text = String(value);
    const { address } = draft;
    if (name === 'peer') return this.applyPeer(draft, argument);
    if (name === 'dev') {
      draft.interface = text as InterfaceName;
      this.placed.add(draft);
    } else if (name === 'preferred_lft') this.applyLifetime(draft, argument);
    else if (name === 'track_group') {
      if (this.place.fixed) draft.trackGroup = text;
      else this.report('option-ignored', argument, 'track_group is for static addresses alone');
    } else if (!isIpv4(address)) this.reportIgnored({ ...argument, text: name }, 'IPv4');
    else if (name === 'label') draft.label = text;
    else if (name === 'scope') draft.scope = this.scope(argument) ?? draft.scope;
    else if (name === 'brd') {
      draft.broadcast = broadcastOf(text, address, draft.prefixLength);
      if (draft.broadcast !== null) return true;
      this.report('invalid-value', argument, `"${text}" is no IPv4 address`);
      return false;
    }
    return true;
  }

  private applyPeer(draft: Draft, word: Word): boolean {
    const [text = '', ...lengths] = word.text.split('/');
    const address = parseIp(text);
    if (address === null || familyOf(address) !== familyOf(draft.address)) {
      const family = familyOf(draft.address);
      this.report('invalid-value', word, `peer: "${word.text}" is no address of ${family}`);
      return false;
    }
    const longest = isIpv4(address) ? 32 : 128;
    const length =
      lengths.length === 0 ? null : this.prefixLength(lengths.join('/'), address, word);
    draft.peer = { address, prefixLength: length ?? longest };
    return true;
  }

  private applyLifetime(draft: Draft, word: Word): void {
    if (word.text === 'forever') {
      draft.preferredLifetime = null;
      return;
    }
    const value = readArgument(word.text, lifetimes);
    if (!value.ok) {
      const message = `preferred_lft: ${value.error.message}`;
      this.report(value.error.code, word, message, 'a number of seconds, or "forever"');
    } else draft.preferredLifetime = value.value === 0 ? zero : seconds(Number(value.value));
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

  private reportIgnored(word: Word, family: AddressFamily): void {
    this.report('option-ignored', word, `"${word.text}" is for addresses of ${family} alone`);
  }

  private reportUnknown(word: Word): void {
    if (reportFullWidth(word, this.collector)) return;
    const another = parseIp(word.text.replace(/\/\d+$/, '')) !== null;
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
