/**
 * From files to lines that hold nothing but words: comments gone, conditional lines
 * decided, definitions expanded, repetitions written out, includes opened. What
 * becomes of a line is decided in keepalived's order; see `process`.
 *
 * Everything here has a limit, since a file can include itself, a definition can use
 * itself, and a page of text can expand into a book.
 */
import { seededRandom, type Random } from '../base/random.ts';
import { expandBraces } from './brace-expansion.ts';
import { stripComment } from './comment.ts';
import type { ConfigSource } from './config-source.ts';
import {
  builtIn,
  definitionHead,
  expandDefinitions,
  type DefinitionValue,
  type Surroundings,
} from './definitions.ts';
import type { DiagnosticCollector, FileTexts, Span } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import {
  changedStrictness,
  directoryOf,
  hasWildcard,
  includeCheckWords,
  includeStrictness,
  isIncludeCheckWord,
  lenientIncludes,
  resolvePath,
  strictIncludes,
  type IncludeStrictness,
} from './include.ts';
import { isRepetition, parseRepetition, type Round } from './repetition.ts';
import { sliceLine, sourceLine, spanOf, trimLine, type SourceLine } from './source-line.ts';

/** keepalived's own limit, in octets, after expansion. */
const lineLimit = 1_024;
/** In UTF-16 units, with the comment: beyond it, what is read is no configuration. */
const rawLineLimit = 65_536;
const includeDepthLimit = 20;
const fileLimit = 1_000;
/** How often the result of an expansion may be expanded again. */
const expansionLimit = 50;
/** Lines that may be worked on in all, those that expansions make included. */
const workLimit = 200_000;

const tooLong = `the line is longer than ${lineLimit} octets`;

/** The configuration id that is always Baton's own: `@baton include service.conf`. */
const batonsId = 'baton';

export interface PreprocessOptions extends Surroundings {
  readonly path: string;
  readonly everyIncludeRequired: boolean;
}

/** What is worked on: a line, what repetitions around it have defined, and how deep it lies. */
interface Task {
  readonly line: SourceLine;
  readonly round: Round;
  readonly depth: number;
}

/** The file that is being read. */
interface OpenFile {
  readonly path: string;
  readonly directory: string;
  strictness: IncludeStrictness;
}

/** A definition whose last line ended in a backslash. */
interface UnfinishedDefinition {
  readonly name: string;
  readonly lines: string[];
  /** False behind an `@id` of another host. */
  readonly counts: boolean;
}

export interface PreprocessedText {
  readonly lines: readonly SourceLine[];
  readonly files: FileTexts;
}

export function preprocess(
  source: ConfigSource,
  options: PreprocessOptions,
  collector: DiagnosticCollector,
): PreprocessedText {
  const preprocessor = new Preprocessor(source, options, collector);
  preprocessor.openMain();
  return preprocessor;
}

class Preprocessor implements PreprocessedText {
  readonly lines: SourceLine[] = [];
  readonly files = new Map<string, readonly string[]>();
  private readonly source: ConfigSource;
  private readonly options: PreprocessOptions;
  private readonly collector: DiagnosticCollector;
  private readonly definitions = new Map<string, DefinitionValue>();
  private readonly open: OpenFile[] = [];
  private random: Random;
  private filesOpened = 0;
  private work = 0;

  constructor(source: ConfigSource, options: PreprocessOptions, collector: DiagnosticCollector) {
    this.source = source;
    this.options = options;
    this.random = options.random;
    this.collector = collector;
  }

  /** The main file has to be there; its name may be a pattern. */
  openMain(): void {
    const { path } = this.options;
    const paths = hasWildcard(path) ? this.source.glob(path) : [path];
    if (paths.length === 0) this.report('file-unreadable', null, `no file matches ${path}`);
    for (const one of paths) this.openFile(one, null, 'file-unreadable');
  }

  private report(code: DiagnosticCode, span: Span | null, message: string): void {
    this.collector.report({ code, span, message });
  }

  private include(pattern: string, strictness: IncludeStrictness, span: Span): void {
    const alternatives = expandBraces(pattern).map((path) => ({
      path,
      files: this.source.glob(path),
    }));
    const nothing = alternatives.every(({ files }) => files.length === 0);
    for (const { path, files } of alternatives) {
      if (files.length === 0) {
        const wanted = hasWildcard(path) ? strictness.wildcardMatch : strictness.match;
        const everyOne = strictness.braceMatch && alternatives.length > 1;
        const required = everyOne || (nothing && wanted);
        if (required || (nothing && !hasWildcard(path))) {
          const code = required ? 'include-missing' : 'include-skipped';
          this.report(code, span, `no file to include: ${path}`);
        }
      }
      const failure = strictness.readable ? 'file-unreadable' : 'include-skipped';
      for (const file of files) this.openFile(file, span, failure);
    }
  }

