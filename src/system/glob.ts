/** Path patterns as glob(7) has them, with brace expansion as the shells have it. */
import { readdirSync, statSync } from 'node:fs';

/** A pattern may stand for this many others at most, and match this many files. */
const limit = 4_096;

/** The regular files that match, sorted by name; those of an earlier alternative first. */
export function matchingFiles(pattern: string): readonly string[] {
  const found = expandBraces(pattern).flatMap((one) => walk(one).toSorted());
  return [...new Set(found)].filter(isRegularFile).slice(0, limit);
}

/** "a{b,c}" is "ab" and "ac"; a brace without a partner stands for itself. */
export function expandBraces(pattern: string): readonly string[] {
  const expanded: string[] = [];
  const pending = [pattern];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const group = firstGroup(one);
    if (group === null) {
      expanded.push(one);
      if (expanded.length === limit) break;
    } else {
      const { before, alternatives, after } = group;
      pending.push(...alternatives.map((text) => before + text + after).toReversed());
    }
  }
  return expanded;
}

interface BraceGroup {
  readonly before: string;
  readonly alternatives: readonly string[];
  readonly after: string;
}

/** The first group of braces with a comma in it. */
function firstGroup(pattern: string): BraceGroup | null {
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === '{') {
      const group = groupAt(pattern, at);
      if (group !== null) return group;
    }
  }
  return null;
}

/** The group whose opening brace is there; null where it has no partner or no comma. */
function groupAt(pattern: string, opening: number): BraceGroup | null {
  const separators = [opening];
  let depth = 0;
  for (let at = opening; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === ',' && depth === 1) separators.push(at);
    if (depth > 0) continue;
    if (separators.length === 1) return null;
    const starts = separators.map((separator) => separator + 1);
    const ends = [...separators.slice(1), at];
    const alternatives = starts.map((start, index) => pattern.slice(start, ends[index]));
    return { before: pattern.slice(0, opening), alternatives, after: pattern.slice(at + 1) };
  }
  return null;
}

/** The paths that match a pattern without braces, one folder's level after the other. */
function walk(pattern: string): readonly string[] {
  const absolute = pattern.startsWith('/');
  let paths = [absolute ? '/' : ''];
  for (const segment of pattern.split('/').filter((one) => one !== '')) {
    paths = paths.flatMap((path) => descend(path, segment)).slice(0, limit);
  }
  return paths;
}

function descend(path: string, segment: string): readonly string[] {
  const join = (name: string): string => (path === '' || path === '/' ? path : `${path}/`) + name;
  if (!/[*?[\\]/.test(segment)) return [join(segment)];
  const matcher = segmentMatcher(segment);
  return listFolder(path === '' ? '.' : path)
    .filter((name) => matcher.test(name) && (!name.startsWith('.') || segment.startsWith('.')))
    .map(join);
}

/** A regular expression for one level of a pattern. Total: what is malformed stands for itself. */
export function segmentMatcher(segment: string): RegExp {
  const parts = segment.matchAll(/\\(?<escaped>.)|\[(?<set>[!^]?\]?[^\]]*)\]|[^]/gsu);
  const source = [...parts].map(({ 0: text, groups }) => {
    const { escaped, set } = groups ?? {};
    if (escaped !== undefined) return literally(escaped);
    if (set !== undefined) return characterSet(set);
    if (text === '*') return '.*';
    return text === '?' ? '.' : literally(text);
  });
  return new RegExp(`^${source.join('')}$`, 'su');
}

/** The inside of "[a-z]" or "[!a-z]" as a class; a range that runs backwards holds nothing. */
function characterSet(set: string): string {
  const negated = /^[!^]/.test(set);
  const members = (negated ? set.slice(1) : set).matchAll(/(?<low>[^])-(?<high>[^])|[^]/gu);
  const ranges = [...members].map(({ 0: text, groups }) => {
    const { low = text, high = text } = groups ?? {};
    return low <= high ? `${literally(low)}-${literally(high)}` : '';
  });
  return `[${negated ? '^' : ''}${ranges.join('')}]`;
}

function literally(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // No folder, or not for us: nothing in it matches.
  }
}

function isRegularFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
