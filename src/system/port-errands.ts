/** The pulse thread's end of the channel to the main thread. */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { CoreEvent } from '../model/core-event.ts';
import type { ErrandEffect } from '../model/effect.ts';
import type { Errands } from '../ports/errands.ts';
import type { PulseMessage } from './pulse-thread.ts';

export class PortErrands implements Errands {
  private readonly port: MessagePort;

  constructor(port: MessagePort) {
    this.port = port;
  }

  send(effects: readonly ErrandEffect[]): void {
    const message: PulseMessage = { type: 'effects', effects };
    this.port.postMessage(message);
  }

  receive(): CoreEvent | null {
    const received = receiveMessageOnPort(this.port) as { message: CoreEvent } | undefined;
    return received?.message ?? null;
  }
}
