import type { Socket } from 'node:net';
import { AssertionError } from '../base/assert.ts';
import type { JournalLine } from '../ports/journal.ts';
import type { LogSink } from '../ports/log.ts';
import {
  controlLimits,
  errorResponse,
  parseRequest,
  type EndReason,
  type Request,
  type Response,
  type SucceedRequest,
} from './contract.ts';
import type { ControlTarget } from './control-target.ts';
import { encodeLine, LineSplitter } from './json-lines.ts';

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly target: ControlTarget;
  readonly log: LogSink;
  /** A connection that neither asks, reads nor follows for this long is closed. */
  readonly idleMs: number;
  /** Called once, when nothing of the connection is left. */
  readonly closed: () => void;
}

/**
 * What the connection does. Only in `conversing` is it the client's turn, and
 * only there does silence end it.
 */
type Activity = 'conversing' | 'asking-target' | 'following' | 'awaiting-stop';

/** One client of the control socket, from accept to close. */
export class Connection {
  private readonly socket: Socket;
  private readonly target: ControlTarget;
  private readonly log: LogSink;
  private readonly splitter = new LineSplitter(controlLimits.requestOctets);
  private activity: Activity = 'conversing';
  private unsubscribe: () => void = () => undefined;
  private answering = false;
  private clientHasAsked = false;

  constructor(options: ConnectionOptions) {
    const { socket } = options;
    this.socket = socket;
    this.target = options.target;
    this.log = options.log;
    socket.setTimeout(options.idleMs);
    socket.on('data', (chunk: Buffer) => {
      this.receive(chunk);
    });
    socket.on('timeout', () => {
      if (this.activity === 'conversing') socket.destroy();
    });
    socket.on('end', () => {
      this.clientHasAsked = true;
      this.endIfDone();
    });
    // A client that vanishes is its own affair; 'close' follows and cleans up.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.unsubscribe();
      options.closed();
    });
  }

  /** Ends the conversation because Baton stops. Nothing here keeps the process alive any more. */
  finish(): void {
    // Its answer is on its way.
    if (this.activity === 'asking-target') return;
    this.socket.unref();
    if (this.activity === 'awaiting-stop') return;
    if (this.activity === 'following') this.end('stopping');
    this.socket.end();
  }

  private receive(chunk: Uint8Array): void {
    const lines = this.splitter.push(chunk);
    if (!lines.ok) {
      const limit = String(controlLimits.requestOctets);
      this.hangUp(errorResponse('line-too-long', `a request has at most ${limit} octets`));
      return;
    }
    void this.answerAll(lines.value);
  }

  /** Answers in order; while it does, no more is read, so that no requests pile up. */
  private async answerAll(lines: readonly string[]): Promise<void> {
    this.socket.pause();
    this.answering = true;
    for (const line of lines) {
      if (!this.socket.writable) return;
      await this.answerLine(line);
    }
    this.answering = false;
    this.socket.resume();
    this.endIfDone();
  }

  /** Who has shut down its side (`nc -N`) still gets the answers to what it asked. */
  private endIfDone(): void {
    if (!this.clientHasAsked || this.answering) return;
    if (this.activity === 'conversing' || this.activity === 'following') this.socket.end();
  }

  private async answerLine(line: string): Promise<void> {
    if (this.activity === 'following' || this.activity === 'awaiting-stop') {
      this.hangUp(errorResponse('bad-request', 'nothing can be asked after follow or stop'));
      return;
    }
    const request = parseRequest(line);
    if (!request.ok) {
      await this.send(request.error);
      return;
    }
    await this.answer(request.value);
  }

  private async answer(request: Request): Promise<void> {
    const { target } = this;
    switch (request.request) {
      case 'status':
        return this.ask(async () => ({
          type: 'status',
          identity: target.identity,
          snapshot: await target.snapshot(),
        }));
      case 'pass':
        return this.ask(async () => ({
          type: 'pass',
          outcome: await target.pass(request.instance),
        }));
      case 'reload':
        return this.ask(async () => {
          const outcome = await target.reload(request.service);
          return { type: 'reload', outcome };
        });
      case 'events':
        return this.tellEvents(request);
      case 'upgrade':
        return this.ask(async () => ({ type: 'upgrade', outcome: await target.upgrade() }));
      case 'succeed':
        return this.giveWay(request);
      case 'stop':
        this.activity = 'awaiting-stop';
        this.write({ type: 'stopping', identity: target.identity });
        target.stop();
    }
  }

  /** Tells the successor what it needs; it closes the connection once it has that. */
  private async giveWay(request: SucceedRequest): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      // Its own side stays open: it has not said all.
      for (const event of ['end', 'close']) this.socket.once(event, resolve);
    });
    this.activity = 'asking-target';
    const outcome = await this.target.giveWay(request);
    this.activity = 'conversing';
    await this.send({ type: 'succession', outcome });
    if (!outcome.ok) return;
    // That the client closes is seen only by who reads.
    this.socket.resume();
    await closed;
    this.target.told();
  }

  /** Sends what the target answers. What it throws is told to the client; a bug is not caught. */
  private async ask(question: () => Promise<Response>): Promise<void> {
    this.activity = 'asking-target';
    const answer = await question().catch((error: unknown) => {
      if (error instanceof AssertionError) throw error;
      return errorResponse('internal', error instanceof Error ? error.message : String(error));
    });
    this.activity = 'conversing';
    await this.send(answer);
  }

  /**
   * Tells what the journal holds at the pace at which the client reads, and then
   * what happens. Between the last look that found nothing more and the
   * subscription there is no await, so that no line is missed or told twice.
   */
  private async tellEvents(request: Request & { readonly request: 'events' }): Promise<void> {
    let after = request.after;
    for (;;) {
      const batch = this.target.journal
        .lines(after === null ? {} : { after })
        .slice(0, controlLimits.eventsAtOnce);
      const last = batch.at(-1);
      if (last === undefined) break;
      await this.sendText(batch.map((line) => encodeLine({ type: 'event', line })).join(''));
      if (!this.socket.writable) return;
      after = last.sequence;
    }
    if (!request.follow) {
      this.end('complete');
      return;
    }
    this.activity = 'following';
    this.unsubscribe = this.target.journal.subscribe((line) => {
      this.tellFollower(line);
    });
  }

  /** The journal waits for nobody: a follower that lets too much pile up is dropped. */
  private tellFollower(line: JournalLine): void {
    this.write({ type: 'event', line });
    if (this.socket.writableLength <= controlLimits.followerOctets) return;
    this.unsubscribe();
    const limit = String(controlLimits.followerOctets);
    this.log.write(
      'warning',
      `control socket: a follower left ${limit} octets of events unread and was dropped`,
    );
    this.socket.destroy();
  }

  private end(reason: EndReason): void {
    this.write({ type: 'end', reason });
  }

  private hangUp(response: Response): void {
    this.unsubscribe();
    this.activity = 'conversing';
    this.write(response);
    this.socket.destroySoon();
  }

  private write(response: Response): void {
    if (this.socket.writable) this.socket.write(encodeLine(response));
  }

  private async send(response: Response): Promise<void> {
    await this.sendText(encodeLine(response));
  }

  /** Writes and waits until the client has taken enough of it, or is gone. */
  private async sendText(text: string): Promise<void> {
    const { socket } = this;
    if (!socket.writable || socket.write(text)) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        socket.off('drain', settle).off('close', settle);
        resolve();
      };
      socket.on('drain', settle).on('close', settle);
    });
  }
}
