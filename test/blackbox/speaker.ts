/** A router that only speaks: the same advert again and again. */
import type { Injector } from './injector.ts';

export class Speaker {
  readonly #timer: NodeJS.Timeout;

  /** The first advert leaves at once. */
  constructor(injector: Injector, frame: Uint8Array, everyMs: number) {
    injector.send(frame);
    this.#timer = setInterval(() => {
      injector.send(frame);
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
