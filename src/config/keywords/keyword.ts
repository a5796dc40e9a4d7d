/** How a keyword is written down: what it takes, what it means, whether Baton acts on it. */
import type { ArgumentType } from './argument-type.ts';

export interface Parameter {
  /** How the reference calls it: "SECONDS". */
  readonly label: string;
  readonly type: ArgumentType;
  readonly presence: 'required' | 'optional' | 'repeated';
}

/**
 * What Baton does about a keyword: act on it; not yet; not yet although ignoring it
 * changes who holds the address; or nothing ever, since there is nothing to act on.
 */
export type Support = 'acted' | 'later' | 'unsafe' | 'meaningless';

export interface Keyword {
  readonly name: string;
  /** Old spellings, still taken. */
  readonly deprecated: readonly string[];
  /** Other spellings, as good as the name. */
  readonly aliases: readonly string[];
  readonly parameters: readonly Parameter[];
  /** The block behind it; null where it has none. */
  readonly block: BlockDefinition | null;
  /** In words, with its unit; null where there is none. */
  readonly defaultValue: string | null;
  readonly meaning: string;
  readonly support: Support;
  /** Why there is nothing to act on; null unless it is meaningless. */
  readonly reason: string | null;
}

/**
 * What may stand in a block: keywords, or entries (a list with one entry a line,
 * whose words are described but looked at only where Baton acts on them).
 */
export interface BlockDefinition {
  readonly kind: 'keywords' | 'entries';
  /** How the reference calls it. */
  readonly title: string;
  readonly keywords: readonly Keyword[];
  /** For entries: what one looks like. */
  readonly entry: string | null;
}

interface Extras {
  readonly default?: string;
  readonly aliases?: readonly string[];
  readonly deprecated?: readonly string[];
  readonly block?: BlockDefinition;
}

type Row = (
  name: string,
  parameters: readonly Parameter[],
  meaning: string,
  extras?: Extras,
) => Keyword;

function row(support: Support, reason: string | null = null): Row {
  return (name, parameters, meaning, extras = {}) => ({
    name,
    deprecated: extras.deprecated ?? [],
    aliases: extras.aliases ?? [],
    parameters,
    block: extras.block ?? null,
    defaultValue: extras.default ?? null,
    meaning,
    support,
    reason,
  });
}

/** A keyword that Baton acts on. */
export const acted = row('acted');

/** One that it does not act on yet. */
export const later = row('later');

/** One that it does not act on yet, although who holds the address depends on it. */
export const unsafe = row('unsafe');

/** Keywords that can have no meaning here, for a reason that stands behind "no effect: ". */
export function meaningless(reason: string): Row {
  return row('meaningless', reason);
}

export function required(label: string, type: ArgumentType): Parameter {
  return { label, type, presence: 'required' };
}

export function optional(label: string, type: ArgumentType): Parameter {
  return { label, type, presence: 'optional' };
}

/** Any number of them, none included. */
export function repeated(label: string, type: ArgumentType): Parameter {
  return { label, type, presence: 'repeated' };
}

export function keywordBlock(title: string, keywords: readonly Keyword[]): BlockDefinition {
  return { kind: 'keywords', title, keywords, entry: null };
}

export function entryBlock(
  title: string,
  entry: string,
  words: readonly Keyword[] = [],
): BlockDefinition {
  return { kind: 'entries', title, keywords: words, entry };
}

const lookUpTables = new WeakMap<BlockDefinition, ReadonlyMap<string, Keyword>>();

/** The keyword of a block by any of its spellings. */
export function findKeyword(block: BlockDefinition, spelling: string): Keyword | null {
  const known = lookUpTables.get(block) ?? tableOf(block);
  lookUpTables.set(block, known);
  return known.get(spelling) ?? null;
}

function tableOf({ keywords }: BlockDefinition): ReadonlyMap<string, Keyword> {
  const entries = keywords.flatMap((keyword) => {
    return spellingsOf(keyword).map((spelling) => [spelling, keyword] as const);
  });
  return new Map(entries);
}

export function spellingsOf({ name, aliases, deprecated }: Keyword): readonly string[] {
  return [name, ...aliases, ...deprecated];
}
