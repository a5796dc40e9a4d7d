/** A process that a test has started: what it has printed, and how it ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Host } from './namespace.ts';

export const batonProgram = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What a machine that is busy with something else may take for anything that is not timed. */
const patienceMs = 15_000;

export interface PrintedLine {
  /** When it was read, by `Date.now()`. */
  readonly atMs: number;
  readonly text: string;
}

export class Program {
  readonly startedAtMs = Date.now();
  /** Standard output and standard error, as they came. */
  readonly lines: PrintedLine[] = [];
  readonly #name: string;
  readonly #child: ChildProcess;
  #error = '';
  #closed = false;

  private constructor(words: readonly string[]) {
    this.#name = words.join(' ');
    // However this test run ends, the kernel ends the program with it.
    const setprivArguments = ['--pdeathsig', 'KILL', '--', ...words];
    this.#child = spawn('setpriv', setprivArguments, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const input of [this.#child.stdout, this.#child.stderr]) {
      if (input === null) continue;
      createInterface({ input }).on('line', (text) => {
        this.lines.push({ atMs: Date.now(), text });
      });
    }
    this.#child.on('error', ({ message }) => (this.#error = message));
    this.#child.on('close', () => (this.#closed = true));
  }

  /** Starts a program on this host; a Node.js program is started by `process.execPath`. */
  static start(host: Host, words: readonly string[]): Program {
    return host.run(() => new Program(words));
  }

  get processId(): number {
    return this.#child.pid ?? NaN;
  }

  get text(): string {
    return this.lines.map(({ text }) => text).join('\n');
  }

  /** Waits for a line with this in it, from the first or from `from` on; fails once it has ended. */
  async printed(part: string, from = 0): Promise<PrintedLine> {
    const find = () => this.lines.slice(from).find(({ text }) => text.includes(part));
    await until(`"${part}" from ${this.#name}`, () => find() !== undefined || this.#closed).catch(
      this.#complain,
    );
    const line = find();
    if (line !== undefined) return line;
    throw new Error(`${this.#name} ended without "${part}": ${this.#error}\n${this.text}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until it has ended; the value is its exit code, or the signal that ended it. */
  async ended(limitMs = patienceMs): Promise<number | NodeJS.Signals | null> {
    await until(`the end of ${this.#name}`, () => this.#closed, limitMs).catch(this.#complain);
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** Ends it, however that has to be done; does nothing where it has ended. */
  async end(): Promise<void> {
    if (this.#closed) return;
    this.signal('SIGTERM');
    this.signal('SIGCONT');
    await this.ended(5_000).catch(() => {
      this.signal('SIGKILL');
    });
    await this.ended();
  }

  readonly #complain = (error: Error): never => {
    throw new Error(`${error.message}\n${this.text}`);
  };
}

/** Waits until this holds; fails after `limitMs`, saying what it has waited for. */
export async function until(
  what: string,
  condition: () => boolean,
  limitMs = patienceMs,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(5);
  }
}
