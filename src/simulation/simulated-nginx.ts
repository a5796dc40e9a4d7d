/**
 * nginx as a daemon that watches it can tell it: a master and its workers in one
 * process group, a pid file, a configuration test, a port that only one may have.
 */
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import { milliseconds } from '../base/units.ts';
import { drawDuration } from './draw.ts';
import type { ProcessTable, Signal } from './process-table.ts';
import { succeeded, type Program } from './program.ts';

const processName = 'nginx';
const workers = 2;

/** To read the configuration, which every start does too; then to bind and fork. */
const testTakes = { least: milliseconds(3), most: milliseconds(15) };
const startTakes = { least: milliseconds(2), most: milliseconds(10) };

export interface NginxOptions {
  readonly processes: ProcessTable;
  readonly random: Random;
  readonly pidFile: string;
}

export class SimulatedNginx {
  private readonly options: NginxOptions;
  private configuration: 'good' | 'broken' = 'good';
  /** Masters and workers that have been forked, and so have the port open while they live. */
  private listening: number[] = [];

  constructor(options: NginxOptions) {
    this.options = options;
  }

  /** Somebody answers on port 80: workers do, with or without their master. */
  get answers(): boolean {
    return this.listening.some((id) => this.options.processes.lives(id));
  }

  /** What `ps -C nginx` goes by: a start that has not come to its end counts too. */
  isListed(): boolean {
    return this.options.processes.named(processName).length > 0;
  }

  get canStart(): boolean {
    return this.configuration === 'good';
  }

  break(): void {
    this.configuration = 'broken';
  }

  mend(): void {
    this.configuration = 'good';
  }

  /** Has it run, as the host's init system sees to before anything else happens. */
  boot(): void {
    assert(!this.answers && this.canStart, 'a host boots with a sound nginx, once');
    this.fork();
  }

  /** SIGKILL for the master, and then for its workers, which it would replace. */
  kill(): void {
    const { processes } = this.options;
    for (const id of processes.named(processName)) processes.signal(id, 'SIGKILL');
  }

  /** `nginx`: returns once the daemon listens, or does not start. */
  *start(): Program {
    const test = yield* this.test();
    if (test.status !== 0) return test;
    yield drawDuration(this.options.random, startTakes);
    if (this.answers) {
      return { status: 1, output: 'nginx: [emerg] bind() to 0.0.0.0:80 failed (98)\n' };
    }
    this.fork();
    return succeeded;
  }

  /** `nginx -t` */
  *test(): Program {
    yield drawDuration(this.options.random, testTakes);
    return this.configuration === 'good'
      ? succeeded
      : { status: 1, output: 'nginx: [emerg] unknown directive "worker_proceses"\n' };
  }

  private fork(): void {
    const { processes, pidFile } = this.options;
    const master = processes.spawn({
      name: processName,
      group: null,
      onSignal: (signal) => {
        this.signalled(master, signal);
      },
    });
    this.listening = [master];
    for (let index = 0; index < workers; index += 1) {
      this.listening.push(processes.spawn({ name: processName, group: master }));
    }
    processes.writePidFile(pidFile, master);
  }

  /** SIGTERM and SIGQUIT end it in order; SIGHUP reads the configuration anew. */
  private signalled(master: number, signal: Signal): void {
    if (signal === 'SIGHUP') return;
    const { processes, pidFile } = this.options;
    for (const id of processes.inGroup(master)) if (id !== master) processes.exit(id);
    processes.removePidFile(pidFile);
    processes.exit(master);
  }
}
