import { describe, expect, it } from 'vitest';
import { instant, seconds, zero } from '../base/units.ts';
import type { ProcessConfig } from '../model/config.ts';
import { Outbox } from './outbox.ts';
import { ProcessTracker } from './process-tracker.ts';

const config = (given: Partial<ProcessConfig> = {}): ProcessConfig => ({
  name: 'named',
  match: { program: 'named', parameters: [], parameterMatch: 'none', fullCommand: false },
  quorum: 2,
  maximum: null,
  forkDelay: zero,
  terminateDelay: zero,
  ...given,
});
const at = (second: number) => instant(second * 1_000_000);

describe('a process tracker', () => {
  it.each<[Partial<ProcessConfig>, number, string]>([
    [{}, 1, 'down'],
    [{}, 2, 'up'],
    [{}, 99, 'up'],
    [{ maximum: 3 }, 3, 'up'],
    [{ maximum: 3 }, 4, 'down'],
    [{ quorum: 0, maximum: 0 }, 0, 'up'],
    [{ quorum: 0, maximum: 0 }, 1, 'down'],
  ])('with %o and %i running is %s', (given, count, expected) => {
    const tracker = new ProcessTracker(config(given));
    expect(tracker.status).toBe('unknown');
    tracker.counted(at(0), count, new Outbox());
    expect(tracker.status).toBe(expected);
  });

  it('decides at once the first time, and later only after its delay', () => {
    const outbox = new Outbox();
    const delays = { forkDelay: seconds(3), terminateDelay: seconds(2) };
    const tracker = new ProcessTracker(config(delays));
    tracker.counted(at(0), 2, outbox);
    expect(tracker.status).toBe('up');
    tracker.counted(at(10), 1, outbox);
    expect([tracker.status, tracker.nextDeadline()]).toEqual(['up', at(12)]);
    tracker.counted(at(11), 0, outbox);
    expect(tracker.nextDeadline()).toBe(at(12));
    tracker.timePassed(at(12), outbox);
    expect([tracker.status, tracker.nextDeadline()]).toEqual(['down', null]);
    tracker.counted(at(20), 2, outbox);
    expect(tracker.nextDeadline()).toBe(at(23));
  });

  it('forgets a change that does not last', () => {
    const outbox = new Outbox();
    const tracker = new ProcessTracker(config({ terminateDelay: seconds(2) }));
    tracker.counted(at(0), 2, outbox);
    tracker.counted(at(10), 1, outbox);
    tracker.counted(at(11), 2, outbox);
    expect(tracker.nextDeadline()).toBeNull();
    tracker.counted(at(12), 1, outbox);
    expect(tracker.nextDeadline()).toBe(at(14));
  });

  it('judges the count anew by other bounds', () => {
    const tracker = new ProcessTracker(config());
    tracker.counted(at(0), 2, new Outbox());
    tracker.reconfigure(at(1), config({ quorum: 3 }), new Outbox());
    expect(tracker.status).toBe('down');
  });
});
