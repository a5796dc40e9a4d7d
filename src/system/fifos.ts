/**
 * Notify FIFOs. Each is opened for reading too, so that a write never fails for
 * lack of a reader, and what is written waits in the pipe for one to come. A line
 * is at most PIPE_BUF octets, which pipe(7) takes whole or not at all.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, fstatSync, lchownSync, lstatSync, openSync } from 'node:fs';
import { readFileSync, unlinkSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { failure, success, type Result } from '../base/result.ts';
import { milliseconds, seconds, toMilliseconds, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { NotifyFifo } from '../model/config.ts';
import type { Fifos } from '../ports/fifos.ts';
import type { LogSink } from '../ports/log.ts';
import type { Processes } from '../ports/processes.ts';
import type { Timer } from '../ports/timer.ts';
import { resolveIdentity } from './accounts.ts';

/** PIPE_BUF of Linux, in octets. */
const longestLine = 4_096;

/** How soon a script that ended is started again. */
const restartDelay = seconds(1);

/** How long a script may go on reading once its FIFO is closed, and after SIGTERM. */
const readingPatience = milliseconds(200);
const endPatience = milliseconds(500);

/** Lost lines of a FIFO are told of once in this time. */
const lossReportMs = 60_000;

export interface FifoParts {
  readonly processes: Processes;
  readonly log: LogSink;
  readonly timer: Timer;
}

export class NotifyFifos implements Fifos {
  private readonly parts: FifoParts;
  private opened = new Map<string, OpenFifo>();
  /** Ends of FIFOs that a reload has taken away. */
  private readonly closing = new Set<Promise<void>>();

  constructor(parts: FifoParts) {
    this.parts = parts;
  }

  open(fifos: readonly NotifyFifo[]): void {
    const former = this.opened;
    const wanted = new Map(fifos.map((fifo) => [JSON.stringify(fifo), fifo]));
    // A path may have got another owner or script: it is let go of before it is made anew.
    for (const [key, fifo] of former) if (!wanted.has(key)) this.letGo(fifo);
    this.opened = new Map();
    for (const [key, fifo] of wanted) {
      const opened = former.get(key) ?? this.openOne(fifo);
      if (opened !== null) this.opened.set(key, opened);
    }
  }

  write(line: string): void {
    for (const fifo of this.opened.values()) fifo.write(line);
  }

  async close(): Promise<void> {
    for (const fifo of this.opened.values()) this.letGo(fifo);
    this.opened.clear();
    await Promise.all(this.closing);
  }

  private openOne(fifo: NotifyFifo): OpenFifo | null {
    const pipe = openPipe(fifo);
    if (pipe.ok) return new OpenFifo(fifo, pipe.value, this.parts);
    this.parts.log.write('error', `Notify FIFO ${fifo.path} can't be used: ${pipe.error}`);
    return null;
  }

  private letGo(fifo: OpenFifo): void {
    const closed = fifo.close().then(() => void this.closing.delete(closed));
    this.closing.add(closed);
  }
}

class OpenFifo {
  private readonly fifo: NotifyFifo;
  private readonly pipe: Pipe;
  private readonly parts: FifoParts;
  private script: { readonly processId: number; readonly ended: Promise<unknown> } | null = null;
  private cancelRestart: () => void = () => undefined;
  private closed = false;
  private lost = 0;
  private lossToldAtMs = -Infinity;

  constructor(fifo: NotifyFifo, pipe: Pipe, parts: FifoParts) {
    this.fifo = fifo;
    this.pipe = pipe;
    this.parts = parts;
    if (fifo.script !== null) this.startScript(fifo.script);
  }

  write(line: string): void {
    const octets = Buffer.from(`${line}\n`);
    if (octets.length > longestLine || !writeWhole(this.pipe.descriptor, octets)) this.tellLoss();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancelRestart();
    // The path goes first: what may be made there next is not this one's any more.
    if (this.pipe.created) remove(this.fifo.path, this.pipe);
    closeSync(this.pipe.descriptor);
    if (this.script === null) return;
    const { processId, ended } = this.script;
    if (await settlesWithin(ended, readingPatience)) return;
    await this.parts.processes.endGroup(processId, endPatience);
  }

  private startScript(script: Command): void {
    const command = { ...script, arguments: [...script.arguments, this.fifo.path] };
    const { processId, finished } = this.parts.processes.start(command);
    const ended = finished.then(({ outcome }) => {
      this.script = null;
      if (this.closed) return;
      const why = outcome.type === 'not-executable' ? outcome.reason : outcome.type;
      this.parts.log.write('warning', `Notify FIFO script ${script.program} ended (${why})`);
      this.cancelRestart = this.parts.timer.after(restartDelay, () => {
        this.startScript(script);
      });
    });
    this.script = processId === null ? null : { processId, ended };
  }

  private tellLoss(): void {
    this.lost += 1;
    const now = performance.now();
    if (now - this.lossToldAtMs < lossReportMs) return;
    this.lossToldAtMs = now;
    const text = `Notify FIFO ${this.fifo.path} is full: nobody reads it`;
    this.parts.log.write('warning', `${text} (${String(this.lost)} lines lost so far)`);
  }
}

interface Pipe {
  readonly descriptor: number;
  /** Whether it was made by Baton, which then takes it away again. */
  readonly created: boolean;
  readonly device: number;
  readonly inode: number;
}

function openPipe(fifo: NotifyFifo): Result<Pipe, string> {
  const created = makePipe(fifo);
  if (!created.ok) return created;
  try {
    const { O_RDWR, O_NONBLOCK, O_NOFOLLOW } = constants;
    const descriptor = openSync(fifo.path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
    const status = fstatSync(descriptor);
    if (status.isFIFO()) {
      const { dev: device, ino: inode } = status;
      return success({ descriptor, created: created.value, device, inode });
    }
    closeSync(descriptor);
    return failure('it is no FIFO any more');
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** Makes the FIFO where there is none; the value is whether it did. */
function makePipe({ path, user, group }: NotifyFifo): Result<boolean, string> {
  const identity = resolveIdentity({ user, group });
  if (!identity.ok) return identity;
  try {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status !== undefined) {
      return status.isFIFO() ? success(false) : failure('there is something else at its path');
    }
    // Node.js has no mkfifo(3).
    const mode = (0o644 & ~fileModeMask()).toString(8);
    const made = spawnSync('mkfifo', ['-m', mode, '--', path], { encoding: 'utf8' });
    if (made.error !== undefined) return failure(`mkfifo: ${made.error.message}`);
    if (made.status !== 0) return failure(made.stderr.trim());
    const { uid, gid } = identity.value;
    if (uid !== undefined || gid !== undefined) lchownSync(path, uid ?? -1, gid ?? -1);
    return success(true);
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** The umask, without the change of it that `process.umask()` makes for a moment. */
function fileModeMask(): number {
  const octal = /^Umask:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return Number.parseInt(octal ?? '022', 8);
}

function writeWhole(descriptor: number, octets: Uint8Array): boolean {
  try {
    writeSync(descriptor, octets);
    return true;
  } catch {
    return false; // EAGAIN: there is no room for all of it.
  }
}

/** Takes the path away, unless somebody has put something else there. */
function remove(path: string, { device, inode }: Pipe): void {
  try {
    const status = lstatSync(path);
    if (status.dev === device && status.ino === inode) unlinkSync(path);
  } catch {
    // It is gone already.
  }
}

async function settlesWithin(promise: Promise<unknown>, limit: Duration): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(toMilliseconds(limit), false, { signal: timer.signal }).catch(() => false);
  const first = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return first;
}
