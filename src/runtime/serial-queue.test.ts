import { describe, expect, it } from 'vitest';
import { SerialQueue } from './serial-queue.ts';

/** A task that ends when it is told to. */
class Task {
  end: () => void = () => undefined;
  private readonly name: string;
  private readonly trace: string[];

  constructor(name: string, trace: string[]) {
    this.name = name;
    this.trace = trace;
  }

  readonly run = (): Promise<void> => {
    this.trace.push(`${this.name} begins`);
    return new Promise((resolve) => {
      this.end = () => {
        this.trace.push(`${this.name} ends`);
        resolve();
      };
    });
  };
}

function scene(): { queue: SerialQueue; trace: string[]; tasks: [Task, Task, Task, Task] } {
  const trace: string[] = [];
  const queue = new SerialQueue({
    limit: 2,
    dropped: (count) => trace.push(`dropped ${count}`),
  });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => new Task(name, trace));
  return { queue, trace, tasks: [a, b, c, d] as [Task, Task, Task, Task] };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a serial queue', () => {
  it('runs one task at a time, in order', async () => {
    const { queue, trace, tasks } = scene();
    const [a, b] = tasks;
    queue.push(a.run);
    queue.push(b.run);
    expect(queue.unfinished).toBe(2);
    await turn();
    expect(trace).toEqual(['a begins']);
    a.end();
    await turn();
    b.end();
    await queue.drained();
    expect(trace).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(queue.unfinished).toBe(0);
  });

  it('begins again after it was empty', async () => {
    const { queue, trace, tasks } = scene();
    const [a, b] = tasks;
    queue.push(a.run);
    a.end();
    await queue.drained();
    queue.push(b.run);
    expect(trace.at(-1)).toBe('b begins');
  });

  it('drops the oldest that waits, never the one that runs', async () => {
    const { queue, trace, tasks } = scene();
    for (const task of tasks) queue.push(task.run);
    expect(trace).toEqual(['a begins', 'dropped 1']);
    expect(queue.unfinished).toBe(3);
    for (const task of tasks) {
      task.end();
      await turn();
    }
    await queue.drained();
    expect(trace.filter((line) => line.includes('begins'))).toEqual([
      'a begins',
      'c begins',
      'd begins',
    ]);
  });

  it('is drained at once where nothing was pushed', async () => {
    await scene().queue.drained();
  });
});
