/** One daemon, Baton or keepalived, running on a host of the lab. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { assert } from '../base/assert.ts';
import { daemonArguments } from './article-configuration.ts';
import type { Machine } from './machine.ts';
import { childOf } from './machine.ts';
import { monotonicMs } from './monotonic.ts';
import type { DaemonKind } from './pair.ts';

const rememberedLines = 200;

interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

export class Daemon {
  readonly kind: DaemonKind;
  readonly #entrance: ChildProcess;
  readonly #processId: number;
  readonly #log: LogLine[] = [];

  private constructor(kind: DaemonKind, entrance: ChildProcess, processId: number) {
    this.kind = kind;
    this.#entrance = entrance;
    this.#processId = processId;
  }

  static async start(
    machine: Machine,
    kind: DaemonKind,
    onLine: (line: string) => void,
  ): Promise<Daemon> {
    const program = kind === 'baton' ? process.execPath : 'keepalived';
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    const programArguments = [...(kind === 'baton' ? [main] : []), ...daemonArguments[kind]];
    const entrance = machine.start(program, programArguments, ['ignore', 'pipe', 'pipe']);
    const daemon = new Daemon(kind, entrance, await childOf(entrance, null));
    assert(entrance.stdout !== null && entrance.stderr !== null, 'both are pipes');
    for (const input of [entrance.stdout, entrance.stderr]) {
      createInterface({ input }).on('line', (line) => {
        daemon.#log.push({ atMs: monotonicMs(), text: line });
        if (daemon.#log.length > rememberedLines) daemon.#log.shift();
        onLine(line);
      });
    }
    return daemon;
  }

  get running(): boolean {
    return this.#entrance.exitCode === null && this.#entrance.signalCode === null;
  }

  /** What it has logged since then, as far as that is remembered. */
  logSince(atMs: number): readonly LogLine[] {
    return this.#log.filter((line) => line.atMs >= atMs);
  }

  /** Stops it in order and waits until it is gone. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  freeze(): void {
    process.kill(this.#processId, 'SIGSTOP');
  }

  /** nsenter stops itself along with its child, so both are woken. */
  thaw(): void {
    process.kill(this.#processId, 'SIGCONT');
    this.#entrance.kill('SIGCONT');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    const gone = once(this.#entrance, 'exit');
    process.kill(this.#processId, signal);
    await gone;
  }
}
