/**
 * Sees processes end, by a pidfd each: it becomes readable the moment its
 * process exits, whoever started that, and a reused number can't fool it.
 */
import { constants } from 'node:os';
import type { ProcessExited } from '../model/core-event.ts';
import { close, lastErrorNumber, pidfdOpen } from './libc.ts';

interface Watch {
  readonly service: string;
  readonly processId: number;
  readonly state: WatchState;
}

type WatchState =
  | { readonly type: 'watched'; readonly descriptor: number }
  | { readonly type: 'gone' }
  /** No descriptor could be had, for want of memory or of descriptors; it is tried again. */
  | { readonly type: 'waiting' };

export class ProcessWatch {
  #watches: readonly Watch[] = [];

  /** What to poll; a descriptor is readable when its process has exited. */
  descriptors(): readonly number[] {
    return this.#watches.flatMap(({ state }) =>
      state.type === 'watched' ? [state.descriptor] : [],
    );
  }

  /** Whether `collect` has something to report without any descriptor being ready. */
  get pending(): boolean {
    return this.#watches.some(({ state }) => state.type === 'gone');
  }

  /** Watches a process under the service's name, in place of the one watched before. */
  add(service: string, processId: number): void {
    this.remove(service);
    this.#watches = [...this.#watches, { service, processId, state: openWatch(processId) }];
  }

  remove(service: string): void {
    for (const watch of this.#watches) if (watch.service === service) closeWatch(watch);
    this.#watches = this.#watches.filter((watch) => watch.service !== service);
  }

  /** Reports each process that is gone, once, and watches it no longer. True: `descriptors` changed. */
  collect(
    isReady: (descriptor: number) => boolean,
    report: (event: ProcessExited) => void,
  ): boolean {
    let changed = false;
    for (const watch of this.#watches) {
      const { service, processId, state } = watch;
      if (state.type === 'gone' || (state.type === 'watched' && isReady(state.descriptor))) {
        this.remove(service);
        report({ type: 'process-exited', service, processId });
        changed = true;
      } else if (state.type === 'waiting') {
        this.add(service, processId);
        changed = true;
      }
    }
    return changed;
  }

  close(): void {
    this.#watches.forEach(closeWatch);
    this.#watches = [];
  }
}

function openWatch(processId: number): WatchState {
  const descriptor = pidfdOpen(processId);
  if (descriptor >= 0) return { type: 'watched', descriptor };
  // ESRCH: no such process. EINVAL: a number that no process can have.
  const { ESRCH, EINVAL } = constants.errno;
  const errorNumber = lastErrorNumber();
  return { type: errorNumber === ESRCH || errorNumber === EINVAL ? 'gone' : 'waiting' };
}

function closeWatch({ state }: Watch): void {
  if (state.type === 'watched') close(state.descriptor);
}
