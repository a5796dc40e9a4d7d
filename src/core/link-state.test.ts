import { describe, expect, it } from 'vitest';
import { instant, seconds } from '../base/units.ts';
import { LinkState, noDelays } from './link-state.ts';

const at = (second: number) => instant(second * 1_000_000);
const delays = { down: seconds(2), up: seconds(3) };
const up = { present: true, up: true };
const down = { present: true, up: false };
const gone = { present: false, up: false };

function link(): LinkState {
  const state = new LinkState();
  state.changed(at(0), up, delays);
  return state;
}

describe('a link with delays', () => {
  it('counts at once as what it is first told to be', () => {
    expect(link().up).toBe(true);
  });

  it('counts as down, and as up again, once that has lasted', () => {
    const state = link();
    state.changed(at(10), down, delays);
    expect([state.up, state.nextDeadline()]).toEqual([true, at(12)]);
    state.timePassed(at(11));
    expect(state.up).toBe(true);
    state.timePassed(at(12));
    expect([state.up, state.nextDeadline()]).toEqual([false, null]);
    state.changed(at(20), up, delays);
    expect([state.up, state.nextDeadline()]).toEqual([false, at(23)]);
  });

  it('stays up when it comes back in time', () => {
    const state = link();
    state.changed(at(10), down, delays);
    state.changed(at(11), up, delays);
    state.timePassed(at(12));
    expect([state.up, state.nextDeadline()]).toEqual([true, null]);
  });

  it('is down at once when the interface is gone, and up at once when it is back', () => {
    const state = link();
    state.changed(at(10), gone, delays);
    expect([state.present, state.up]).toEqual([false, false]);
    state.changed(at(11), up, delays);
    expect(state.up).toBe(true);
  });
});

it('a link without delays is what is reported', () => {
  const state = link();
  state.changed(at(10), down, noDelays);
  expect([state.up, state.nextDeadline()]).toEqual([false, null]);
});