  /** Reads a file and works through its lines. */
  private openFile(
    path: string,
    span: Span | null,
    failure: 'file-unreadable' | 'include-skipped',
  ): void {
    const refusal = this.refusalToOpen(path);
    if (refusal !== null) {
      this.report('limit-reached', span, refusal);
      return;
    }
    const octets = this.source.read(path);
    if (!octets.ok) {
      this.report(failure, span, `cannot read ${path}: ${octets.error}`);
      return;
    }
    this.filesOpened += 1;
    const texts = new TextDecoder().decode(octets.value).split('\n');
    this.files.set(path, texts);
    const directory = directoryOf(path);
    this.open.push({ path, directory, strictness: this.inheritedStrictness() });
    this.readLines(path, texts);
    this.open.pop();
  }

  private refusalToOpen(path: string): string | null {
    if (this.open.some((file) => file.path === path)) return `${path} includes itself`;
    if (this.open.length >= includeDepthLimit) {
      return `includes are nested deeper than ${includeDepthLimit} files`;
    }
    return this.filesOpened >= fileLimit ? `more than ${fileLimit} files` : null;
  }

  private inheritedStrictness(): IncludeStrictness {
    const { everyIncludeRequired } = this.options;
    return (
      this.open.at(-1)?.strictness ?? (everyIncludeRequired ? strictIncludes : lenientIncludes)
    );
  }

  /** Comments are stripped and definitions of several lines put together before all else. */
  private readLines(path: string, texts: readonly string[]): void {
    let definition: UnfinishedDefinition | null = null;
    for (const [index, text] of texts.entries()) {
      if (this.work > workLimit) return;
      const line = this.usableLine(sourceLine(path, index + 1, text));
      if (line === null) continue;
      const continued = line.text.endsWith('\\');
      const value = continued ? line.text.slice(0, -1).trimEnd() : line.text;
      if (definition !== null) definition.lines.push(value);
      else if (continued) definition = this.beginDefinition(line, value);
      if (definition === null) this.process({ line, round: new Map(), depth: 0 });
      else if (!continued) {
        this.endDefinition(definition);
        definition = null;
      }
    }
    if (definition !== null) this.endDefinition(definition);
  }

  /**
   * A definition that goes on in the next line; null where the line begins none. Behind an
   * `@id` it belongs to that host with all its lines (keepalived 2.2.7: with the first).
   */
  private beginDefinition(line: SourceLine, value: string): UnfinishedDefinition | null {
    const conditions = /^(?:@\S*[ \t]+)*/.exec(value)?.[0] ?? '';
    const head = definitionHead(value.slice(conditions.length));
    if (head === null) return null;
    const first = value.slice(conditions.length + head.valueAt);
    const counts = this.meetsConditions(sliceLine(line, 0, conditions.length));
    return { name: head.name, lines: first === '' ? [] : [first], counts };
  }

  private endDefinition({ name, lines, counts }: UnfinishedDefinition): void {
    if (counts) this.definitions.set(name, lines.length === 0 ? [''] : lines);
  }

  private meetsConditions(conditions: SourceLine): boolean {
    let rest: SourceLine | null = trimLine(conditions);
    while (rest?.text.startsWith('@') === true) {
      const kept = this.conditional(rest);
      rest = kept === null ? null : trimLine(kept);
    }
    return rest !== null;
  }

  /** The line without comment and outer blanks; null where it cannot be used at all. */
  private usableLine(raw: SourceLine): SourceLine | null {
    if (raw.text.length > rawLineLimit) {
      this.report('limit-reached', { ...spanOf(raw), length: 1 }, tooLong);
      return null;
    }
    const line = trimLine(stripComment(raw));
    if (!this.hasUsableLength(line)) return null;
    if (!line.text.includes('\0')) return line;
    this.report('nul-in-line', { ...spanOf(line), length: 1 }, 'the line holds a NUL octet');
    return null;
  }

  private hasUsableLength(line: SourceLine): boolean {
    if (!isLongerThan(line.text, lineLimit)) return true;
    this.report('limit-reached', spanOf(line), tooLong);
    return false;
  }

