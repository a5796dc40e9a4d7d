/**
 * One run of Baton on a simulated host: the production core, pulse and errand
 * runner as `baton run` composes them, from exec to exit. The two threads of the
 * real one are two queues here, with the time that a message takes between them.
 */
import { assert } from '../base/assert.ts';
import { failure, type Result } from '../base/result.ts';
import type { Random } from '../base/random.ts';
import {
  after,
  instant,
  microseconds,
  milliseconds,
  seconds,
  type Duration,
  type Instant,
} from '../base/units.ts';
import { mergeChannels } from '../core/channel-membership.ts';
import { Core } from '../core/core.ts';
import { joinedChannelOf } from '../core/router.ts';
import type { Command } from '../model/command.ts';
import type { Config } from '../model/config.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { ErrandEffect } from '../model/effect.ts';
import type { Succession } from '../model/succession.ts';
import type { Message } from '../ports/mail.ts';
import type { LogSink } from '../ports/log.ts';
import { ErrandRunner, type ErrandPorts } from '../runtime/errand-runner.ts';
import { Journal } from '../runtime/journal.ts';
import { Pulse } from '../runtime/pulse.ts';
import { drawDuration, drawSession } from './draw.ts';
import type { HostClock } from './host-clock.ts';
import type { Program } from './program.ts';
import { SimulatedMail } from './simulated-mail.ts';
import type { SimulatedKernel } from './simulated-kernel.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedNginx } from './simulated-nginx.ts';
import { SimulatedProbes } from './simulated-probes.ts';
import { SimulatedProcesses } from './simulated-processes.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** From exec until the core runs. */
const startTakes = { least: milliseconds(120), most: milliseconds(450) };
/** As `baton run` waits for what is still to be done once all is handed over. */
const stopPatience = seconds(1);
/** From the moment when something is due, or arrives, until the thread runs. */
const wakeUpTakes = { least: microseconds(20), most: microseconds(300) };

export const slowestWakeUp = wakeUpTakes.most;
export const slowestStart = startTakes.most;

/** What outlives this run: the host that it runs on. */
export interface Machine {
  readonly clock: VirtualClock;
  /** By which Baton reckons. */
  readonly hostClock: HostClock;
  readonly kernel: SimulatedKernel;
  readonly nginx: SimulatedNginx;
  /** How much later than usual its threads run at this moment. */
  readonly lateness: Duration;
  /** The program that a command names; null where there is none. */
  load(command: Command): Program | null;
  /** The relay has taken a message that came from this host. */
  receiveMail(message: Message): void;
}

type SuccessionOutcome = Result<Succession, string>;

type Life =
  | { readonly name: 'running' }
  /** What would have been done in the meantime, in order. */
  | { readonly name: 'frozen'; readonly owed: (() => void)[] }
  | { readonly name: 'ended' };

export interface SimulatedBatonOptions {
  readonly machine: Machine;
  readonly config: Config;
  readonly random: Random;
  readonly log: LogSink;
  /** Called before it begins or ceases to run. */
  readonly beforeChange: () => void;
  /** Whose place it takes once it is ready (`baton upgrade`); null: it starts by itself. */
  readonly predecessor: SimulatedBaton | null;
  /** That one has given way. */
  readonly onSucceeded: () => void;
}

/** How long it waits for the other to give way, and how long that may take to do so. */
const successionPatience = seconds(5);
const givingWayPatience = seconds(4);

export class SimulatedBaton {
  private readonly options: SimulatedBatonOptions;
  private readonly network: SimulatedNetwork;
  private readonly pulse: Pulse;
  private readonly errands: ErrandRunner;
  private readonly processId: number;
  /** Events on their way from the main thread to the pulse thread. */
  private readonly inbox: CoreEvent[] = [];
  /** When the last of the effects on their way to the main thread arrive: in their order. */
  private errandsArriveAt = instant(0);
  private life: Life = { name: 'running' };
  /** When the configuration was read that is in force. */
  private configuredAt: Instant;
  private answerSuccessor: (outcome: SuccessionOutcome) => void = () => undefined;
  /** It is over for it: another has its place. */
  gaveWay = false;
  /** Another has asked for its place, and has no answer yet. */
  givesWay = false;
  /** It is ready, and can be asked for its place. */
  hasBegun = false;

