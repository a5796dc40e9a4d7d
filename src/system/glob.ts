/** Path patterns as glob(7) has them. */
import { readdirSync, statSync } from 'node:fs';

/** How many files a pattern may match; those beyond it are left out. */
const limit = 4_096;

/** The regular files that match, sorted by name. */
export function matchingFiles(pattern: string): readonly string[] {
  return walk(pattern).filter(isRegularFile).toSorted();
}

/** The paths that match, one folder's level after the other. */
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