  /**
   * Decides what a line is: conditional, a definition, a repetition, something to
   * expand, an include, or a line for the parser. What an expansion makes is a
   * line again.
   */
  private process(task: Task): void {
    const line = trimLine(task.line);
    if (line.text === '' || !this.withinLimits(line, task.depth)) return;
    const { round, depth } = task;
    if (line.text.startsWith('@')) {
      const kept = this.conditional(line);
      if (kept !== null) this.process({ line: kept, round, depth: depth + 1 });
      return;
    }
    const definition = definitionHead(line.text);
    if (definition !== null) {
      this.definitions.set(definition.name, [line.text.slice(definition.valueAt)]);
      return;
    }
    if (isRepetition(line.text)) {
      this.repeat({ line, round, depth });
      return;
    }
    const { lines, replaced, unknown } = expandDefinitions(line, (name) =>
      this.lookUp(name, round),
    );
    if (replaced) {
      for (const expanded of lines) this.process({ line: expanded, round, depth: depth + 1 });
      return;
    }
    for (const piece of unknown) {
      this.report('unknown-definition', spanOf(piece), `${piece.text} is not defined`);
    }
    this.finish(line);
  }

  private withinLimits(line: SourceLine, depth: number): boolean {
    this.work += 1;
    if (this.work > workLimit) {
      if (this.work === workLimit + 1) {
        this.report('limit-reached', spanOf(line), `the text expands to over ${workLimit} lines`);
      }
      return false;
    }
    if (depth > expansionLimit) {
      const message = `expanded ${expansionLimit} times, and there is still more to expand`;
      this.report('limit-reached', spanOf(line), message);
      return false;
    }
    return this.hasUsableLength(line);
  }

  /** `@id text` is for that configuration id, `@^id text` for every other. */
  private conditional(line: SourceLine): SourceLine | null {
    const [head, not, id = ''] = /^@(\^?)(\S*)/.exec(line.text) ?? ['@'];
    const isOurs = id === this.options.configurationId || id === batonsId;
    return isOurs === (not === '^') ? null : sliceLine(line, head.length);
  }

  private repeat({ line, round, depth }: Task): void {
    const repetition = parseRepetition(line);
    if (!repetition.ok) {
      this.report('bad-repetition', spanOf(line), repetition.error);
      return;
    }
    const { rounds, body } = repetition.value;
    for (const own of rounds) {
      if (this.work > workLimit) return;
      this.process({ line: body, round: new Map([...round, ...own]), depth: depth + 1 });
    }
  }

  private lookUp(name: string, round: Round): DefinitionValue | null {
    const inRound = round.get(name);
    if (inRound !== undefined) return [inRound];
    const defined = this.definitions.get(name);
    if (defined !== undefined) return defined;
    const surroundings = { ...this.options, random: this.random };
    const built = builtIn(name, surroundings, this.open.at(-1)?.directory ?? '/');
    return built === null ? null : built.split('\n');
  }

  private finish(line: SourceLine): void {
    const [word = ''] = /^[^ \t"]*/.exec(line.text) ?? [];
    const file = this.open.at(-1);
    const strictness = includeStrictness(word, file?.strictness ?? lenientIncludes);
    if (strictness === null || file === undefined) {
      if (word === 'include_check' && file !== undefined) this.changeStrictness(line, file);
      if (word === 'random_seed') this.changeSeed(line);
      this.lines.push(line);
      return;
    }
    const pattern = line.text.slice(word.length).trim().replaceAll('"', '');
    if (pattern === '') {
      this.report('missing-argument', spanOf(line), `${word} lacks its file`);
    } else this.include(resolvePath(file.directory, pattern), strictness, spanOf(line));
  }

  /** `random_seed`, which counts from here on. */
  private changeSeed(line: SourceLine): void {
    const seed = /^random_seed[ \t]+(\d+)/.exec(line.text)?.[1];
    if (seed !== undefined) this.random = seededRandom(Number(seed));
  }

  /** `include_check`, which stays in the text for the parser as well. */
  private changeStrictness(line: SourceLine, file: OpenFile): void {
    const words = line.text.split(/[ \t]+/).slice(1);
    const unknown = words.find((word) => !isIncludeCheckWord(word));
    if (unknown !== undefined) {
      const message = `"${unknown}" is not one of: ${includeCheckWords.join(', ')}`;
      this.report('invalid-value', spanOf(line), message);
    }
    file.strictness = changedStrictness(words, file.strictness);
  }
}

/** Whether a text takes more octets in UTF-8; a character takes one to three a UTF-16 unit. */
function isLongerThan(text: string, octets: number): boolean {
  if (text.length * 3 <= octets) return false;
  return text.length > octets || new TextEncoder().encode(text).length > octets;
}
