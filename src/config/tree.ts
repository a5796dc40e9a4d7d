/**
 * Phrases to statements and blocks. The keyword tables are asked only for what the
 * braces leave open: whether a `{` is missing, and where a block that was never
 * closed must have ended.
 */
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import { findKeyword, type BlockDefinition } from './keywords/keyword.ts';
import type { Phrase, Word } from './words.ts';

export interface Statement {
  readonly words: readonly [Word, ...Word[]];
  readonly block: Block | null;
  /** keepalived does not come to see it: an unknown block before it ends the block around it. */
  readonly lost: boolean;
}

export interface Block {
  readonly opening: Span;
  readonly statements: readonly Statement[];
}

/** Builds the tree of a whole configuration, whatever its braces. */
export function buildTree(
  phrases: readonly Phrase[],
  root: BlockDefinition,
  collector: DiagnosticCollector,
): readonly Statement[] {
  const builder = new TreeBuilder(root, collector);
  for (const [index, phrase] of phrases.entries()) {
    const next = phrases[index + 1];
    switch (phrase.type) {
      case 'words':
        builder.statement(phrase.words, next?.type === 'open');
        break;
      case 'open':
        builder.open(phrase.span);
        break;
      case 'close':
        builder.close(phrase.span);
        break;
    }
  }
  return builder.finish();
}

interface GrowingStatement extends Statement {
  block: GrowingBlock | null;
}

interface GrowingBlock extends Block {
  readonly statements: GrowingStatement[];
}

/** A block that is open, with what may stand in it; null: nobody knows. */
interface Frame {
  /** The statement that opened it; null for the whole text and for a `{` on its own. */
  readonly head: GrowingStatement | null;
  readonly definition: BlockDefinition | null;
  readonly block: GrowingBlock;
  /** What comes now is lost to keepalived. */
  lossy: boolean;
}

const nowhere: Span = { file: '', line: 1, column: 1, length: 1 };

class TreeBuilder {
  private readonly root: Frame;
  /** The blocks that are open inside the root, outermost first. */
  private readonly inner: Frame[] = [];
  private readonly collector: DiagnosticCollector;

  constructor(definition: BlockDefinition, collector: DiagnosticCollector) {
    const block = { opening: nowhere, statements: [] };
    this.root = { head: null, definition, block, lossy: false };
    this.collector = collector;
  }

  statement(words: readonly [Word, ...Word[]], opensBlock: boolean): void {
    this.openMissing();
    const recovered = this.recover(words, opensBlock);
    const frame = this.top();
    frame.block.statements.push({ words, block: null, lost: frame.lossy || recovered });
  }

  open(span: Span): void {
    const frame = this.top();
    const head = frame.block.statements.at(-1);
    if (head?.block === null) this.push(head, span);
    else {
      const message = 'there is no keyword before this "{"';
      this.collector.report({ code: 'unexpected-block', span, message });
      const block = { opening: span, statements: [] };
      this.inner.push({ head: null, definition: null, block, lossy: true });
    }
  }

  close(span: Span): void {
    this.openMissing();
    const frame = this.inner.pop();
    if (frame === undefined) {
      const message = 'this "}" closes nothing';
      const hint = 'all blocks above are closed: was one closed too early?';
      this.collector.report({ code: 'surplus-closing-brace', span, message, hint });
      return;
    }
    if (frame.definition === null) this.loseRest();
  }

  finish(): readonly Statement[] {
    for (const frame of this.inner.toReversed()) this.reportUnclosed(frame, 'closed nowhere');
    return this.root.block.statements;
  }

  private top(): Frame {
    return this.inner.at(-1) ?? this.root;
  }

  private push(head: GrowingStatement, opening: Span): void {
    const { definition } = this.top();
    const block: GrowingBlock = { opening, statements: [] };
    head.block = block;
    const keyword = isOfKeywords(definition) ? findKeyword(definition, head.words[0].text) : null;
    this.inner.push({ head, definition: keyword?.block ?? null, block, lossy: head.lost });
  }

  /** A keyword that must have a block and has none: what follows is taken for its block. */
  private openMissing(): void {
    const { definition, block } = this.top();
    const last = block.statements.at(-1);
    if (last?.block !== null || !isOfKeywords(definition)) return;
    const [word] = last.words;
    const keyword = findKeyword(definition, word.text);
    if (!keyword?.block) return;
    this.collector.report({
      code: 'missing-opening-brace',
      span: word.span,
      message: `${describe(last)} lacks its "{"`,
    });
    this.push(last, word.span);
  }

  /**
   * Closes the blocks that this statement cannot stand in: a list that meets a
   * keyword of the block around it, or any block that meets one of the root's
   * blocks. True where something had to be closed.
   */
  private recover([word, ...more]: readonly [Word, ...Word[]], opensBlock: boolean): boolean {
    const frame = this.inner.at(-1);
    if (frame === undefined) return false;
    const before = `not closed before "${word.text}" in line ${word.span.line}`;
    if (frame.definition?.kind === 'entries') {
      const around = (this.inner.at(-2) ?? this.root).definition;
      if (!isOfKeywords(around) || findKeyword(around, word.text) === null) return false;
      // A word alone may well be the name of something that is listed.
      if (!opensBlock && more.length === 0) return false;
      this.reportUnclosed(frame, before);
      this.inner.pop();
      return true;
    }
    const known = frame.definition !== null && findKeyword(frame.definition, word.text) !== null;
    const atRoot = opensBlock && this.root.definition !== null;
    if (known || !atRoot || !isRootBlock(this.root.definition, word.text)) return false;
    this.reportUnclosed(frame, before);
    this.inner.length = 0;
    return true;
  }

  private reportUnclosed({ head, block }: Frame, where: string): void {
    this.collector.report({
      code: 'missing-closing-brace',
      span: head?.words[0].span ?? block.opening,
      message: `${head === null ? 'this block' : describe(head)} is ${where}`,
      hint: 'add "}" where it ends',
    });
  }

  /** keepalived takes the end of an unknown block for that of the block around it, and so on. */
  private loseRest(): void {
    for (const frame of this.inner) frame.lossy = true;
  }
}

function isOfKeywords(definition: BlockDefinition | null): definition is BlockDefinition {
  return definition?.kind === 'keywords';
}

function isRootBlock(root: BlockDefinition, word: string): boolean {
  const keyword = findKeyword(root, word);
  return keyword !== null && keyword.block !== null;
}

function describe({ words }: Statement): string {
  const [keyword, name] = words;
  return name === undefined ? `"${keyword.text}"` : `"${keyword.text} ${name.text}"`;
}
