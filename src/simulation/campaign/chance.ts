/** What is drawn when a site or a plan is made. */
import { assert } from '../../base/assert.ts';
import type { Random } from '../../base/random.ts';
import { milliseconds, type Duration } from '../../base/units.ts';

export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random.next() * items.length)];
  assert(item !== undefined, 'there is something to pick from');
  return item;
}

/** A different member each, in the order of chance. */
export function shuffled<Item>(random: Random, items: readonly Item[]): readonly Item[] {
  const left = [...items];
  const drawn: Item[] = [];
  while (left.length > 0) {
    drawn.push(...left.splice(Math.floor(random.next() * left.length), 1));
  }
  return drawn;
}

/** Whole milliseconds, so that a plan can be written down. */
export function drawTime(random: Random, least: Duration, most: Duration): Duration {
  const drawn = least + random.next() * (most - least);
  return milliseconds(Math.round(drawn / 1_000));
}
