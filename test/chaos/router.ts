/** One of the two routers: `baton run` with its files on a small file system of its own. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Host } from '../kernel/namespace.ts';
import { Program } from '../kernel/program.ts';
import type { Mode } from './modes.ts';
import { configurationOf } from './modes.ts';
import type { RouterLetter } from './stations.ts';
import { virtualAddresses } from './stations.ts';

/** It takes a pid file, a recording of some minutes, and little more. */
const fileSystemSize = '2m';
const ticksPerSecond = 100; // USER_HZ

export class Router {
  readonly letter: RouterLetter;
  readonly host: Host;
  readonly #mode: Mode;
  readonly #directory: string;
  readonly #baton: string;
  readonly #records: boolean;
  readonly #programs: Program[] = [];

  /** With `records` it writes down all that it hears, so that it wants room on the disk. */
  constructor(
    seat: {
      readonly letter: RouterLetter;
      readonly host: Host;
      readonly mode: Mode;
      readonly records: boolean;
      readonly guarded: boolean;
    },
    places: { readonly directory: string; readonly baton: string },
  ) {
    this.letter = seat.letter;
    this.host = seat.host;
    this.#mode = seat.mode;
    this.#records = seat.records;
    this.#directory = join(places.directory, seat.letter);
    this.#baton = places.baton;
    mkdirSync(this.#directory);
    const options = `mode=755,size=${fileSystemSize}`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', this.#directory]);
    writeFileSync(this.#path('keepalived.conf'), configurationOf(this.#mode, this.letter, seat));
  }

  /** Starts it, and waits until it takes part. */
  async start(): Promise<void> {
    const place = this.#programs.length;
    const program = Program.start(this.host, [
      ...[process.execPath, this.#baton, 'run', '-l', '-D'],
      ...['-f', this.#path('keepalived.conf'), '-p', this.#path('pid')],
      ...['--socket', this.#path('socket')],
      // A recording is never written over.
      ...(this.#records ? ['--record', this.#path(`record-${place}`)] : []),
    ]);
    this.#programs.push(program);
    // On a machine that is busy with many of them it takes longer than a Program waits for.
    const complete = (): Promise<unknown> => program.printed('Startup complete');
    await complete().catch(complete);
  }

  signal(name: NodeJS.Signals): void {
    this.#programs.at(-1)?.signal(name);
  }

  async ended(): Promise<void> {
    await this.#programs.at(-1)?.ended();
  }

  /** What somebody else does who wants a clean packet filter. */
  flushFilters(): void {
    this.host.run(() => execFileSync('nft', ['flush', 'ruleset']));
  }

  /** A flush, since on a busy machine the address may have just moved. */
  deleteAddress(): void {
    const { family } = this.#mode;
    const length = family === 'IPv4' ? 32 : 128;
    this.host.ip(`address flush dev eth0 to ${virtualAddresses[family]}/${length}`);
  }

  /** Writes until the file system takes no more. */
  fillDisk(): void {
    const chunk = new Uint8Array(4_096);
    for (;;) {
      try {
        appendFileSync(this.#path('filling'), chunk);
      } catch {
        return;
      }
    }
  }

  freeDisk(): void {
    rmSync(this.#path('filling'));
  }

  /** Lets the running daemon open nothing more, and has it try by a call on its socket. */
  takeFileHandles(): void {
    const processId = this.#processId;
    const open = readdirSync(`/proc/${processId}/fd`).map(Number);
    const limit = `--nofile=${Math.max(...open) + 1}:`;
    execFileSync('prlimit', ['--pid', String(processId), limit]);
    connect(this.#path('socket')).on('error', () => undefined);
  }

  /** Seconds of a processor that the running daemon has used, to the hundredth. */
  get processorSeconds(): number {
    const status = readFileSync(`/proc/${this.#processId}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    // In user mode and in the kernel, as ticks (proc_pid_stat(5), fields 14 and 15).
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }

  /** What all its processes have printed. */
  get log(): string {
    return this.#programs.map(({ text }) => text).join('\n---\n');
  }

  get #processId(): number {
    return this.#programs.at(-1)?.processId ?? NaN;
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}
