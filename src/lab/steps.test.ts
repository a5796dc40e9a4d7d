import { describe, expect, it } from 'vitest';
import { assert } from '../base/assert.ts';
import type { Step } from './steps.ts';
import { castStep, selectSteps, steps } from './steps.ts';

function stepNamed(name: string): Step {
  const step = steps.find((one) => one.name === name);
  assert(step !== undefined, `there is a step ${name}`);
  return step;
}

const names = (chosen: readonly Step[]): readonly string[] => chosen.map(({ name }) => name);

describe('selectSteps', () => {
  it('plays all of them in order when none is named', () => {
    expect(names(selectSteps(null))).toEqual([
      ...['start', 'baton-stopped', 'baton-back', 'nginx-killed', 'nginx-broken', 'nginx-mended'],
      ...['baton-killed', 'baton-restarted', 'baton-frozen', 'baton-thawed'],
      ...['cable-cut', 'cable-healed'],
    ]);
  });

  it('plays the start and the step named', () => {
    expect(names(selectSteps(['cable-cut']))).toEqual(['start', 'cable-cut']);
    expect(names(selectSteps(['start']))).toEqual(['start']);
  });

  it('plays the step before it whose damage the one named mends', () => {
    expect(names(selectSteps(['baton-thawed']))).toEqual(['start', 'baton-frozen', 'baton-thawed']);
  });

  it('mends only what an earlier step has damaged', () => {
    for (const [index, { mends }] of steps.entries()) {
      if (mends !== null) expect(names(steps.slice(0, index))).toContain(mends);
    }
  });
});

describe('castStep', () => {
  it('lets everything befall the better host of two Batons, or of Baton and keepalived', () => {
    for (const step of steps) {
      expect(castStep(step, { A: 'baton', B: 'baton' })).toEqual({ victim: 'A' });
      expect(castStep(step, { A: 'baton', B: 'keepalived' })).toEqual({ victim: 'A' });
    }
  });

  it('kills nginx on host B where only that is a Baton', () => {
    const pair = { A: 'keepalived', B: 'baton' } as const;
    expect(castStep(stepNamed('nginx-killed'), pair)).toEqual({ victim: 'B' });
    expect(castStep(stepNamed('cable-cut'), pair)).toEqual({ victim: 'A' });
  });

  it('says why a step about Baton is not played on a keepalived', () => {
    const pair = { A: 'keepalived', B: 'baton' } as const;
    for (const name of ['nginx-broken', 'baton-killed', 'baton-frozen', 'baton-thawed']) {
      expect(castStep(stepNamed(name), pair).victim).toBeNull();
    }
  });

  it('plays all with a pair of keepalived, for comparison', () => {
    for (const step of steps) {
      expect(castStep(step, { A: 'keepalived', B: 'keepalived' }).victim).toBe('A');
    }
  });
});
