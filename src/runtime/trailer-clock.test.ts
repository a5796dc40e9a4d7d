import { describe, expect, it } from 'vitest';
import { seconds } from '../base/units.ts';
import { TrailerClock } from './trailer-clock.ts';

const router = 'eth0 51';
const startMs = 1_700_000_000_250;

describe('the time of a trailer', () => {
  it('is the wall clock, in fractions of 16 bits', () => {
    const time = new TrailerClock().next(router, startMs, null);
    expect(time).toEqual({ seconds: 1_700_000_000, fraction: 0x4000 });
  });

  it('grows with each advert, also where the clock stands or was set back', () => {
    const clock = new TrailerClock();
    clock.next(router, startMs, seconds(5));
    const second = clock.next(router, startMs, seconds(5));
    expect(second).toEqual({ seconds: 1_700_000_000, fraction: 0x4001 });
    const third = clock.next(router, startMs - 4_000, seconds(5));
    expect(third).toEqual({ seconds: 1_700_000_000, fraction: 0x4002 });
  });

  it('begins anew where the clock was set back by more than receivers put up with', () => {
    const clock = new TrailerClock();
    clock.next(router, startMs, seconds(5));
    const later = clock.next(router, startMs - 6_000, seconds(5));
    expect(later).toEqual({ seconds: 1_699_999_994, fraction: 0x4000 });
  });

  it('never does so where receivers know nothing but order', () => {
    const clock = new TrailerClock();
    clock.next(router, startMs, null);
    expect(clock.next(router, startMs - 1_200_000, null).seconds).toBe(1_700_000_000);
  });

  it('is that of each virtual router by itself', () => {
    const clock = new TrailerClock();
    clock.next(router, startMs, null);
    expect(clock.next('eth0 52', startMs - 6_000, null).seconds).toBe(1_699_999_994);
  });
});
