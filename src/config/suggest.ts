/** "Did you mean": the known word that is nearest to a mistyped one. */

/** No keyword is longer; anything at all may stand where one is wanted. */
const longestCompared = 64;

/** The candidate that the fewest slips of the finger turn into `word`; null if none is near. */
export function nearestWord(word: string, candidates: Iterable<string>): string | null {
  if (word.length > longestCompared) return null;
  const tolerated = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | null = null;
  let least = tolerated + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const slips = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (slips < least && slips < candidate.length) {
      nearest = candidate;
      least = slips;
    }
  }
  return nearest;
}

/** "did you mean ...?", or null. */
export function suggestion(word: string, candidates: Iterable<string>): string | null {
  const nearest = nearestWord(word, candidates);
  return nearest === null ? null : `did you mean "${nearest}"?`;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
function editDistance(one: string, other: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let distance = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped && row > 1 && column > 1) {
        distance = Math.min(distance, (beforePrevious[column - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[other.length] ?? 0;
}
