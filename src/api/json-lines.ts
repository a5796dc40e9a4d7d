/**
 * Framing of the control socket, both ways: one JSON value a line, UTF-8, ended
 * by a line feed. JSON escapes control characters, so a line feed is never part
 * of a value.
 */
import { failure, success, type Result } from '../base/result.ts';

const lineFeed = 0x0a;

/** A value as one line. */
export function encodeLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** The value on a line, or null where the line is not JSON. JSON's own null is refused as well. */
export function decodeLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

/**
 * Cuts a stream of octets into lines. What has come of an unfinished line is
 * kept, up to a limit, so that a peer that never ends its line costs no more.
 */
export class LineSplitter {
  private readonly limitOctets: number;
  private pending: Uint8Array[] = [];
  private pendingOctets = 0;

  constructor(limitOctets: number) {
    this.limitOctets = limitOctets;
  }

  /**
   * The lines that `chunk` completes, without their line feeds and without empty
   * ones. Fails once a line is longer than the limit; the stream is then of no
   * further use.
   */
  push(chunk: Uint8Array): Result<readonly string[], 'line-too-long'> {
    const lines: string[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (this.pendingOctets + part.length > this.limitOctets) return failure('line-too-long');
      if (end === -1) {
        this.keep(part);
        return success(lines);
      }
      const line = this.complete(part);
      if (line !== '') lines.push(line);
      start = end + 1;
    }
  }

  private keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.pending.push(part);
    this.pendingOctets += part.length;
  }

  private complete(part: Uint8Array): string {
    const line = Buffer.concat([...this.pending, part]).toString('utf8');
    this.pending = [];
    this.pendingOctets = 0;
    return line;
  }
}
