/**
 * Mail on its way to the relay: one message at a time, in the order in which they
 * were written. One that fails goes behind the others, so that it holds up none of
 * them, and the pause before the next attempt grows while nothing succeeds.
 */
import { seconds, times, type Duration } from '../base/units.ts';
import type { LogSink } from '../ports/log.ts';
import type { MailSender, Message } from '../ports/mail.ts';
import type { Timer } from '../ports/timer.ts';

export interface MailQueuePorts {
  readonly mailSender: MailSender;
  readonly timer: Timer;
  readonly log: LogSink;
}

export interface MailQueueLimits {
  /** Messages that wait; beyond it the oldest is dropped. */
  readonly messages: number;
  /** Attempts to deliver one message. */
  readonly attempts: number;
  /** Pause after a first failure; each failure in a row doubles it. */
  readonly firstPause: Duration;
  readonly longestPause: Duration;
}

/** The attempts of a single message spread over about half an hour. */
const defaultLimits: MailQueueLimits = {
  messages: 100,
  attempts: 12,
  firstPause: seconds(2),
  longestPause: seconds(300),
};

interface Waiting {
  readonly message: Message;
  attempts: number;
}

export class MailQueue {
  private readonly ports: MailQueuePorts;
  private readonly limits: MailQueueLimits;
  private readonly waiting: Waiting[] = [];
  private inHand = 0;
  private working: Promise<void> | null = null;
  private failuresInRow = 0;
  private droppedCount = 0;
  private draining = false;
  private endPause: () => void = () => undefined;

  constructor(ports: MailQueuePorts, limits: MailQueueLimits = defaultLimits) {
    this.ports = ports;
    this.limits = limits;
  }

  push(message: Message): void {
    this.waiting.push({ message, attempts: 0 });
    if (this.waiting.length > this.limits.messages) {
      this.waiting.shift();
      this.droppedCount += 1;
      this.log('warning', `Mail queue is full, oldest dropped (${this.droppedCount} so far)`);
    }
    this.working ??= this.work();
  }

  /** Tries each waiting message once more, without a pause, and then no more. */
  async drain(): Promise<void> {
    this.draining = true;
    this.endPause();
    await this.working;
  }

  /** How many messages the relay does not have yet. */
  get undelivered(): number {
    return this.waiting.length + this.inHand;
  }

  private async work(): Promise<void> {
    for (let one = this.waiting.shift(); one !== undefined; one = this.waiting.shift()) {
      const delivered = await this.attempt(one);
      if (!delivered && !this.draining) await this.pause();
    }
    this.working = null;
  }

  /** False where the relay could not be talked to. */
  private async attempt(one: Waiting): Promise<boolean> {
    const { subject } = one.message;
    this.inHand = 1;
    const delivery = await this.ports.mailSender.deliver(one.message);
    this.inHand = 0;
    switch (delivery.type) {
      case 'delivered':
        this.recovered();
        if (delivery.refused.length > 0) {
          this.log('warning', `Mail "${subject}" is refused for ${delivery.refused.join(', ')}`);
        }
        return true;
      case 'refused':
        this.recovered();
        this.log('error', `Mail "${subject}" is refused: ${delivery.reason}`);
        return true;
      case 'failed':
        this.failed(one, delivery.reason);
        return false;
    }
  }

  private recovered(): void {
    if (this.failuresInRow > 0) {
      this.log('notice', `Mail is delivered again; failed attempts: ${this.failuresInRow}`);
    }
    this.failuresInRow = 0;
  }

  private failed(one: Waiting, reason: string): void {
    one.attempts += 1;
    this.failuresInRow += 1;
    const { host, port } = one.message.mail;
    if (this.failuresInRow === 1) {
      this.log('error', `Mail can't be delivered to ${host} port ${port}, will retry: ${reason}`);
    }
    if (this.draining || one.attempts >= this.limits.attempts) {
      const { subject } = one.message;
      this.log('error', `Mail "${subject}" is given up after ${one.attempts} attempts: ${reason}`);
    } else {
      this.waiting.push(one);
    }
  }

  private pause(): Promise<void> {
    const { firstPause, longestPause } = this.limits;
    const length = Math.min(times(firstPause, 2 ** (this.failuresInRow - 1)), longestPause);
    return new Promise((resolve) => {
      const cancel = this.ports.timer.after(length as Duration, resolve);
      this.endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  private log(level: 'error' | 'warning' | 'notice', text: string): void {
    this.ports.log.write(level, text);
  }
}
