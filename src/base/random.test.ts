import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.ts';

function draw(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

describe('random numbers', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(draw(7, 100)).toEqual(draw(7, 100));
    expect(draw(7, 100)).not.toEqual(draw(8, 100));
    expect(draw(-1, 10)).toEqual(draw(0xffff_ffff, 10));
  });

  it('are spread evenly from 0 to 1', () => {
    const counts = new Array<number>(10).fill(0);
    for (const number of draw(1, 10_000)) {
      expect(number).toBeGreaterThanOrEqual(0);
      expect(number).toBeLessThan(1);
      const tenth = Math.floor(number * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    for (const count of counts) {
      expect(count).toBeGreaterThan(850);
      expect(count).toBeLessThan(1_150);
    }
  });
});
