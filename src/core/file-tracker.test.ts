import { expect, it } from 'vitest';
import { FileTracker } from './file-tracker.ts';
import { Outbox } from './outbox.ts';

it('knows nothing before the first reading, and counts a missing file as 0', () => {
  const outbox = new Outbox();
  const tracker = new FileTracker('load');
  expect(tracker.value).toBeNull();
  tracker.fileRead(null, outbox);
  expect(tracker.value).toBe(0);
  expect(tracker.snapshot()).toEqual({ name: 'load', value: null });
  tracker.fileRead(-3, outbox);
  expect(tracker.value).toBe(-3);
});

it('tells of a value once', () => {
  const outbox = new Outbox();
  const tracker = new FileTracker('load');
  tracker.fileRead(2, outbox);
  tracker.fileRead(2, outbox);
  expect(outbox.drain().filter((effect) => effect.type === 'write-journal')).toEqual([
    {
      type: 'write-journal',
      number: 1,
      entry: { kind: 'file', file: 'load', value: 2 },
      because: [],
    },
  ]);
});
