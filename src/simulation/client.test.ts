import { describe, expect, it } from 'vitest';
import { instant, milliseconds } from '../base/units.ts';
import { RequestCount } from './client.ts';

const at = (ms: number): ReturnType<typeof instant> => instant(milliseconds(ms));

describe('RequestCount', () => {
  it('sends one request at each whole millisecond, however time is cut into stretches', () => {
    const whole = new RequestCount(at(0));
    whole.elapsed(at(0), at(100), 'A');
    const cut = new RequestCount(at(0));
    for (let part = 0; part < 400; part += 1) cut.elapsed(at(part / 4), at((part + 1) / 4), 'A');
    const expected = { sent: 100, failed: 0, outage: milliseconds(1), answers: { A: 100 } };
    expect(cut.turnWindow(at(100))).toEqual(expected);
    expect(whole.turnWindow(at(100)).answers).toEqual({ A: 100 });
  });

  it('measures from the last request that was answered to the next one that is', () => {
    const count = new RequestCount(at(0));
    expect(count.elapsed(at(0), at(10), 'A')).toBe(at(1));
    expect(count.elapsed(at(10), at(60.5), null)).toBeNull();
    expect(count.elapsed(at(60.5), at(80), 'B')).toBe(at(61));
    expect(count.turnWindow(at(80))).toEqual({
      sent: 80,
      failed: 50,
      outage: milliseconds(51),
      answers: { A: 10, B: 20 },
    });
  });

  it('counts an outage that reaches over the border of a window whole in both', () => {
    const count = new RequestCount(at(0));
    count.elapsed(at(0), at(10), 'A');
    count.elapsed(at(10), at(30), null);
    expect(count.turnWindow(at(30)).outage).toBe(milliseconds(20));
    count.elapsed(at(30), at(40), null);
    count.elapsed(at(40), at(50), 'A');
    expect(count.turnWindow(at(50))).toMatchObject({ outage: milliseconds(31), failed: 10 });
    count.elapsed(at(50), at(60), 'A');
    expect(count.turnWindow(at(60))).toMatchObject({ outage: milliseconds(1), failed: 0 });
  });
});
