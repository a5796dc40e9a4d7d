/** An eventfd: another thread writes to it, and the thread that polls it wakes. */
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { KernelError } from '../ports/network.ts';
import { close, eventfd, lastError, read } from './libc.ts';
import { allocate } from './native-memory.ts';

const closeOnExec = 0x8_0000; // EFD_CLOEXEC
const nonBlocking = 0x800; // EFD_NONBLOCK

export class WakeUp {
  readonly descriptor: number;
  readonly #count = allocate(8);

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** Takes all wake-ups that came so far; the next one wakes again. */
  take(): void {
    read(this.descriptor, this.#count.address, 8);
  }

  close(): void {
    close(this.descriptor);
  }
}

export function openWakeUp(): Result<WakeUp, KernelError> {
  const descriptor = eventfd(0, closeOnExec | nonBlocking);
  return descriptor < 0 ? failure(lastError('open eventfd')) : success(new WakeUp(descriptor));
}
