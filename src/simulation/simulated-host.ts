/** One host: a kernel, nginx, and Baton, with all that can be done to them from outside. */
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { Command } from '../model/command.ts';
import type { Config } from '../model/config.ts';
import type { LogSink } from '../ports/log.ts';
import type { Message } from '../ports/mail.ts';
import { runCheckScript } from './check-script.ts';
import type { Program } from './program.ts';
import { SimulatedBaton, type Machine } from './simulated-baton.ts';
import type { SimulatedKernel } from './simulated-kernel.ts';
import { SimulatedNginx } from './simulated-nginx.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface SimulatedHostOptions {
  readonly name: string;
  readonly clock: VirtualClock;
  readonly kernel: SimulatedKernel;
  readonly config: Config;
  readonly random: Random;
  readonly log: LogSink;
}

/** Where nginx writes its process number when no service says otherwise. */
const usualPidFile = '/run/nginx.pid';

export class SimulatedHost implements Machine {
  readonly name: string;
  readonly clock: VirtualClock;
  readonly kernel: SimulatedKernel;
  readonly nginx: SimulatedNginx;
  private readonly config: Config;
  private readonly random: Random;
  private readonly log: LogSink;
  private baton: SimulatedBaton | null = null;

  constructor({ name, clock, kernel, config, random, log }: SimulatedHostOptions) {
    this.name = name;
    this.clock = clock;
    this.kernel = kernel;
    this.config = config;
    this.random = random;
    this.log = log;
    const pidFile = config.services[0]?.pidFile ?? usualPidFile;
    this.nginx = new SimulatedNginx({ processes: kernel.processes, random, pidFile });
  }

  /** Baton has been started and has not ended, frozen or not. */
  get batonLives(): boolean {
    return this.baton?.lives ?? false;
  }

  /** Baton lives and is not frozen. */
  get batonRuns(): boolean {
    return this.baton?.runs ?? false;
  }

  startBaton(): void {
    assert(!this.batonLives, `Baton is started on ${this.name} while it runs there`);
    const { config, random, log } = this;
    this.baton = new SimulatedBaton({ machine: this, config, random, log });
  }

  stopBaton(): void {
    this.startedBaton().stop();
  }

  killBaton(): void {
    this.startedBaton().kill();
  }

  freezeBaton(): void {
    this.startedBaton().freeze();
  }

  thawBaton(): void {
    this.startedBaton().thaw();
  }

  load(command: Command): Program | null {
    const isOf = (one: Command): boolean => one.program === command.program;
    if (this.config.scripts.some((script) => isOf(script.command))) {
      return runCheckScript(this.nginx, this.random);
    }
    if (!command.program.endsWith('/nginx')) return null;
    return command.arguments.includes('-t') ? this.nginx.test() : this.nginx.start();
  }

  receiveMail({ subject }: Message): void {
    this.log.write('info', `mail: ${subject}`);
  }

  private startedBaton(): SimulatedBaton {
    assert(this.baton !== null, `Baton was never started on ${this.name}`);
    return this.baton;
  }
}
