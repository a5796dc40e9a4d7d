/**
 * The tree against the keyword tables: what is unknown, what is missing, what is of
 * the wrong kind. What comes out holds only statements that keepalived would act on,
 * with their values read.
 */
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import { firstFullWidth, plainText } from './full-width.ts';
import { readArgument, type ArgumentValue } from './keywords/argument-type.ts';
import {
  findKeyword,
  spellingsOf,
  type BlockDefinition,
  type Keyword,
  type Parameter,
} from './keywords/keyword.ts';
import { root, titlesOfBlocksWith } from './keywords/root.ts';
import { suggestion } from './suggest.ts';
import type { Statement } from './tree.ts';
import type { Word } from './words.ts';

export interface CheckedStatement {
  readonly keyword: Keyword;
  /** Where the keyword stands. */
  readonly span: Span;
  readonly arguments: readonly Word[];
  /** The arguments' values, one each. */
  readonly values: readonly ArgumentValue[];
  readonly block: CheckedBlock | null;
}

export interface CheckedBlock {
  readonly statements: readonly CheckedStatement[];
  /** The lines of a block of entries. */
  readonly entries: readonly Statement[];
  /** The keywords that stand in it with arguments that cannot be used. */
  readonly ignored: ReadonlySet<string>;
  /** Those that keepalived does not come to see. */
  readonly lost: ReadonlySet<string>;
}

export const emptyBlock: CheckedBlock = {
  statements: [],
  entries: [],
  ignored: new Set(),
  lost: new Set(),
};

export const notesHint = 'a note has to stand behind a "#"';

/** Checks the statements of the whole text. */
export function checkTree(
  statements: readonly Statement[],
  collector: DiagnosticCollector,
): CheckedBlock {
  return new Checker(collector).block(statements, root, { supported: true });
}

interface Surrounding {
  /** False inside of what is not acted on: it has been told already. */
  readonly supported: boolean;
}

class Checker {
  private readonly collector: DiagnosticCollector;

  constructor(collector: DiagnosticCollector) {
    this.collector = collector;
  }

  /** The recursion goes as deep as the tables do: what is unknown is not descended into. */
  block(
    statements: readonly Statement[],
    definition: BlockDefinition,
    surrounding: Surrounding,
  ): CheckedBlock {
    const entries = definition.kind === 'entries';
    if (entries) return { ...emptyBlock, entries: this.kept(statements) };
    const checked: CheckedStatement[] = [];
    const ignored = new Set<string>();
    const lost = new Set<string>();
    for (const statement of statements) {
      const keyword = findKeyword(definition, statement.words[0].text);
      if (keyword === null) {
        this.reportUnknown(statement, definition);
        continue;
      }
      const result = this.statement(statement, keyword, surrounding);
      if (statement.lost) lost.add(keyword.name);
      else if (result === null) ignored.add(keyword.name);
      else checked.push(result);
    }
    return { statements: checked, entries: [], ignored, lost };
  }

  private kept(entries: readonly Statement[]): readonly Statement[] {
    for (const { block } of entries) if (block !== null) this.reportUnexpectedBlock(block.opening);
    return entries.filter(({ lost }) => !lost);
  }

  /** Null where the statement has to be ignored. */
  private statement(
    statement: Statement,
    keyword: Keyword,
    surrounding: Surrounding,
  ): CheckedStatement | null {
    const [word, ...given] = statement.words;
    if (keyword.deprecated.includes(word.text)) {
      const message = `"${word.text}" is an old spelling of "${keyword.name}"`;
      this.collector.report({ code: 'deprecated-keyword', span: word.span, message });
    }
    if (surrounding.supported) this.reportSupport(word, keyword);
    const values = this.values(word, given, keyword);
    const supported = surrounding.supported && keyword.support === 'acted';
    const block = this.innerBlock(statement, keyword, { supported });
    if (values === null) return null;
    return { keyword, span: word.span, arguments: given, values, block };
  }

  private innerBlock(
    { words, block }: Statement,
    keyword: Keyword,
    surrounding: Surrounding,
  ): CheckedBlock | null {
    if (keyword.block === null) {
      if (block !== null) this.reportUnexpectedBlock(block.opening, words[0].text);
      return null;
    }
    if (block === null) this.reportMissingBlock(words[0]);
    return this.block(block?.statements ?? [], keyword.block, surrounding);
  }

