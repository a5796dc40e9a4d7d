/** A line of `static_rules` or `virtual_rules` to a Rule; the words are those of `ip rule`. */
import type { Mutable } from '../base/mutable.ts';
import { familyOf, type AddressFamily } from '../model/address.ts';
import { plainRule } from '../model/defaults.ts';
import type { Prefix, Rule, RuleAction } from '../model/route.ts';
import { EntryReader, numberIn } from './entry-reader.ts';
import { findKeyword, spellingsOf } from './keywords/keyword.ts';
import { ruleActions, virtualRules } from './keywords/route.ts';
import type { RoutingContext } from './routing-context.ts';
import type { Statement } from './tree.ts';
import type { Word } from './words.ts';

const mainTable = 254;
const thirtyTwoBits = { maximum: 0xffff_ffff };
const portLimit = 65535;

/** The IP protocols that rules are written for; others by number. */
const ipProtocols: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['tcp', 6],
  ['udp', 17],
  ['dccp', 33],
  ['gre', 47],
  ['esp', 50],
  ['ah', 51],
  ['ipv6-icmp', 58],
  ['ospf', 89],
  ['vrrp', 112],
  ['sctp', 132],
  ['udplite', 136],
]);

/** What the words have said so far. */
interface Draft extends Mutable<Pick<Rule, keyof typeof plainRule>> {
  family: AddressFamily | null;
  table: number | null;
  action: Exclude<RuleAction, { readonly type: 'table' }> | null;
  priority: number | null;
}

/** Null, and a report of each reason, where the line is no rule. */
export function buildRule(entry: Statement, context: RoutingContext): Rule | null {
  return new RuleBuilder(entry, context).build();
}

