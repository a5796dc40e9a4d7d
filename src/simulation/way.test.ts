import { describe, expect, it } from 'vitest';
import { instant, microseconds, milliseconds } from '../base/units.ts';
import { streamOf } from './draw.ts';
import { Way, type Impairment } from './way.ts';

const delay = { least: microseconds(30), most: microseconds(300) };
const sent = 1_000;

function arrivalsOn(impairments: readonly Impairment[]): readonly (readonly number[])[] {
  const way = new Way();
  for (const impairment of impairments) way.impair(impairment);
  const random = streamOf(1, 'way');
  return Array.from({ length: sent }, (_, index) =>
    way.arrivals(instant(index * 10), random, delay),
  );
}

describe('Way', () => {
  it('carries each frame once and in order while nothing is wrong with it', () => {
    const arrivals = arrivalsOn([]).flat();
    expect(arrivals).toHaveLength(sent);
    expect(arrivals).toEqual(arrivals.toSorted((one, other) => one - other));
  });

  it('carries nothing while it is blocked, and again once that is mended', () => {
    expect(arrivalsOn([{ type: 'blocked' }]).flat()).toEqual([]);
    const way = new Way();
    const blocked: Impairment = { type: 'blocked' };
    way.impair(blocked);
    expect([way.perfect, way.blocked]).toEqual([false, true]);
    way.mend(blocked);
    expect([way.perfect, way.blocked]).toEqual([true, false]);
  });

  it('loses, and doubles, as many frames as it is told to', () => {
    const lost = sent - arrivalsOn([{ type: 'lossy', share: 0.3 }]).flat().length;
    expect(lost / sent).toBeCloseTo(0.3, 1);
    const doubled = arrivalsOn([{ type: 'duplicating', share: 0.5 }]).flat().length - sent;
    expect(doubled / sent).toBeCloseTo(0.5, 1);
  });

  it('is slow in order, or out of order', () => {
    const isOrdered = (arrivals: readonly number[]): boolean =>
      arrivals.every((one, index) => index === 0 || (arrivals[index - 1] ?? 0) <= one);
    const most = milliseconds(5);
    expect(isOrdered(arrivalsOn([{ type: 'slow', most }]).flat())).toBe(true);
    expect(isOrdered(arrivalsOn([{ type: 'reordering', most }]).flat())).toBe(false);
  });
});
