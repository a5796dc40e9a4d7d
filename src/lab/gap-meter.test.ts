import { describe, expect, it } from 'vitest';
import { GapMeter } from './gap-meter.ts';

describe('GapMeter', () => {
  it('measures from the last good request sent to the next good answer received', () => {
    const meter = new GapMeter(0);
    meter.answered({ sentAtMs: 10, receivedAtMs: 12 });
    expect(meter.answered({ sentAtMs: 900, receivedAtMs: 905 })).toBe(895);
    expect(meter.turnWindow(906)).toBe(895);
  });

  it('counts a late answer to an early request as no proof of an earlier recovery', () => {
    const meter = new GapMeter(0);
    meter.answered({ sentAtMs: 5, receivedAtMs: 6 });
    meter.answered({ sentAtMs: 2, receivedAtMs: 7 });
    expect(meter.openGapMs(10)).toBe(5);
  });

  it('counts the gap that is still open when the window ends', () => {
    const meter = new GapMeter(100);
    expect(meter.turnWindow(350)).toBe(250);
  });

  it('counts a gap over the border of two windows whole in the second', () => {
    const meter = new GapMeter(0);
    meter.answered({ sentAtMs: 10, receivedAtMs: 11 });
    expect(meter.turnWindow(50)).toBe(40);
    meter.answered({ sentAtMs: 99, receivedAtMs: 100 });
    expect(meter.turnWindow(101)).toBe(90);
  });

  it('forgets a gap that ended in an earlier window', () => {
    const meter = new GapMeter(0);
    meter.answered({ sentAtMs: 499, receivedAtMs: 500 });
    meter.turnWindow(501);
    meter.answered({ sentAtMs: 502, receivedAtMs: 503 });
    expect(meter.turnWindow(504)).toBe(4);
  });
});
