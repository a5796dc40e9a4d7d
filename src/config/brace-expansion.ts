/** Alternatives in a path: "conf.{a,b}" is "conf.a" and "conf.b". */

/** A pattern may stand for this many others at most. */
const alternativeLimit = 1_000;

/** Every path that a pattern stands for, in order. A brace without a partner stands for itself. */
export function expandBraces(pattern: string): readonly string[] {
  const expanded: string[] = [];
  const pending = [pattern];
  for (let one = pending.pop(); one !== undefined; one = pending.pop()) {
    const group = innermostGroup(one);
    if (group === null) expanded.push(one);
    else if (pending.length + expanded.length < alternativeLimit) {
      const { before, alternatives, after } = group;
      pending.push(...alternatives.map((text) => before + text + after).toReversed());
    }
  }
  return expanded.slice(0, alternativeLimit);
}

interface BraceGroup {
  readonly before: string;
  readonly alternatives: readonly string[];
  readonly after: string;
}

/** A group without another inside it, so that its commas are its own. */
function innermostGroup(pattern: string): BraceGroup | null {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (match?.[1] === undefined) return null;
  return {
    before: pattern.slice(0, match.index),
    alternatives: match[1].split(','),
    after: pattern.slice(match.index + match[0].length),
  };
}