  constructor(options: SimulatedBatonOptions) {
    this.options = options;
    const { machine, config } = options;
    this.configuredAt = machine.clock.now();
    const { clock, hostClock, kernel } = machine;
    this.network = new SimulatedNetwork({
      clock: hostClock,
      kernel,
      drawLatency: () => this.drawWakeUp(),
      drawSession: () => drawSession(options.random),
      onWake: () => {
        this.perform(() => {
          this.turn();
        });
      },
    });
    this.errands = this.createErrands();
    const errands = {
      send: (effects: readonly ErrandEffect[]) => {
        this.sendErrands(effects);
      },
      receive: () => this.inbox.shift() ?? null,
    };
    const ports = { clock: hostClock, network: this.network, errands };
    this.pulse = new Pulse(ports, new Core(config), config);
    this.processId = kernel.processes.spawn({
      name: 'baton',
      group: null,
      onSignal: () => {
        this.send({ type: 'stop-requested' });
      },
      onEnd: () => {
        options.beforeChange();
        this.life = { name: 'ended' };
        this.network.stop();
      },
    });
    clock.schedule(drawDuration(options.random, startTakes), () => {
      this.perform(() => {
        this.begin();
      });
    });
  }

  get lives(): boolean {
    return this.life.name !== 'ended';
  }

  get runs(): boolean {
    return this.life.name === 'running';
  }

  /** Another asks for its place; `answer` is called where this one still lives. */
  askForPlace(
    { configuredAt }: SimulatedBaton,
    answer: (outcome: SuccessionOutcome) => void,
  ): void {
    const { machine } = this.options;
    const notAfter = after(machine.hostClock.now(), givingWayPatience);
    machine.clock.schedule(this.drawWakeUp(), () => {
      this.perform(() => {
        this.answerSuccessor = answer;
        this.givesWay = configuredAt >= this.configuredAt;
        if (this.givesWay) this.send({ type: 'succession-requested', id: 1, notAfter });
        else answer(failure('reloaded since'));
      });
    });
  }

  /** SIGTERM: it hands over, takes down what it holds, and ends. */
  stop(): void {
    this.options.machine.kernel.processes.signal(this.processId, 'SIGTERM');
  }

  /** SIGKILL: nothing more is done by it; what the kernel has of it stays. */
  kill(): void {
    this.options.machine.kernel.processes.signal(this.processId, 'SIGKILL');
  }

  /** `baton pass` */
  pass(): void {
    this.send({ type: 'pass-requested', instance: null });
  }

  /** SIGHUP with this configuration in the files. */
  reload(config: Config): void {
    this.configuredAt = this.options.machine.clock.now();
    this.send({ type: 'config-replaced', config });
  }

  /** SIGSTOP */
  freeze(): void {
    assert(this.life.name === 'running', 'what is frozen runs');
    this.options.beforeChange();
    this.life = { name: 'frozen', owed: [] };
  }

  /** SIGCONT: whatever came in the meantime is now done, late as it is. */
  thaw(): void {
    assert(this.life.name === 'frozen', 'what is thawed was frozen');
    const { owed } = this.life;
    this.options.beforeChange();
    this.life = { name: 'running' };
    this.options.machine.clock.schedule(this.drawWakeUp(), () => {
      for (const action of owed) this.perform(action);
    });
  }

  /** Has something done by this process: at once, when it is thawed, or never. */
  private perform(action: () => void): void {
    switch (this.life.name) {
      case 'running':
        action();
        return;
      case 'frozen':
        this.life.owed.push(action);
        return;
      case 'ended':
        return;
    }
  }

