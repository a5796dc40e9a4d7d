import { describe, expect, it } from 'vitest';
import { AwakeClock } from './awake-clock.ts';

describe('AwakeClock', () => {
  it('runs with the time as long as it is read often', () => {
    const clock = new AwakeClock({ nowMs: 100, stallLimitMs: 20 });
    expect(clock.read(101)).toBe(101);
    expect(clock.read(121)).toBe(121);
    expect(clock.stalledMs).toBe(0);
  });

  it('stands still through a stall and goes on afterwards', () => {
    const clock = new AwakeClock({ nowMs: 100, stallLimitMs: 20 });
    clock.read(110);
    expect(clock.read(410)).toBe(110);
    expect(clock.read(415)).toBe(115);
    expect(clock.stalledMs).toBe(300);
  });
});
