/** One host: a kernel, nginx, and Baton, with all that can be done to them from outside. */
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { Command } from '../model/command.ts';
import type { Config } from '../model/config.ts';
import type { LogSink } from '../ports/log.ts';
import type { Message } from '../ports/mail.ts';
import { zero, type Duration } from '../base/units.ts';
import { runCheckScript } from './check-script.ts';
import { HostClock } from './host-clock.ts';
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
  /** The programs of this host beside nginx; null: the article's check script alone. */
  readonly load?: (command: Command) => Program | null;
  /** How fast its clock goes; 1 without it. */
  readonly clockRate?: number;
  /** Called before Baton begins or ceases to run. */
  readonly beforeChange?: () => void;
}

/** Where nginx writes its process number when no service says otherwise. */
const usualPidFile = '/run/nginx.pid';

export class SimulatedHost implements Machine {
  readonly name: string;
  readonly clock: VirtualClock;
  readonly hostClock: HostClock;
  readonly kernel: SimulatedKernel;
  readonly nginx: SimulatedNginx;
  lateness: Duration = zero;
  /** What stands in the host's files. */
  config: Config;
  private readonly options: SimulatedHostOptions;
  private baton: SimulatedBaton | null = null;
  /** It gets ready to take the place of `baton`, or has just been given it. */
  private successor: SimulatedBaton | null = null;

  constructor(options: SimulatedHostOptions) {
    const { name, clock, kernel, config, random, clockRate = 1 } = options;
    this.options = options;
    this.name = name;
    this.clock = clock;
    this.hostClock = new HostClock(clock, clockRate);
    this.kernel = kernel;
    this.config = config;
    const pidFile = config.services[0]?.pidFile ?? usualPidFile;
    this.nginx = new SimulatedNginx({ processes: kernel.processes, random, pidFile });
  }

  /** Baton has been started and has not ended, frozen or not. */
  get batonLives(): boolean {
    return this.acting?.lives ?? false;
  }

  /** Baton lives and is not frozen. */
  get batonRuns(): boolean {
    return this.acting?.runs ?? false;
  }

  startBaton(): void {
    assert(!this.batonLives, `Baton is started on ${this.name} while it runs there`);
    this.baton = this.createBaton(null);
  }

  /** `baton upgrade`; nothing where Baton does not run, only starts, or is being upgraded. */
  upgradeBaton(): void {
    const { acting } = this;
    if (acting?.runs !== true || !acting.hasBegun || this.successor?.lives === true) return;
    this.successor = this.createBaton(acting);
  }

  stopBaton(): void {
    const baton = this.startedBaton();
    if (baton !== this.successor) this.successor?.kill();
    baton.stop();
  }

  killBaton(): void {
    const baton = this.startedBaton();
    this.successor?.kill();
    baton.kill();
  }

  freezeBaton(): void {
    this.startedBaton().freeze();
  }

  thawBaton(): void {
    this.startedBaton().thaw();
  }

  /** It gives way at this moment, and refuses what would be lost. */
  get batonGivesWay(): boolean {
    return this.acting?.givesWay ?? false;
  }

  passBaton(): void {
    this.startedBaton().pass();
  }

  /** Has the running Baton read the files again. */
  reloadBaton(): void {
    this.startedBaton().reload(this.config);
  }

  load(command: Command): Program | null {
    const other = this.options.load?.(command) ?? null;
    if (other !== null) return other;
    const isOf = (one: Command): boolean => one.program === command.program;
    if (this.config.scripts.some((script) => isOf(script.command))) {
      return runCheckScript(this.nginx, this.options.random);
    }
    if (!command.program.endsWith('/nginx')) return null;
    return command.arguments.includes('-t') ? this.nginx.test() : this.nginx.start();
  }

  receiveMail({ subject }: Message): void {
    this.options.log.write('info', `mail: ${subject}`);
  }

  private createBaton(predecessor: SimulatedBaton | null): SimulatedBaton {
    const { random, log, beforeChange = () => undefined } = this.options;
    const { config } = this;
    beforeChange();
    const created: SimulatedBaton = new SimulatedBaton({
      ...{ machine: this, config, random, log, beforeChange, predecessor },
      onSucceeded: () => {
        this.baton = created;
        this.successor = null;
      },
    });
    return created;
  }

  /** Whose deeds are Baton's on this host. */
  private get acting(): SimulatedBaton | null {
    return this.baton?.gaveWay === true ? this.successor : this.baton;
  }

  private startedBaton(): SimulatedBaton {
    const { acting } = this;
    assert(acting !== null, `Baton was never started on ${this.name}`);
    return acting;
  }
}
