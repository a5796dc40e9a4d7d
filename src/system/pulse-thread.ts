/**
 * The pulse thread as the main thread sees it. CoreEvents go there, Effects come
 * back. The thread sits in ppoll(2) most of the time, so what is sent to it is
 * followed by a wake-up through its eventfd; that is also why it has to be ended
 * before the process exits, or the exit would wait for it.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from 'node:worker_threads';
import { toMilliseconds, type Duration } from '../base/units.ts';
import type { Config } from '../model/config.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { ErrandEffect } from '../model/effect.ts';
import type { Succession } from '../model/succession.ts';
import type { KernelError } from '../ports/network.ts';
import type { RecordingMessage, RecordingWorkerData } from './recording-channel.ts';

/** What the pulse thread sends: first how its start went, then effects. */
export type PulseMessage =
  /** All is open, and it waits for `succeed`. */
  | { readonly type: 'prepared' }
  | { readonly type: 'started'; readonly wakeDescriptor: number }
  | { readonly type: 'start-failed'; readonly error: KernelError }
  | { readonly type: 'effects'; readonly effects: readonly ErrandEffect[] }
  | RecordingMessage;

/** What the pulse thread is given when it is created. */
export interface PulseWorkerData {
  readonly port: MessagePort;
  /** Null: nothing is recorded. */
  readonly recording: RecordingWorkerData | null;
}

/** What it begins with. */
export interface PulseStart {
  readonly config: Config;
  /** The file for what the kernel can't mark as Baton's. */
  readonly statePath: string;
  /** No other Baton lives in this network namespace, but for one whose place it takes. */
  readonly alone: boolean;
  /** It opens all and then waits to be told what it goes on with, by the next message. */
  readonly succeeds: boolean;
}

export interface PulseThreadListeners {
  readonly prepared: () => void;
  readonly started: () => void;
  readonly startFailed: (error: KernelError) => void;
  readonly effects: (effects: readonly ErrandEffect[]) => void;
  readonly recorded: (message: RecordingMessage) => void;
  /** The thread ended by an error of its own: a bug. */
  readonly crashed: (error: Error) => void;
}

const oneWakeUp = new Uint8Array(new BigUint64Array([1n]).buffer);

export class PulseThread {
  /** Resolves when the thread has ended and all that it has sent was taken. */
  readonly ended: Promise<void>;
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private wakeDescriptor: number | null = null;

  /** Loads the thread's code at once; it begins with `begin`. */
  constructor(entry: URL, recording: RecordingWorkerData | null, listeners: PulseThreadListeners) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData: PulseWorkerData = { port: port2, recording };
    this.worker = new Worker(entry, { workerData, transferList: [port2] });
    this.worker.on('error', listeners.crashed);
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        this.takeRest(listeners);
        resolve();
      });
    });
    this.port.on('message', (message: PulseMessage) => {
      this.take(message, listeners);
    });
  }

  begin(start: PulseStart): void {
    this.port.postMessage(start);
  }

  /** Lets it begin that was to wait. */
  succeed(succession: Succession): void {
    this.port.postMessage(succession);
  }

  send(event: CoreEvent): void {
    this.port.postMessage(event);
    this.wake();
  }

  /**
   * Resolves once the thread has ended, or is about to: what it has finished it tidies up by
   * itself, and where that takes longer than `patience` it is ended as soon as it wakes.
   */
  async end(patience: Duration): Promise<void> {
    this.port.close();
    const timer = new AbortController();
    const late = pause(toMilliseconds(patience), null, { signal: timer.signal }).catch(() => null);
    await Promise.race([this.ended, late]);
    timer.abort();
    // In this order: woken first, it could be asleep again before it is told to end.
    void this.worker.terminate();
    this.wake();
  }

  /** Brings the thread out of its wait, so that it sees a message. */
  private wake(): void {
    if (this.wakeDescriptor !== null) writeSync(this.wakeDescriptor, oneWakeUp);
  }

  /** Its last messages may still be on their way when it ends. */
  private takeRest(listeners: PulseThreadListeners): void {
    for (;;) {
      const rest = receiveMessageOnPort(this.port) as { message: PulseMessage } | undefined;
      if (rest === undefined) return;
      this.take(rest.message, listeners);
    }
  }

  private take(message: PulseMessage, listeners: PulseThreadListeners): void {
    switch (message.type) {
      case 'prepared':
        listeners.prepared();
        return;
      case 'started':
        this.wakeDescriptor = message.wakeDescriptor;
        // Whatever was sent before the descriptor was known has had no wake-up yet.
        this.wake();
        listeners.started();
        return;
      case 'start-failed':
        listeners.startFailed(message.error);
        return;
      case 'effects':
        listeners.effects(message.effects);
        return;
      case 'recorded':
        listeners.recorded(message);
        return;
    }
  }
}
