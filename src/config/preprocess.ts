/**
 * From files to lines that hold nothing but words: comments gone, conditional lines
 * decided, definitions expanded, repetitions written out, includes opened. What
 * becomes of a line is decided in keepalived's order; see `process`.
 *
 * Everything here has a limit, since a file can include itself, a definition can use
 * itself, and a page of text can expand into a book.
 */
import type { Result } from '../base/result.ts';
import { expandBraces } from './brace-expansion.ts';
import { stripComment } from './comment.ts';
import type { ConfigSource } from './config-source.ts';
import {
  builtIn,
  definitionHead,
  expandDefinitions,
  type DefinitionHead,
  type DefinitionValue,
  type Surroundings,
} from './definitions.ts';
import type { DiagnosticCollector, FileTexts, Span } from './diagnostic.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import {
  changedStrictness,
  directoryOf,
  hasWildcard,
  includeStrictness,
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
  private filesOpened = 0;
  private work = 0;

  constructor(source: ConfigSource, options: PreprocessOptions, collector: DiagnosticCollector) {
    this.source = source;
    this.options = options;
    this.collector = collector;
  }

  /** The main file has to be there; its name may be a pattern. */
  openMain(): void {
    const required = { ...strictIncludes, braceMatch: false };
    this.include(this.options.path, required, null);
  }

  private report(code: DiagnosticCode, span: Span | null, message: string): void {
    this.collector.report({ code, span, message });
  }

  private include(pattern: string, strictness: IncludeStrictness, span: Span | null): void {
    const alternatives = expandBraces(pattern);
    const found = alternatives.map((path) => (hasWildcard(path) ? this.source.glob(path) : [path]));
    const results = found.map((paths) => paths.map((path) => this.openFile(path, span)));
    for (const [index, alternative] of alternatives.entries()) {
      const outcomes = results[index] ?? [];
      for (const outcome of outcomes) {
        if (outcome.ok || (!hasWildcard(alternative) && !strictness.readable)) continue;
        const code = strictness.readable ? 'file-unreadable' : 'include-skipped';
        this.report(code, span, `cannot read a file: ${outcome.error}`);
      }
    }
    const opened = results.map((outcomes) => outcomes.some(({ ok }) => ok));
    this.checkMatches({ pattern, alternatives, opened, strictness, span });
  }

  private checkMatches(checked: {
    readonly pattern: string;
    readonly alternatives: readonly string[];
    readonly opened: readonly boolean[];
    readonly strictness: IncludeStrictness;
    readonly span: Span | null;
  }): void {
    const { pattern, alternatives, opened, strictness, span } = checked;
    const missing = alternatives.find((_, index) => opened[index] !== true);
    if (missing === undefined || span === null) return;
    const nothing = !opened.includes(true);
    const wanted = hasWildcard(pattern) ? strictness.wildcardMatch : strictness.match;
    const required = (nothing && wanted) || (alternatives.length > 1 && strictness.braceMatch);
    if (required) this.report('include-missing', span, `no file to include: ${missing}`);
    else if (nothing && !hasWildcard(pattern)) {
      this.report('include-skipped', span, `no file to include: ${missing}`);
    }
  }

  /** Reads a file and works through its lines; the error says why it could not be read. */
  private openFile(path: string, span: Span | null): Result<null, string> {
    const refusal = this.refusalToOpen(path);
    if (refusal !== null) {
      this.report('limit-reached', span, refusal);
      return { ok: true, value: null };
    }
    const octets = this.source.read(path);
    if (!octets.ok) return octets;
    this.filesOpened += 1;
    const texts = new TextDecoder().decode(octets.value).split('\n');
    this.files.set(path, texts);
    const directory = directoryOf(path);
    this.open.push({ path, directory, strictness: this.inheritedStrictness() });
    this.readLines(path, texts);
    this.open.pop();
    return { ok: true, value: null };
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
      const begun: DefinitionHead | null =
        definition === null && continued ? definitionHead(line.text) : null;
      if (definition !== null) definition.lines.push(value);
      else if (begun !== null) {
        const first = value.slice(begun.valueAt);
        definition = { name: begun.name, lines: first === '' ? [] : [first] };
      } else {
        this.process({ line, round: new Map(), depth: 0 });
        continue;
      }
      if (continued) continue;
      this.definitions.set(definition.name, definition.lines);
      definition = null;
    }
    if (definition !== null) this.definitions.set(definition.name, definition.lines);
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
    const built = builtIn(name, this.options, this.open.at(-1)?.directory ?? '/');
    return built === null ? null : built.split('\n');
  }

  private finish(line: SourceLine): void {
    const [word = ''] = /^[^ \t"]*/.exec(line.text) ?? [];
    const file = this.open.at(-1);
    const strictness = includeStrictness(word, file?.strictness ?? lenientIncludes);
    if (strictness === null || file === undefined) {
      if (word === 'include_check' && file !== undefined) {
        const words = line.text.split(/[ \t]+/).slice(1);
        file.strictness = changedStrictness(words, file.strictness);
      }
      this.lines.push(line);
      return;
    }
    const pattern = line.text.slice(word.length).trim().replaceAll('"', '');
    if (pattern === '') {
      this.report('missing-argument', spanOf(line), `${word} lacks its file`);
    } else this.include(resolvePath(file.directory, pattern), strictness, spanOf(line));
  }
}

/** Whether a text takes more octets in UTF-8; a character takes one to three a UTF-16 unit. */
function isLongerThan(text: string, octets: number): boolean {
  if (text.length * 3 <= octets) return false;
  return text.length > octets || new TextEncoder().encode(text).length > octets;
}