  private createErrands(): ErrandRunner {
    const { machine, random, log } = this.options;
    const { clock, nginx, kernel } = machine;
    const perform = (action: () => void): void => {
      this.perform(action);
    };
    const ports: ErrandPorts = {
      processes: new SimulatedProcesses({
        clock,
        random,
        table: kernel.processes,
        load: (command) => machine.load(command),
        perform,
      }),
      // Nothing of the simulated world reads FIFOs, and it has no files to track.
      fifos: { open: () => undefined, write: () => undefined, close: () => Promise.resolve() },
      files: {
        watch: (files, report) => {
          for (const { name } of files) report(name, null);
        },
        close: () => undefined,
      },
      probes: new SimulatedProbes({ clock, random, nginx, perform }),
      mailSender: new SimulatedMail({
        clock,
        random,
        perform,
        onDelivered: (message) => {
          machine.receiveMail(message);
        },
      }),
      log,
      journal: new Journal(clock),
      clock,
      timer: { after: (delay: Duration, callback: () => void) => this.later(delay, callback) },
    };
    return new ErrandRunner(ports, {
      report: (event) => {
        this.send(event);
      },
      onSnapshot: () => undefined,
      onSuccession: (outcome) => {
        this.gaveWay = outcome.ok;
        this.givesWay = false;
        // Its answer is on its way, whatever becomes of this one.
        clock.schedule(this.drawWakeUp(), () => {
          this.answerSuccessor(outcome);
        });
      },
      onFinish: () => {
        void this.finish();
      },
    });
  }

  private later(delay: Duration, callback: () => void): () => void {
    const { clock } = this.options.machine;
    const appointment = clock.schedule(delay, () => {
      this.perform(() => {
        clock.movePromises();
        callback();
      });
    });
    return () => {
      appointment.cancel();
    };
  }

  private async finish(): Promise<void> {
    await this.errands.stop(stopPatience);
    this.perform(() => {
      this.options.machine.kernel.processes.exit(this.processId);
    });
  }

  private begin(): void {
    const { predecessor, machine } = this.options;
    const error = predecessor === null ? this.pulse.start() : this.pulse.open();
    assert(error === null, 'a simulated network starts');
    if (predecessor === null) {
      this.hasBegun = true;
      this.turn();
      return;
    }
    let answered = false;
    for (const channel of mergeChannels(this.options.config.instances.map(joinedChannelOf))) {
      this.network.join(channel);
    }
    predecessor.askForPlace(this, (outcome) => {
      if (answered) return;
      answered = true;
      this.perform(() => {
        this.succeed(outcome);
      });
    });
    machine.clock.schedule(successionPatience, () => {
      if (!answered) this.kill();
      answered = true;
    });
  }

  private succeed(outcome: SuccessionOutcome): void {
    if (!outcome.ok) {
      this.kill();
      return;
    }
    this.hasBegun = true;
    const { onSucceeded, predecessor } = this.options;
    onSucceeded();
    if (predecessor !== null) this.errands.follow(predecessor.processId);
    // As it comes from another process.
    this.pulse.begin(JSON.parse(JSON.stringify(outcome.value)) as Succession);
    this.turn();
  }

  private turn(): void {
    if (!this.hasBegun) return;
    if (!this.pulse.finished) this.pulse.turn();
    if (!this.pulse.finished) this.network.wait(this.pulse.nextDeadline());
  }

  private send(event: CoreEvent): void {
    this.inbox.push(event);
    this.network.wake();
  }

  private sendErrands(effects: readonly ErrandEffect[]): void {
    const { clock } = this.options.machine;
    const arrival = after(clock.now(), this.drawWakeUp());
    if (arrival > this.errandsArriveAt) this.errandsArriveAt = arrival;
    clock.scheduleAt(this.errandsArriveAt, () => {
      this.perform(() => {
        if (effects.some(({ type }) => !isWritten(type))) clock.movePromises();
        this.errands.execute(effects);
      });
    });
  }

  private drawWakeUp(): Duration {
    const { machine, random } = this.options;
    return (drawDuration(random, wakeUpTakes) + machine.lateness) as Duration;
  }
}

/** Whether an effect of this kind is over when it was executed, and no promise waits for it. */
function isWritten(type: ErrandEffect['type']): boolean {
  return type === 'write-log' || type === 'write-journal';
}
