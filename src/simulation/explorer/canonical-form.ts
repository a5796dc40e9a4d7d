/**
 * A core's state as text in which equal means: will behave alike. It is read off two cores that
 * have been told the same, the second one later by a fixed time. A number that is the same in both
 * is a number; one that differs by just that time is a moment, and is written as it lies to now.
 * Whatever else differs shows that the core does not treat one moment like another, and is refused.
 */
import { assert } from '../../base/assert.ts';
import { between, type Duration, type Instant } from '../../base/units.ts';
import type { Core } from '../../core/core.ts';
import type { Constants } from './core-copy.ts';

/** By how much later the second of two cores is told all that the first one is. */
export const twinShift = 1_000_000_000_007 as Duration;

/** Fields that no decision looks at: counts, numbers of effects, what is kept to explain it all. */
const idle: ReadonlySet<string> = new Set([
  'statistics',
  'drops',
  'lastId',
  'effectId',
  // Of leases: each has another, and that is all.
  'number',
  'lastNumber',
  'since',
  'lastAdvert',
  'links',
  // Without authentication nobody looks at the sequence numbers either.
  'signatures',
]);

export interface Twins {
  readonly first: Core;
  readonly second: Core;
  /** The moment at which the first one is. */
  readonly now: Instant;
  readonly constants: Constants;
  /** What lies further back than this is past, however long. */
  readonly memory: Duration;
}

export function canonicalForm({ first, second, now, constants, memory }: Twins): string {
  const seen = new Map<object, number>();
  let text = '';
  const write = (left: unknown, right: unknown): void => {
    if (typeof left === 'function') return;
    if (typeof left === 'number' && left !== right) {
      assert(
        typeof right === 'number' && right - left === twinShift,
        `a core takes ${String(left)} for ${String(right)} when all happens later`,
      );
      text += `@${Math.max(0 - memory, between(now, left as Instant))}`;
      return;
    }
    if (typeof left !== 'object' || left === null) {
      assert(left === right, `a core takes ${String(left)} for ${String(right)}`);
      text += typeof left === 'string' ? JSON.stringify(left) : String(left);
      return;
    }
    assert(typeof right === 'object' && right !== null, 'two cores have come apart');
    const number = constants.get(left) ?? null;
    const known = seen.get(left) ?? null;
    if (number !== null) text += `!${number}`;
    else if (known !== null) text += `^${known}`;
    else {
      seen.set(left, seen.size);
      writeParts(left, right);
    }
  };
  const writeParts = (left: object, right: object): void => {
    const lefts = partsOf(left);
    const rights = partsOf(right);
    assert(lefts.length === rights.length, 'two cores have come apart');
    text += '{';
    for (const [index, [key, value]] of lefts.entries()) {
      const other = rights[index];
      if (typeof key === 'string' && idle.has(key)) continue;
      write(key, other?.[0]);
      text += ':';
      write(value, other?.[1]);
      text += ',';
    }
    text += '}';
  };
  write(first, second);
  return text;
}

function partsOf(value: object): readonly (readonly [unknown, unknown])[] {
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (value instanceof Set) return [...(value as Set<unknown>)].map((one) => [one, true]);
  return Object.entries(value);
}
