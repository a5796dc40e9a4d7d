import { describe, expect, it } from 'vitest';
import { instant } from '../base/units.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { JournalLine } from '../ports/journal.ts';
import { Journal } from './journal.ts';

function entry(detail: number): JournalEntry {
  return { kind: 'config', detail: String(detail) };
}

function makeJournal(): Journal {
  let timeMs = 1_000;
  const clock = { now: () => instant(0), wallClockMs: () => (timeMs += 1) };
  return new Journal(clock, { lines: 3, listeners: 2 });
}

function sequences(lines: readonly JournalLine[]): readonly number[] {
  return lines.map((line) => line.sequence);
}

describe('the journal', () => {
  it('numbers its lines and gives them the wall clock’s time', () => {
    const journal = makeJournal();
    journal.append(entry(1));
    journal.append(entry(2));
    expect(journal.lines()).toEqual([
      { sequence: 1, timeMs: 1_001, entry: entry(1), because: [] },
      { sequence: 2, timeMs: 1_002, entry: entry(2), because: [] },
    ]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('keeps the last three of %i lines, in order', (count) => {
    const journal = makeJournal();
    for (let one = 1; one <= count; one += 1) journal.append(entry(one));
    const expected = [count - 2, count - 1, count].filter((sequence) => sequence > 0);
    expect(sequences(journal.lines())).toEqual(expected);
    expect(journal.lines().map((line) => line.entry)).toEqual(expected.map(entry));
  });

  it('gives what came after a line, or all that is left of it', () => {
    const journal = makeJournal();
    for (let one = 1; one <= 5; one += 1) journal.append(entry(one));
    expect(sequences(journal.lines({ after: 4 }))).toEqual([5]);
    expect(sequences(journal.lines({ after: 1 }))).toEqual([3, 4, 5]);
    expect(sequences(journal.lines({ after: 9 }))).toEqual([]);
  });

  it('tells its listeners each new line until they leave', () => {
    const journal = makeJournal();
    const heard: number[] = [];
    journal.append(entry(1));
    const leave = journal.subscribe((line) => heard.push(line.sequence));
    journal.append(entry(2));
    leave();
    leave();
    journal.append(entry(3));
    expect(heard).toEqual([2]);
  });

  it('tells the others although one leaves while it is told', () => {
    const journal = makeJournal();
    const heard: string[] = [];
    const leave = journal.subscribe(() => {
      heard.push('first');
      leave();
    });
    journal.subscribe(() => heard.push('second'));
    journal.append(entry(1));
    journal.append(entry(2));
    expect(heard).toEqual(['first', 'second', 'second']);
  });

  it('has room for so many listeners', () => {
    const journal = makeJournal();
    const leave = journal.subscribe(() => undefined);
    journal.subscribe(() => undefined);
    expect(() => journal.subscribe(() => undefined)).toThrow('too many');
    leave();
    journal.subscribe(() => undefined);
  });
});

describe('the links between lines', () => {
  const clock = { now: () => instant(0), wallClockMs: () => 0 };
  const entry = (detail: string) => ({ kind: 'config', detail }) as const;

  it('are told by the numbers that lines have here, whatever the core calls them', () => {
    const journal = new Journal(clock);
    journal.append(entry('one that the core knows nothing of'));
    journal.append(entry('cause'), { number: 1, because: [] });
    journal.append(entry('effect'), { number: 2, because: [1] });
    expect(journal.lines().map(({ sequence, because }) => [sequence, because])).toEqual([
      [1, []],
      [2, []],
      [3, [2]],
    ]);
  });

  it('lead to no line that is not kept any more', () => {
    const journal = new Journal(clock, { lines: 2, listeners: 1 });
    for (let id = 1; id <= 4; id += 1) journal.append(entry('cause'), { number: id, because: [] });
    journal.append(entry('effect'), { number: 5, because: [2, 3, 4] });
    expect(journal.lines().at(-1)).toMatchObject({ sequence: 5, because: [4] });
  });
});
