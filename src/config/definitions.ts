/**
 * `$NAME=value` and its uses. A definition is text, expanded where it is used, so
 * that it may use others; a later one of the same name replaces it.
 */
import type { Random } from '../base/random.ts';
import { expandLine, joinLine, sliceLine, type SourceLine } from './source-line.ts';

/** What built-in definitions are made from. */
export interface Surroundings {
  readonly configurationId: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly random: Random;
}

/** A definition's value: its lines, of which there is at least one. */
export type DefinitionValue = readonly string[];

/** The head of a definition: no blank stands before the `=`. */
const head = /^\$([A-Za-z_][A-Za-z0-9_]*)=/;

/** A use: `${NAME}` anywhere; `$NAME` before a blank, a comma, a bracket or the end. */
const use = /\$(?:\{([^{}]*)\}|([A-Za-z_][A-Za-z0-9_]*)(?=[\s,)]|$))/g;

interface DefinitionHead {
  readonly name: string;
  /** Where the value begins. */
  readonly valueAt: number;
}

/** What a line defines; null where it defines nothing. */
export function definitionHead(text: string): DefinitionHead | null {
  const match = head.exec(text);
  if (match?.[1] === undefined) return null;
  return { name: match[1], valueAt: match[0].length };
}

export interface Expansion {
  /** The line with its uses replaced; more than one where a value has several lines. */
  readonly lines: readonly SourceLine[];
  readonly replaced: boolean;
  /** Uses that have no definition, left as they are. */
  readonly unknown: readonly SourceLine[];
}

/** Replaces each use in a line once; what the values use in turn is left for the next round. */
export function expandDefinitions(
  source: SourceLine,
  lookUp: (name: string) => DefinitionValue | null,
): Expansion {
  const lines: SourceLine[] = [];
  const unknown: SourceLine[] = [];
  let pieces: SourceLine[] = [];
  let copiedTo = 0;
  let replaced = false;
  for (const match of source.text.matchAll(use)) {
    const piece = sliceLine(source, match.index, match.index + match[0].length);
    const value = lookUp(match[1] ?? match[2] ?? '');
    if (value === null) {
      unknown.push(piece);
      continue;
    }
    replaced = true;
    pieces.push(sliceLine(source, copiedTo, match.index));
    copiedTo = match.index + match[0].length;
    for (const [index, text] of value.entries()) {
      if (index > 0) {
        lines.push(joinLine(source, pieces));
        pieces = [];
      }
      pieces.push(expandLine(piece, text));
    }
  }
  pieces.push(sliceLine(source, copiedTo));
  lines.push(joinLine(source, pieces));
  return { lines, replaced, unknown };
}

/** The definitions that need no `$NAME=`: null where there is no such one. */
export function builtIn(
  name: string,
  { configurationId, environment, random }: Surroundings,
  directory: string,
): string | null {
  const [word = '', ...parameters] = name.trim().split(/\s+/);
  switch (word) {
    case '_PWD':
      return directory;
    case '_INSTANCE':
      return configurationId;
    case '_HASH':
      return '#';
    case '_BANG':
      return '!';
    case '_ENV':
      return environment[parameters[0] ?? ''] ?? null;
    case '_RANDOM':
      return randomNumber(parameters, random);
    default:
      return null;
  }
}

/** `_RANDOM [min [max]]`: a whole number from 0 to 32767 where not told otherwise. */
function randomNumber(parameters: readonly string[], random: Random): string | null {
  const [minimum = 0, maximum = 32_767] = parameters.map(Number);
  if (!Number.isSafeInteger(minimum) || !Number.isSafeInteger(maximum)) return null;
  if (minimum > maximum) return null;
  return String(minimum + Math.floor(random.next() * (maximum - minimum + 1)));
}
