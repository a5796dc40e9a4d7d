/** The lab's side of its client: starts it, follows who answers it, reads its measurements. */
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { virtualAddress } from './article-configuration.ts';
import type { ClientMessage, ClientOptions, ClientWindow, TurnWindow } from './client-messages.ts';
import type { Machine } from './machine.ts';

export const udpPort = 7_007;

const clientOptions: ClientOptions = {
  address: virtualAddress,
  httpPort: 80,
  udpPort,
  intervalMs: 1,
  timeoutMs: 200,
};

export type AnswerListener = (message: Exclude<ClientMessage, { type: 'window' }>) => void;

export class ClientProcess {
  readonly #child: ChildProcess;
  #answering: string | null = null;
  #takeWindow: (window: ClientWindow) => void = () => undefined;

  constructor(machine: Machine, onChange: AnswerListener) {
    const program = fileURLToPath(new URL('./client.js', import.meta.url));
    this.#child = machine.start(
      process.execPath,
      [program, JSON.stringify(clientOptions)],
      ['ignore', 'ignore', 'inherit', 'ipc'],
    );
    this.#child.on('message', (message: ClientMessage) => {
      if (message.type === 'window') {
        this.#takeWindow(message);
        return;
      }
      this.#answering = message.type === 'answering' ? message.host : null;
      onChange(message);
    });
  }

  /** The host name in the last good answer; null while nobody answers. */
  get answering(): string | null {
    return this.#answering;
  }

  /** Ends the client's window of measurement and begins the next. One call at a time. */
  turnWindow(): Promise<ClientWindow> {
    return new Promise((resolve) => {
      this.#takeWindow = resolve;
      const request: TurnWindow = { type: 'turn-window' };
      this.#child.send(request);
    });
  }
}
