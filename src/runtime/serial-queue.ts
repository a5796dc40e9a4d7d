/** Tasks that run one at a time and in order. Beyond its limit the oldest that waits is dropped. */

export interface SerialQueueOptions {
  /** How many tasks may wait, besides the one that runs. */
  readonly limit: number;
  /** Called for each task that is dropped, with how many that makes in all. */
  readonly dropped: (count: number) => void;
}

export class SerialQueue {
  private readonly options: SerialQueueOptions;
  private readonly waiting: (() => Promise<void>)[] = [];
  private running: Promise<void> | null = null;
  private droppedCount = 0;

  constructor(options: SerialQueueOptions) {
    this.options = options;
  }

  push(task: () => Promise<void>): void {
    this.waiting.push(task);
    if (this.running === null) {
      this.running = this.runAll();
    } else if (this.waiting.length > this.options.limit) {
      this.waiting.shift();
      this.droppedCount += 1;
      this.options.dropped(this.droppedCount);
    }
  }

  /** Resolves once nothing runs or waits. */
  async drained(): Promise<void> {
    await this.running;
  }

  /** How many have not run to their end. */
  get unfinished(): number {
    return this.waiting.length + (this.running === null ? 0 : 1);
  }

  private async runAll(): Promise<void> {
    for (let task = this.waiting.shift(); task !== undefined; task = this.waiting.shift()) {
      await task();
    }
    this.running = null;
  }
}
