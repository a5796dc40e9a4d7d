/**
 * A recording's way from the pulse thread to the main thread. The one posts lines and goes on,
 * the other writes them; in memory that both see stands how much is under way, so that what
 * waits for a slow disk has a bound.
 */
import type { MessagePort } from 'node:worker_threads';
import type { RecordingEndReason } from '../model/recording.ts';
import type { RecordingSink } from '../ports/recording.ts';

/** How much may wait to be written, in octets. */
export const recordingQueueOctets = 8 * 1_024 * 1_024;

/** Places in the shared memory. */
const waitingPlace = 0;
const closedPlace = 1;

/** What the pulse thread is given to record with. */
export interface RecordingWorkerData {
  /** Of Baton. */
  readonly version: string;
  readonly limitOctets: number;
  readonly gauge: SharedArrayBuffer;
}

/** How the pulse thread sends lines. */
export interface RecordingMessage {
  readonly type: 'recorded';
  readonly text: string;
  /** Null: more may follow. */
  readonly ended: RecordingEndReason | null;
}

/** How much is under way, as both threads see it. */
export class RecordingGauge {
  readonly memory: SharedArrayBuffer;
  private readonly places: Int32Array;

  constructor(memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.places = new Int32Array(memory);
  }

  get waitingOctets(): number {
    return Atomics.load(this.places, waitingPlace);
  }

  /** Nothing is written any more. */
  get closed(): boolean {
    return Atomics.load(this.places, closedPlace) === 1;
  }

  /** So much was sent; below 0: was written. */
  add(octets: number): void {
    Atomics.add(this.places, waitingPlace, octets);
  }

  close(): void {
    Atomics.store(this.places, closedPlace, 1);
  }
}

/** The pulse thread's end. */
export class RecordingChannel implements RecordingSink {
  private readonly port: Pick<MessagePort, 'postMessage'>;
  private readonly gauge: RecordingGauge;

  constructor(port: Pick<MessagePort, 'postMessage'>, gauge: RecordingGauge) {
    this.port = port;
    this.gauge = gauge;
  }

  take(text: string): 'taken' | 'full' | 'closed' {
    const { gauge } = this;
    if (gauge.closed) return 'closed';
    if (gauge.waitingOctets + Buffer.byteLength(text) > recordingQueueOctets) return 'full';
    this.send({ type: 'recorded', text, ended: null });
    return 'taken';
  }

  end(text: string, reason: RecordingEndReason): void {
    this.send({ type: 'recorded', text, ended: reason });
  }

  private send(message: RecordingMessage): void {
    this.gauge.add(Buffer.byteLength(message.text));
    this.port.postMessage(message);
  }
}
