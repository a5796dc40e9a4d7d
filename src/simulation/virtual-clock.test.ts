import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, microseconds, milliseconds } from '../base/units.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('VirtualClock', () => {
  it('does what is due in the order of time, and within a moment in the order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 }),
        async (dues) => {
          const clock = new VirtualClock();
          const done: (readonly [number, number])[] = [];
          for (const [index, due] of dues.entries()) {
            clock.schedule(microseconds(due), () => {
              done.push([clock.now(), index]);
            });
          }
          await clock.runUntil(instant(20));
          const expected = dues
            .map((due, index) => [due, index] as const)
            .toSorted(([one, first], [other, second]) => one - other || first - second);
          expect(done).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('stops at the moment it was told, with all before it done and nothing after it', async () => {
    const clock = new VirtualClock();
    const done: number[] = [];
    for (const at of [5, 10, 11]) clock.schedule(microseconds(at), () => done.push(at));
    await clock.runUntil(instant(10));
    expect(done).toEqual([5, 10]);
    expect(clock.now()).toBe(10);
    await clock.runUntil(instant(20));
    expect(done).toEqual([5, 10, 11]);
  });

  it('does not do what was called off', async () => {
    const clock = new VirtualClock();
    const done: string[] = [];
    const later = clock.schedule(microseconds(2), () => done.push('called off'));
    clock.schedule(microseconds(1), () => {
      later.cancel();
    });
    await clock.runUntil(instant(5));
    expect(done).toEqual([]);
  });

  it('lets promises settle before the next thing happens, however long their chain', async () => {
    const clock = new VirtualClock();
    const done: string[] = [];
    clock.schedule(microseconds(1), () => {
      clock.movePromises();
      void (async () => {
        for (let link = 0; link < 1_000; link += 1) await Promise.resolve();
        done.push('chain');
      })();
    });
    clock.schedule(microseconds(1), () => done.push('next'));
    await clock.runUntil(instant(1));
    expect(done).toEqual(['chain', 'next']);
  });

  it('tells observers of every stretch, without gap or overlap', async () => {
    const clock = new VirtualClock();
    const stretches: number[][] = [];
    clock.observe({ elapsed: (from, to) => stretches.push([from, to]) });
    for (const at of [3, 3, 8]) clock.schedule(microseconds(at), () => undefined);
    await clock.runUntil(instant(10));
    expect(stretches).toEqual([
      [0, 3],
      [3, 8],
      [8, 10],
    ]);
  });

  it('has a wall clock that goes with it', async () => {
    const clock = new VirtualClock();
    const before = clock.wallClockMs();
    await clock.runUntil(instant(milliseconds(1_500)));
    expect(clock.wallClockMs() - before).toBe(1_500);
  });
});
