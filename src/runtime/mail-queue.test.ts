import { describe, expect, it } from 'vitest';
import { seconds, toSeconds, type Duration } from '../base/units.ts';
import type { Delivery, Message } from '../ports/mail.ts';
import { MailQueue } from './mail-queue.ts';

const delivered: Delivery = { type: 'delivered', refused: [] };
const failed: Delivery = { type: 'failed', reason: 'ECONNREFUSED' };

function message(subject: string): Message {
  return {
    mail: {
      recipients: ['operator@example.org'],
      from: 'baton@example.org',
      host: '192.0.2.25',
      port: 25,
      heloName: 'lb1',
      connectTimeout: seconds(30),
      mailOnFault: true,
    },
    subject,
    body: '',
    dateMs: 0,
  };
}

/** A relay and a clock that do what the test says. */
class Scene {
  readonly trace: string[] = [];
  answer: (subject: string) => Delivery | Promise<Delivery> = () => delivered;
  private pauses: (() => void)[] = [];
  readonly queue = new MailQueue(
    {
      mailSender: {
        deliver: async ({ subject }) => {
          const delivery = await this.answer(subject);
          this.trace.push(`${subject} ${delivery.type}`);
          return delivery;
        },
      },
      timer: {
        after: (delay: Duration, callback: () => void) => {
          this.trace.push(`pause ${toSeconds(delay)}`);
          this.pauses.push(callback);
          return () => {
            this.pauses = this.pauses.filter((one) => one !== callback);
          };
        },
      },
      log: { write: (level, text) => this.trace.push(`${level}: ${text}`) },
    },
    { messages: 3, attempts: 4, firstPause: seconds(1), longestPause: seconds(3) },
  );

  /** Lets all happen that waits for no pause, then ends the pauses. */
  async settle(pauses = 0): Promise<void> {
    for (let count = 0; count <= pauses; count += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (count < pauses) for (const end of this.pauses.splice(0)) end();
    }
  }

  push(...subjects: readonly string[]): void {
    for (const subject of subjects) this.queue.push(message(subject));
  }
}

const outage = "error: Mail can't be delivered to 192.0.2.25 port 25, will retry: ECONNREFUSED";

describe('the mail queue', () => {
  it('delivers in order and says nothing', async () => {
    const scene = new Scene();
    scene.push('a', 'b');
    expect(scene.queue.undelivered).toBe(2);
    await scene.settle();
    expect(scene.trace).toEqual(['a delivered', 'b delivered']);
    expect(scene.queue.undelivered).toBe(0);
  });

  it('tries again after a pause, and logs an outage once with its reason', async () => {
    const scene = new Scene();
    scene.answer = () => failed;
    scene.push('a');
    await scene.settle(2);
    scene.answer = () => delivered;
    await scene.settle(1);
    expect(scene.trace).toEqual([
      'a failed',
      outage,
      'pause 1',
      'a failed',
      'pause 2',
      'a failed',
      'pause 3',
      'a delivered',
      'notice: Mail is delivered again; failed attempts: 3',
    ]);
  });

  it('pauses no longer than the longest pause', async () => {
    const scene = new Scene();
    scene.answer = () => failed;
    scene.push('a', 'b');
    await scene.settle(5);
    const pauses = scene.trace.filter((line) => line.startsWith('pause'));
    expect(pauses).toEqual(['pause 1', 'pause 2', 'pause 3', 'pause 3', 'pause 3', 'pause 3']);
  });

  it('lets the others go before a message that fails', async () => {
    const scene = new Scene();
    scene.answer = (subject) => (subject === 'a' ? failed : delivered);
    scene.push('a', 'b', 'c');
    await scene.settle(1);
    expect(scene.trace.filter((line) => line.endsWith('delivered'))).toEqual([
      'b delivered',
      'c delivered',
    ]);
    expect(scene.queue.undelivered).toBe(1);
  });

  it('gives a message up after so many attempts', async () => {
    const scene = new Scene();
    scene.answer = () => failed;
    scene.push('a');
    await scene.settle(10);
    expect(scene.trace.filter((line) => line === 'a failed')).toHaveLength(4);
    expect(scene.trace).toContain('error: Mail "a" is given up after 4 attempts: ECONNREFUSED');
    expect(scene.queue.undelivered).toBe(0);
  });

  it('does not try again what the relay refuses', async () => {
    const scene = new Scene();
    scene.answer = () => ({ type: 'refused', reason: '550 no' });
    scene.push('a');
    await scene.settle(3);
    expect(scene.trace).toEqual(['a refused', 'error: Mail "a" is refused: 550 no']);
  });

  it('tells the recipients that were refused', async () => {
    const scene = new Scene();
    scene.answer = () => ({ type: 'delivered', refused: ['x@example.org'] });
    scene.push('a');
    await scene.settle();
    expect(scene.trace).toContain('warning: Mail "a" is refused for x@example.org');
  });

  it('drops the oldest beyond its limit', async () => {
    const scene = new Scene();
    scene.answer = () => new Promise(() => undefined);
    scene.push('a', 'b', 'c', 'd', 'e');
    await scene.settle();
    expect(scene.trace).toEqual(['warning: Mail queue is full, oldest dropped (1 so far)']);
    expect(scene.queue.undelivered).toBe(4);
  });

  it('drains with one more attempt for each, without a pause', async () => {
    const scene = new Scene();
    scene.answer = () => failed;
    scene.push('a', 'b');
    await scene.settle();
    scene.answer = (subject) => (subject === 'a' ? failed : delivered);
    await scene.queue.drain();
    expect(scene.trace.filter((line) => line.startsWith('pause'))).toEqual(['pause 1']);
    expect(scene.trace.slice(3)).toEqual([
      'b delivered',
      'notice: Mail is delivered again; failed attempts: 1',
      'a failed',
      outage,
      'error: Mail "a" is given up after 2 attempts: ECONNREFUSED',
    ]);
    expect(scene.queue.undelivered).toBe(0);
  });

  it('is drained at once where it is empty', async () => {
    const scene = new Scene();
    await scene.queue.drain();
    expect(scene.trace).toEqual([]);
  });
});
