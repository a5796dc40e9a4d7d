/**
 * Writes down what goes into the core and, as a digest, what comes out. It runs on the pulse
 * thread and never waits: lines go to a sink that carries them away. A recording that
 * reaches its limit, or that the sink can't take any more of, ends; the core goes on.
 */
import type { Instant } from '../base/units.ts';
import type { Core, CoreInput } from '../core/core.ts';
import type { Config } from '../model/config.ts';
import type { Effect } from '../model/effect.ts';
import { recordingFormat, type RecordingEndReason } from '../model/recording.ts';
import type { RecordingSink } from '../ports/recording.ts';
import { recordedInput, recordingLine } from './recording-lines.ts';
import { StandIns } from './stand-ins.ts';

export interface RecordingStart {
  /** Of Baton. */
  readonly version: string;
  /** What the core was made with. */
  readonly config: Config;
  readonly at: Instant;
  readonly wallClockMs: number;
  /** Of the whole file. */
  readonly limitOctets: number;
}

/** What the last line may take; it has to find room within the limit. */
const endOctets = 64;

export class Recorder {
  private readonly sink: RecordingSink;
  private readonly standIns = new StandIns();
  private readonly limitOctets: number;
  private lines: string[] = [];
  /** Of the inputs, those in `lines` included. */
  private inputs = 0;
  private octets = 0;
  private ended = false;

  constructor(sink: RecordingSink, start: RecordingStart) {
    this.sink = sink;
    this.limitOctets = start.limitOctets;
    const { version, at, wallClockMs } = start;
    const config = this.standIns.config(start.config);
    const header = { recording: recordingFormat, baton: version, wallClockMs, at, config } as const;
    // Whatever its size: without it the rest is worth nothing.
    this.put(recordingLine(header));
  }

  /** Has the core handle this, and writes both down. */
  observe(core: Pick<Core, 'handle'>, input: CoreInput): readonly Effect[] {
    if (this.ended) return core.handle(input);
    const { at } = input;
    const event = this.standIns.event(input.event);
    let effects: readonly Effect[];
    try {
      effects = core.handle(input);
    } catch (error) {
      // The input that shows a bug is the one that is wanted most.
      const threw = error instanceof Error ? error.message : String(error);
      this.addInput(recordingLine({ at, event, threw }));
      this.flush();
      throw error;
    }
    this.addInput(recordingLine(recordedInput(at, event, this.standIns.effects(effects))));
    return effects;
  }

  /** Hands over what has been written down since the last time. */
  flush(): void {
    if (this.ended || this.lines.length === 0) return;
    const text = this.lines.join('');
    switch (this.sink.take(text)) {
      case 'taken':
        this.lines = [];
        return;
      case 'full':
        this.drop();
        this.end('queue');
        return;
      case 'closed':
        this.drop();
        this.ended = true;
        return;
    }
  }

  /** Nothing is recorded after this. */
  end(reason: RecordingEndReason): void {
    if (this.ended) return;
    this.flush();
    // By now the sink may have said that it takes no more.
    if (this.isEnded()) return;
    this.ended = true;
    this.sink.end(recordingLine({ end: reason, inputs: this.inputs }), reason);
  }

  private isEnded(): boolean {
    return this.ended;
  }

  private addInput(line: string): void {
    if (!this.add(line)) this.end('size');
    else this.inputs += 1;
  }

  /** False where it is too much. */
  private add(line: string): boolean {
    if (this.octets + Buffer.byteLength(line) + endOctets > this.limitOctets) return false;
    this.put(line);
    return true;
  }

  private put(line: string): void {
    this.octets += Buffer.byteLength(line);
    this.lines.push(line);
  }

  /** What could not be handed over is not counted as recorded. */
  private drop(): void {
    this.inputs = Math.max(0, this.inputs - this.lines.length);
    this.lines = [];
  }
}
