/** The `include` family: which files a pattern stands for, and how much of it has to be there. */

/** What has to hold for an include; what does not hold is an error, else it is passed over. */
export interface IncludeStrictness {
  /** Every file that matches can be read. */
  readonly readable: boolean;
  /** A pattern without wildcards matches. */
  readonly match: boolean;
  /** A pattern with wildcards matches. */
  readonly wildcardMatch: boolean;
  /** Every alternative of a brace expansion matches. */
  readonly braceMatch: boolean;
}

export const lenientIncludes: IncludeStrictness = {
  readable: false,
  match: false,
  wildcardMatch: false,
  braceMatch: false,
};

export const strictIncludes: IncludeStrictness = {
  readable: true,
  match: true,
  wildcardMatch: true,
  braceMatch: true,
};

/** The strictness that a keyword asks for of its own; plain `include` takes what is in force. */
const strictnessOf = new Map<string, Partial<IncludeStrictness>>([
  ['include', {}],
  ['includer', { readable: true }],
  ['includem', { readable: true, match: true }],
  ['includew', { readable: true, match: true, wildcardMatch: true }],
  ['includeb', { readable: true, match: true, braceMatch: true }],
  ['includea', strictIncludes],
]);

/** The strictness of a line that begins with this word; null where it is no include. */
export function includeStrictness(
  word: string,
  inForce: IncludeStrictness,
): IncludeStrictness | null {
  const own = strictnessOf.get(word);
  return own === undefined ? null : { ...inForce, ...own };
}

const checkWords: ReadonlyMap<string, keyof IncludeStrictness> = new Map([
  ['read', 'readable'],
  ['readable', 'readable'],
  ['match', 'match'],
  ['wildcard_match', 'wildcardMatch'],
  ['brace_match', 'braceMatch'],
]);

export const includeCheckWords: readonly string[] = [...checkWords.keys()];

export function isIncludeCheckWord(word: string): boolean {
  return checkWords.has(word.replace(/^[+-]/, ''));
}

/**
 * What `include_check` leaves in force: no word asks for everything, a plain word for
 * that alone, and one with a sign adds to or takes from what was in force.
 */
export function changedStrictness(
  words: readonly string[],
  inForce: IncludeStrictness,
): IncludeStrictness {
  if (words.length === 0) return strictIncludes;
  const signed = words.every((word) => /^[+-]/.test(word));
  const changed = { ...(signed ? inForce : lenientIncludes) };
  for (const word of words) {
    const key = checkWords.get(word.replace(/^[+-]/, ''));
    if (key !== undefined) changed[key] = !word.startsWith('-');
  }
  return changed;
}

export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** A path as it is meant in a file of that directory. */
export function resolvePath(directory: string, path: string): string {
  return path.startsWith('/') ? path : `${directory === '/' ? '' : directory}/${path}`;
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}
