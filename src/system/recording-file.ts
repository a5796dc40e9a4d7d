/**
 * The file of `baton run --record`, written by the main thread. It must be new: who starts Baton
 * anew after a crash wants to keep what led to it, and what somebody else has put there
 * is not written into. Only its owner may read it.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, success, type Result } from '../base/result.ts';
import type { RecordingEnd, RecordingEndReason } from '../model/recording.ts';
import type { LogSink } from '../ports/log.ts';
import {
  RecordingGauge,
  type RecordingMessage,
  type RecordingWorkerData,
} from './recording-channel.ts';

/** A file that takes the core's inputs, and what the pulse thread has to know of it. */
export interface Recording {
  readonly file: RecordingFile;
  readonly worker: RecordingWorkerData;
}

/** A thread that hangs must not keep the process from its end. */
const lastWordPatienceMs = 1_000;

type WritableFile = Pick<FileHandle, 'write' | 'truncate' | 'close'>;

/** Why it has ended before Baton has, for the log. */
const reasonWords: Readonly<Record<Exclude<RecordingEndReason, 'stopped'>, string>> = {
  size: 'it has reached the size that --record-limit sets',
  queue: 'the disk is slower than what there is to record',
  disk: 'the file can not be written',
};

export class RecordingFile {
  readonly path: string;
  readonly gauge = new RecordingGauge();
  private readonly file: WritableFile;
  private readonly log: LogSink;
  /** Writes run one after the other. */
  private written: Promise<void> = Promise.resolve();
  /** What is in the file for good. */
  private octets = 0;
  private lines = 0;

  /** `file` is open for writing, and empty. */
  constructor(path: string, file: WritableFile, log: LogSink) {
    this.path = path;
    this.file = file;
    this.log = log;
  }

  /** Fails with a sentence where the file can't be made, or is there already. */
  static async create(path: string, log: LogSink): Promise<Result<RecordingFile, string>> {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    try {
      const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      // Whatever the umask takes away, nobody else gets more than this.
      await file.chmod(0o600);
      return success(new RecordingFile(path, file, log));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return failure(
        code === 'EEXIST' ? `${path} is there already, and is not overwritten` : message,
      );
    }
  }

  take({ text, ended }: RecordingMessage): void {
    this.written = this.written.then(() => this.write(text, ended));
  }

  /**
   * Resolves once all is in the file, or is given up. `lastWord` resolves when no more comes;
   * null: none is expected.
   */
  async close(lastWord: Promise<void> | null = null): Promise<void> {
    if (lastWord !== null) {
      const patience = new AbortController();
      const over = sleep(lastWordPatienceMs, undefined, { signal: patience.signal });
      await Promise.race([lastWord, over.catch(() => undefined)]);
      patience.abort();
    }
    await this.written;
    this.gauge.close();
    await this.file.close().catch(() => undefined);
  }

  private async write(text: string, ended: RecordingEndReason | null): Promise<void> {
    const octets = Buffer.from(text, 'utf8');
    if (!this.gauge.closed) await this.append(octets);
    this.gauge.add(-octets.length);
    if (ended === null || ended === 'stopped' || this.gauge.closed) return;
    this.gauge.close();
    this.tell(reasonWords[ended]);
  }

  private async append(octets: Buffer): Promise<void> {
    try {
      await this.writeAll(octets);
      this.octets += octets.length;
      this.lines += octets.reduce((lines, octet) => lines + (octet === 0x0a ? 1 : 0), 0);
    } catch (error) {
      this.gauge.close();
      await this.mendEnd();
      this.tell(`${reasonWords.disk}: ${(error as Error).message}`);
    }
  }

  private async writeAll(octets: Buffer): Promise<void> {
    for (let start = 0; start < octets.length;) {
      const { bytesWritten } = await this.file.write(octets, start, null, this.octets + start);
      start += bytesWritten;
    }
  }

  /** A disk that is full may have taken half of a line. Its room may be enough for the last one. */
  private async mendEnd(): Promise<void> {
    const end: RecordingEnd = { end: 'disk', inputs: Math.max(0, this.lines - 1) };
    try {
      await this.file.truncate(this.octets);
      await this.writeAll(Buffer.from(`${JSON.stringify(end)}\n`, 'utf8'));
    } catch {
      // Then the recording ends without a word, as that of a Baton that was killed does.
    }
  }

  private tell(reason: string): void {
    this.log.write('warning', `Recording to ${this.path} has ended: ${reason}`);
  }
}

/**
 * `--record`; null where that is not asked for. Where it can't be, Baton runs all the same:
 * nothing that is written down is worth more than a master.
 */
export async function startRecording(
  wanted: { readonly path: string; readonly limitOctets: number } | null,
  { version, log }: { readonly version: string; readonly log: LogSink },
): Promise<Recording | null> {
  if (wanted === null) return null;
  const file = await RecordingFile.create(resolve(wanted.path), log);
  if (!file.ok) {
    log.write('error', `Not recording: ${file.error}`);
    return null;
  }
  log.write('notice', `Recording to ${file.value.path}`);
  const { limitOctets } = wanted;
  return { file: file.value, worker: { version, limitOctets, gauge: file.value.gauge.memory } };
}
