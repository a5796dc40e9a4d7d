/**
 * Counts processes by name or arguments. Where the kernel's process connector
 * answers, it tells what begins, changes and ends. Where it does not, /proc is
 * gone through each second, and a pidfd for each process that counts tells at
 * once when it ends.
 *
 * Looking at a process costs some 30 us, and adverts must not wait for that: a
 * bounded number is looked at a `collect`, the others are due at once afterwards.
 */
import { constants } from 'node:os';
import type { Instant } from '../base/units.ts';
import { after, seconds } from '../base/units.ts';
import type { ProcessMatch } from '../model/config.ts';
import type { ProcessesCounted } from '../model/core-event.ts';
import type { Clock } from '../ports/clock.ts';
import { close, pidfdOpen } from './libc.ts';
import type { ProcessConnectorSocket } from './process-connector-socket.ts';
import { openProcessConnector } from './process-connector-socket.ts';
import { listProcessIds, readProcess } from './process-directory.ts';
import { isMatch, needsWords } from './process-match.ts';
import type { ProcessConnectorEvent } from '../wire/process-connector.ts';

const processesAtOnce = 64;
const batchesAtOnce = 4;
const scanInterval = seconds(1);

export interface ProcessTracker {
  readonly name: string;
  readonly match: ProcessMatch;
}

/** A process that counts for some tracker. */
interface Counted {
  readonly trackers: readonly ProcessTracker[];
  /** A pidfd; null where the connector tells of its end, or none could be had. */
  readonly descriptor: number | null;
}

export class ProcessCounter {
  readonly #clock: Clock;
  readonly #bufferOctets: number | null;
  #trackers: readonly ProcessTracker[] = [];
  #needsWords = false;
  #connector: ProcessConnectorSocket | null = null;
  /** The connector has said that it will tell. */
  #answered = false;
  /** Processes that are still to be looked at. */
  readonly #unseen = new Set<number>();
  readonly #counted = new Map<number, Counted>();
  /** What was reported last; nothing is before all processes were looked at once. */
  #reported = new Map<string, number>();
  #complete = false;
  #nextFullScan: Instant | null = null;
  #descriptorsChanged = false;
  /** Some count may be another than was reported. */
  #recount = false;

  constructor(options: { readonly clock: Clock; readonly bufferOctets: number | null }) {
    this.#clock = options.clock;
    this.#bufferOctets = options.bufferOctets;
  }