class RuleBuilder {
  readonly #first: Word;
  readonly #reader: EntryReader;
  readonly #context: RoutingContext;
  readonly #draft: Draft = {
    family: null,
    ...plainRule,
    table: null,
    action: null,
    priority: null,
  };

  constructor(entry: Statement, context: RoutingContext) {
    this.#first = entry.words[0];
    this.#reader = new EntryReader(entry.words, context.collector);
    this.#context = context;
  }

  build(): Rule | null {
    for (let word = this.#reader.next(); word !== null; word = this.#reader.next()) {
      if (word.text === 'type') {
        this.#takeType(word);
        continue;
      }
      const keyword = findKeyword(virtualRules, word.text);
      if (keyword === null) {
        this.#reader.unknown(word, 'rule', virtualRules.keywords.flatMap(spellingsOf));
        continue;
      }
      const { name } = keyword;
      const taken =
        this.#takeSelector(name, word) ||
        this.#takeRange(name, word) ||
        this.#takeAction(name, word);
      if (!taken) this.#takeHandling(name, word);
    }
    return this.#finish();
  }

  /** What the rule holds for; false where the word is none of that. */
  #takeSelector(name: string, word: Word): boolean {
    const draft = this.#draft;
    const reader = this.#reader;
    const { names } = this.#context;
    if (name === 'inet') draft.family = 'IPv4';
    else if (name === 'inet6') draft.family = 'IPv6';
    else if (name === 'not') draft.inverted = true;
    else if (name === 'from') draft.from = this.#prefix(word);
    else if (name === 'to') draft.to = this.#prefix(word);
    else if (name === 'tos') {
      const options = { kind: 'typeOfService', names, maximum: 255 } as const;
      draft.typeOfService = reader.named(word, options);
    } else if (name === 'fwmark') draft.firewallMark = this.#mark(word);
    else if (name === 'iif') draft.inputInterface = reader.interface(word);
    else if (name === 'oif') draft.outputInterface = reader.interface(word);
    else if (name === 'tunnel-id') {
      draft.tunnelId = reader.number(word, { maximum: Number.MAX_SAFE_INTEGER });
    } else if (name === 'l3mdev') draft.l3MasterDevice = true;
    else if (name === 'ipproto') draft.ipProtocol = this.#ipProtocol(word);
    else return false;
    return true;
  }

  #takeRange(name: string, word: Word): boolean {
    if (name === 'uidrange') this.#draft.userRange = this.#range(word, 0xffff_ffff);
    else if (name === 'sport') this.#draft.sourcePorts = this.#ports(word);
    else if (name === 'dport') this.#draft.destinationPorts = this.#ports(word);
    else return false;
    return true;
  }

  /** What is done, and where the rule stands. */
  #takeAction(name: string, word: Word): boolean {
    const draft = this.#draft;
    const reader = this.#reader;
    const { names } = this.#context;
    if (name === 'table')
      draft.table = reader.named(word, { kind: 'table', names, ...thirtyTwoBits });
    else if (name === 'goto') {
      const priority = reader.number(word, thirtyTwoBits);
      if (priority !== null) draft.action = { type: 'goto', priority };
    } else if (isPlainAction(name)) draft.action = { type: name };
    else if (name === 'preference') draft.priority = reader.number(word, thirtyTwoBits);
    else if (name === 'realms') draft.realms = reader.realms(word, names);
    else if (name === 'suppress_prefixlength') {
      draft.suppressPrefixLength = reader.number(word, { maximum: 128 });
    } else if (name === 'suppress_ifgroup') {
      const options = { kind: 'group', names, maximum: 0x7fff_ffff } as const;
      draft.suppressGroup = reader.named(word, options);
    } else return false;
    return true;
  }

  /** The word `type` may stand before an action. */
  #takeType(word: Word): void {
    const type = this.#reader.choice(word, ruleActions);
    if (type !== null) this.#draft.action = { type };
  }

  #takeHandling(name: string, word: Word): void {
    const draft = this.#draft;
    const reader = this.#reader;
    if (name === 'protocol') {
      const options = { kind: 'protocol', names: this.#context.names, maximum: 255 } as const;
      draft.protocol = reader.named(word, options) ?? draft.protocol;
    } else if (name === 'no_track') draft.tracked = false;
    else if (name === 'track_group') {
      draft.trackGroup = reader.argument(word, 'GROUP')?.text ?? null;
      if (this.#context.fixed) return;
      reader.refuse(word, '"track_group" is for static rules: this one is an instance\'s');
    }
  }

  /** Null for `all`, too. */
  #prefix(of: Word): Prefix | null {
    const word = this.#reader.argument(of, 'PREFIX');
    if (word === null || ['all', 'any', 'default'].includes(word.text)) return null;
    const prefix = this.#reader.prefixOf(word);
    if (prefix !== null) return prefix;
    const hint = 'write ADDRESS/LENGTH or all';
    this.#reader.refuse(word, `${of.text}: "${word.text}" is no prefix`, hint);
    return null;
  }

  #mark(of: Word): Rule['firewallMark'] {
    const word = this.#reader.argument(of, 'N[/MASK]');
    if (word === null) return null;
    const [mark = null, mask = null, ...more] = word.text.split('/').map(markIn);
    const masked = word.text.includes('/');
    if (mark !== null && masked === (mask !== null) && more.length === 0) return { mark, mask };
    this.#reader.refuse(word, `fwmark: "${word.text}" is no mark`, 'write N or N/MASK');
    return null;
  }

  #ipProtocol(of: Word): number | null {
    const word = this.#reader.argument(of, 'protocol');
    if (word === null) return null;
    const named = ipProtocols.get(word.text.toLowerCase());
    if (named !== undefined) return named;
    if (numberIn(word.text) !== null) {
      return this.#reader.numberOf(of, word, { minimum: 1, maximum: 255 });
    }
    const message = `ipproto: "${word.text}" is no known protocol`;
    this.#reader.refuse(word, message, 'write its number');
    return null;
  }

  #ports(of: Word): Rule['sourcePorts'] {
    const word = this.#reader.peek();
    const range = this.#range(of, portLimit);
    if (range === null || word === null || word.text.includes('-')) return range;
    const message = `keepalived leaves out a rule whose ${of.text} is a single port`;
    const hint = `write ${of.text} ${range.first}-${range.last}`;
    this.#reader.remark(word, message, hint, 'keepalived-refuses');
    return range;
  }

  /** `A-B`, or one number for a range of one. */
  #range(of: Word, maximum: number): Rule['userRange'] {
    const word = this.#reader.argument(of, 'A-B');
    if (word === null) return null;
    const [first = null, second, ...more] = word.text.split('-').map(numberIn);
    const last = second === undefined ? first : second;
    if (first === null || last === null || more.length > 0) {
      this.#reader.refuse(word, `${of.text}: "${word.text}" is no range`, 'write A-B');
    } else if (first > last || last > maximum) {
      const message = `${of.text}: ${word.text} is no range within 0 to ${maximum}`;
      this.#reader.refuse(word, message, null, 'value-out-of-range');
    } else return { first, last };
    return null;
  }

  #finish(): Rule | null {
    const { family: said, from, to, table, action, priority: given, ...rest } = this.#draft;
    const addresses = [from, to].flatMap((prefix) => (prefix === null ? [] : [prefix.address]));
    const [first] = addresses;
    const family = said ?? (first === undefined ? 'IPv4' : familyOf(first));
    for (const address of addresses) {
      if (familyOf(address) === family) continue;
      this.#refuse(`the rule is of ${family}, and ${address} is not`);
    }
    if (table !== null && (action !== null || rest.l3MasterDevice)) {
      this.#refuse(`a table does not go with ${action?.type ?? 'l3mdev'}`);
    }
    if (this.#reader.failed) return null;
    return {
      ...rest,
      family,
      from,
      to,
      action: action ?? {
        type: 'table',
        table: this.#draft.l3MasterDevice ? 0 : (table ?? mainTable),
      },
      priority: given ?? this.#assignPriority(family),
      text: this.#reader.text,
    };
  }

  #assignPriority(family: AddressFamily): number {
    const priority = this.#context.rulePriorities.take(family);
    const message = `the rule names no priority: it gets ${priority}`;
    this.#reader.remark(this.#first, message, `write "priority ${priority}"`, 'value-adjusted');
    return priority;
  }

  #refuse(message: string): void {
    this.#reader.refuse(this.#first, message);
  }
}

function isPlainAction(text: string): text is (typeof ruleActions)[number] {
  return ruleActions.some((action) => action === text);
}

function markIn(text: string): number | null {
  const number = numberIn(text);
  return number === null || number > 0xffff_ffff ? null : number;
}
