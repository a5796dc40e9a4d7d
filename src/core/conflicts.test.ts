import { describe, expect, it } from 'vitest';
import { instant, seconds } from '../base/units.ts';
import { Conflicts, type Sign } from './conflicts.ts';

const pace = { advertisementInterval: seconds(1), masterDownInterval: seconds(3) };
const sign: Sign = { cause: 'passwords-differ', with: '192.0.2.2' };

function at(second: number) {
  return instant(second * 1_000_000);
}

describe('what is seen of another master', () => {
  it('is believed when it goes on: three times, and for an interval', () => {
    const conflicts = new Conflicts();
    const told = [0, 0.5, 0.9, 1.1, 2].map((second) => conflicts.see(at(second), sign, pace));
    expect(told).toEqual([false, false, false, true, false]);
    expect(conflicts.snapshot(at(2))).toEqual([
      { cause: 'passwords-differ', with: '192.0.2.2', sinceMs: 2_000 },
    ]);
  });

  it('begins anew after a Master_Down_Interval in which it was not seen', () => {
    const conflicts = new Conflicts();
    const told = [0, 3, 6, 7, 8].map((second) => conflicts.see(at(second), sign, pace));
    expect(told).toEqual([false, false, false, false, true]);
  });

  it('ends three Master_Down_Intervals after it was seen last', () => {
    const conflicts = new Conflicts();
    for (const second of [0, 1, 2]) conflicts.see(at(second), sign, pace);
    expect(conflicts.nextDeadline()).toBe(at(11));
    expect(conflicts.end(at(10.9))).toEqual([]);
    expect(conflicts.end(at(11)).map((one) => one.with)).toEqual(['192.0.2.2']);
    expect(conflicts.snapshot(at(11))).toEqual([]);
    expect(conflicts.nextDeadline()).toBeNull();
  });

  it('is kept for eight at a time, however many there are', () => {
    const conflicts = new Conflicts();
    for (let host = 0; host < 100; host += 1) {
      const other = { ...sign, with: `192.0.2.${String(host)}` };
      for (const second of [0, 1, 2]) conflicts.see(at(second), other, pace);
    }
    expect(conflicts.snapshot(at(2))).toHaveLength(8);
  });

  it('is known at once where it is beyond doubt, and for as long as it is said to be', () => {
    const conflicts = new Conflicts();
    expect(conflicts.isKnown(sign)).toBe(false);
    expect(conflicts.know(at(0), sign, seconds(5))).toBe(true);
    expect(conflicts.know(at(1), sign, seconds(5))).toBe(false);
    expect(conflicts.isKnown(sign)).toBe(true);
    expect(conflicts.nextDeadline()).toBe(at(6));
    expect(conflicts.end(at(6))).toEqual([sign]);
    expect(conflicts.isKnown(sign)).toBe(false);
  });

  it('is no reason to wake before it is believed', () => {
    const conflicts = new Conflicts();
    conflicts.see(at(0), sign, pace);
    expect(conflicts.nextDeadline()).toBeNull();
    expect(conflicts.end(at(100))).toEqual([]);
  });
});