  /** What to poll. */
  descriptors(): readonly number[] {
    const pidfds = [...this.#counted.values()].flatMap(({ descriptor }) => descriptor ?? []);
    return this.#connector === null ? pidfds : [this.#connector.descriptor, ...pidfds];
  }

  /** When `collect` is due although no descriptor is ready; null: never. */
  get nextScan(): Instant | null {
    if (this.#unseen.size > 0 || (this.#trackers.length > 0 && !this.#complete)) {
      return this.#clock.now();
    }
    return this.#nextFullScan;
  }

  /** Counts for these from now on; each is reported once all processes were looked at. */
  count(trackers: readonly ProcessTracker[]): void {
    this.close();
    this.#trackers = trackers;
    this.#recount = true;
    this.#needsWords = trackers.some(({ match }) => needsWords(match));
    if (trackers.length === 0) return;
    const connector = openProcessConnector(this.#bufferOctets);
    if (connector.ok) {
      this.#connector = connector.value;
      // The kernel's answer is there already, if there is to be one.
      this.#hear(connector.value);
    }
    this.#scan();
  }

  /** Reports each count that is not what was reported last. True: `descriptors` changed. */
  collect(
    isReady: (descriptor: number) => boolean,
    report: (event: ProcessesCounted) => void,
  ): boolean {
    if (this.#trackers.length === 0) return false;
    this.#descriptorsChanged = false;
    if (this.#connector !== null && isReady(this.#connector.descriptor)) {
      this.#hear(this.#connector);
    }
    for (const [processId, { descriptor }] of this.#counted) {
      if (descriptor !== null && isReady(descriptor)) this.#remove(processId);
    }
    if (this.#nextFullScan !== null && this.#nextFullScan <= this.#clock.now()) this.#scan();
    this.#lookAtSome();
    if (this.#unseen.size === 0) this.#complete = true;
    if (this.#complete && this.#recount) this.#reportChanges(report);
    return this.#descriptorsChanged;
  }

  close(): void {
    this.#connector?.close();
    this.#connector = null;
    for (const processId of [...this.#counted.keys()]) this.#remove(processId);
    this.#trackers = [];
    this.#unseen.clear();
    this.#reported = new Map();
    this.#answered = false;
    this.#complete = false;
    this.#nextFullScan = null;
  }

  /** Has every process looked at, in the course of the next calls. */
  #scan(): void {
    const present = new Set(listProcessIds());
    for (const processId of this.#counted.keys()) {
      if (!present.has(processId)) this.#remove(processId);
    }
    for (const processId of present) this.#unseen.add(processId);
    this.#nextFullScan = this.#answered ? null : after(this.#clock.now(), scanInterval);
  }

  #hear(connector: ProcessConnectorSocket): void {
    for (let batches = 0; batches < batchesAtOnce; batches += 1) {
      const received = connector.receive((event) => {
        this.#take(event);
      });
      if (received === 0) return;
      if (received < 0) {
        if (received === -constants.errno.ENOBUFS) this.#scan();
        return;
      }
    }
  }

  #take(event: ProcessConnectorEvent): void {
    switch (event.type) {
      case 'acknowledged':
        if (event.errorNumber !== 0 || this.#answered) return;
        this.#answered = true;
        // What happened before was not told, so everything is looked at once more.
        this.#scan();
        return;
      case 'forked': {
        const { processId, parentId, byLeader } = event;
        const parent = this.#counted.get(parentId);
        if (this.#unseen.has(parentId) || !byLeader) this.#unseen.add(processId);
        else if (parent !== undefined) this.#put(processId, parent.trackers);
        return;
      }
      case 'changed':
        this.#unseen.add(event.processId);
        return;
      case 'exited':
        this.#unseen.delete(event.processId);
        this.#remove(event.processId);
        return;
    }
  }

  #lookAtSome(): void {
    let looked = 0;
    for (const processId of this.#unseen) {
      if (looked === processesAtOnce) return;
      looked += 1;
      this.#unseen.delete(processId);
      const process = readProcess(processId, this.#needsWords);
      const trackers =
        process === null ? [] : this.#trackers.filter(({ match }) => isMatch(match, process));
      this.#put(processId, trackers);
    }
  }

  #put(processId: number, trackers: readonly ProcessTracker[]): void {
    if (trackers.length === 0) {
      this.#remove(processId);
      return;
    }
    this.#recount = true;
    const known = this.#counted.get(processId);
    if (known !== undefined) {
      this.#counted.set(processId, { ...known, trackers });
      return;
    }
    const opened = this.#answered ? -1 : pidfdOpen(processId);
    const descriptor = opened < 0 ? null : opened;
    if (descriptor !== null) this.#descriptorsChanged = true;
    this.#counted.set(processId, { trackers, descriptor });
  }

  #remove(processId: number): void {
    const counted = this.#counted.get(processId);
    if (counted === undefined) return;
    this.#counted.delete(processId);
    this.#recount = true;
    if (counted.descriptor === null) return;
    close(counted.descriptor);
    this.#descriptorsChanged = true;
  }

  #reportChanges(report: (event: ProcessesCounted) => void): void {
    this.#recount = false;
    const counts = new Map<ProcessTracker, number>();
    for (const { trackers } of this.#counted.values()) {
      for (const tracker of trackers) counts.set(tracker, (counts.get(tracker) ?? 0) + 1);
    }
    for (const tracker of this.#trackers) {
      const count = counts.get(tracker) ?? 0;
      if (this.#reported.get(tracker.name) === count) continue;
      this.#reported.set(tracker.name, count);
      report({ type: 'processes-counted', tracker: tracker.name, count });
    }
  }
}
