/** What processes print, of which only the end is kept. */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How much of a process's output is kept, in octets. */
const outputLimit = 4_096;

/** The last octets of a stream. */
export class OutputTail {
  private octets: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    const joined = Buffer.concat([this.octets, chunk.subarray(-outputLimit)]);
    this.octets = joined.subarray(-outputLimit);
  }

  toString(): string {
    return decode(this.octets);
  }
}

/** Past this a file of output is emptied. */
const fileLimit = 256 * 1_024;
const trimIntervalMs = 1_000;

/**
 * Output into a file without a name, for processes that may outlive Baton: a pipe
 * would break with Baton's end, and take a service with it that writes to it.
 * While Baton reads it, it is kept short.
 */
export class OutputFile {
  readonly descriptor: number;
  private readonly trimmer: NodeJS.Timeout;

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
    this.trimmer = setInterval(() => {
      if (fstatSync(descriptor).size > fileLimit) ftruncateSync(descriptor, 0);
    }, trimIntervalMs).unref();
  }

  /** Null where no temporary file can be made: then there is no output to tell of. */
  static open(): OutputFile | null {
    const path = join(tmpdir(), `baton-output-${randomUUID()}`);
    try {
      // Appending writers go on at the new end of a file that was emptied.
      const descriptor = openSync(path, 'ax+', 0o600);
      unlinkSync(path);
      return new OutputFile(descriptor);
    } catch {
      return null;
    }
  }

  /** What stands at its end; it can't be read afterwards. */
  close(): string {
    clearInterval(this.trimmer);
    const { size } = fstatSync(this.descriptor);
    const octets = Buffer.alloc(Math.min(size, outputLimit));
    const length = readSync(this.descriptor, octets, { position: size - octets.length });
    closeSync(this.descriptor);
    return decode(octets.subarray(0, length));
  }
}

function decode(octets: Buffer): string {
  // Where the cut went through a character its remaining octets (10xxxxxx) are left out.
  let start = 0;
  while (octets.length === outputLimit && start < 3 && ((octets[start] ?? 0) & 0xc0) === 0x80) {
    start += 1;
  }
  return octets.toString('utf8', start);
}