  /** The value of each argument; null where the keyword cannot be used with them. */
  private values(
    word: Word,
    given: readonly Word[],
    keyword: Keyword,
  ): readonly ArgumentValue[] | null {
    const values: ArgumentValue[] = [];
    for (const [index, parameter] of keyword.parameters.entries()) {
      const taken = parameter.presence === 'repeated' ? given.slice(index) : [given[index]];
      for (const argument of taken) {
        if (argument === undefined) {
          if (parameter.presence !== 'required') return values;
          const message = `"${word.text}" lacks its argument ${parameter.label}`;
          this.collector.report({ code: 'missing-argument', span: word.span, message });
          return null;
        }
        const value = this.value(argument, parameter, word);
        if (value === null) return null;
        values.push(value);
      }
    }
    this.checkSurplus(word, given.slice(values.length));
    return values;
  }

  private value(argument: Word, { type }: Parameter, word: Word): ArgumentValue | null {
    const value = readArgument(argument.text, type);
    if (value.ok) return value.value;
    if (this.reportFullWidth(argument)) return null;
    const { code, message, hint, fallback } = value.error;
    this.collector.report({ code, span: argument.span, message: `${word.text}: ${message}`, hint });
    return fallback;
  }

  private checkSurplus(word: Word, surplus: readonly Word[]): void {
    const [first] = surplus;
    const last = surplus.at(-1);
    if (first === undefined || last === undefined) return;
    if (surplus.some((one) => this.reportFullWidth(one))) return;
    const end = last.span.column + last.span.length;
    const span = { ...first.span, length: Math.max(first.span.length, end - first.span.column) };
    const message = `"${word.text}" takes no more arguments: the rest of the line is ignored`;
    const hint = looksLikeNote(first.text) ? notesHint : null;
    this.collector.report({ code: 'surplus-argument', span, message, hint });
  }

  private reportSupport(word: Word, { support, reason }: Keyword): void {
    if (support === 'acted') return;
    if (reason !== null) {
      const message = `"${word.text}" has no effect: ${reason}`;
      this.collector.report({ code: 'without-effect', span: word.span, message });
      return;
    }
    this.collector.report({
      code: support === 'unsafe' ? 'not-acted-on-unsafe' : 'not-acted-on',
      span: word.span,
      message: `"${word.text}" is known, and not acted on yet`,
    });
  }

  private reportUnexpectedBlock(span: Span, keyword?: string): void {
    const message =
      keyword === undefined ? 'an entry has no block' : `"${keyword}" has no block behind it`;
    this.collector.report({ code: 'unexpected-block', span, message });
  }

  private reportMissingBlock({ text, span }: Word): void {
    const message = `"${text}" lacks its block`;
    this.collector.report({ code: 'missing-opening-brace', span, message });
  }

  private reportUnknown({ words, block }: Statement, definition: BlockDefinition): void {
    const [word] = words;
    if (this.reportFullWidth(word)) return;
    const candidates = definition.keywords.flatMap(spellingsOf);
    const note = looksLikeNote(word.text) ? notesHint : null;
    const isRoot = definition === root;
    const place = isRoot ? 'outside of all blocks' : `in ${definition.title}`;
    const loses = block !== null && !isRoot;
    const consequence = loses ? '; keepalived loses what follows in the block around it' : '';
    const message = `there is no keyword "${word.text}" ${place}${consequence}`;
    this.collector.report({
      code: 'unknown-keyword',
      span: word.span,
      message,
      hint: rightPlace(word.text) ?? suggestion(word.text, candidates) ?? note,
    });
  }

  private reportFullWidth(word: Word): boolean {
    return reportFullWidth(word, this.collector);
  }
}

/** Where else a keyword is at home; null where that is nowhere, or in too many places. */
function rightPlace(keyword: string): string | null {
  const titles = titlesOfBlocksWith(keyword);
  return titles.length === 0 || titles.length > 3 ? null : `it belongs in ${titles.join(' or ')}`;
}

/** Reports a word with a character of full width; false where there is none in it. */
export function reportFullWidth(word: Word, collector: DiagnosticCollector): boolean {
  const found = firstFullWidth(word.text);
  if (found === null) return false;
  const { character, meant } = found;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const name = meant === ' ' ? 'a blank' : `"${meant}"`;
  const plain = plainText(word.text);
  collector.report({
    code: 'full-width-character',
    span: word.span,
    message: `"${character}" (U+${code}) is of full width, and is not ${name}`,
    hint: plain === null ? notesHint : `write ${plain}`,
  });
  return true;
}

/** Notes in brackets, behind other languages' comment signs, or in letters of no keyword. */
export function looksLikeNote(text: string): boolean {
  return /^(?:[([;]|\/[/*]|--)|[^\x20-\x7e]/.test(text);
}
