/** Counts processes by name or arguments. */
import { constants } from 'node:os';
import type { Instant } from '../base/units.ts';
import type { ProcessMatch } from '../model/config.ts';
import type { ProcessesCounted } from '../model/core-event.ts';
import type { Clock } from '../ports/clock.ts';
import type { KernelError } from '../ports/network.ts';
import { kernelError } from './libc.ts';

export interface ProcessTracker {
  readonly name: string;
  readonly match: ProcessMatch;
}

export interface ProcessCounter {
  /** What to poll. */
  descriptors(): readonly number[];
  /** When `collect` is due although no descriptor is ready; null: never. */
  readonly nextScan: Instant | null;
  count(trackers: readonly ProcessTracker[]): KernelError | null;
  /** Reports each count that is not what was reported last. True: `descriptors` changed. */
  collect(
    isReady: (descriptor: number) => boolean,
    report: (event: ProcessesCounted) => void,
  ): boolean;
  close(): void;
}

export function openProcessCounter(_options: {
  readonly clock: Clock;
  /** Null: one that takes a burst of thousands. */
  readonly bufferOctets: number | null;
}): ProcessCounter {
  return {
    descriptors: () => [],
    nextScan: null,
    count: () => kernelError(constants.errno.ENOSYS, 'count processes'),
    collect: () => false,
    close: () => undefined,
  };
}
