/**
 * `baton run` on the main thread: it starts the pulse thread, runs its errands,
 * serves the control socket and takes signals. What is prompt happens over there.
 */
import type { Identity, PassOutcome, ReloadOutcome } from './api/contract.ts';
import type { ControlTarget } from './api/control-target.ts';
import { takeDumpSignals } from './dump.ts';
import { GivingWay, givesWay } from './giving-way.ts';
import { startControlServer, type ControlServer } from './api/server.ts';
import { failure, success, type Result } from './base/result.ts';
import { seconds, zero, type Duration, type Instant } from './base/units.ts';
import type { RunOptions } from './cli/run-options.ts';
import { configurationForRun } from './configuration.ts';
import type { Config } from './model/config.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Succession } from './model/succession.ts';
import type { KernelError } from './ports/network.ts';
import { ErrandRunner, type ErrandPorts } from './runtime/errand-runner.ts';
import { runLifetimeScript, type LifetimeScript } from './runtime/lifetime-script.ts';
import { applyToProcess, resettledConfig } from './system/host-settings.ts';
import type { NodeProcesses } from './system/processes.ts';
import { PulseThread, type PulseStart } from './system/pulse-thread.ts';
import { whileMarked, writeComplaints } from './system/reload-files.ts';
import type { Recording } from './system/recording-file.ts';
import { ReloadTimer } from './system/reload-timer.ts';
import type { ServiceNotification } from './system/service-notification.ts';

/** What the daemon is made of. */
export interface DaemonParts {
  readonly errandPorts: ErrandPorts;
  readonly processes: NodeProcesses;
  readonly serviceNotification: ServiceNotification;
  readonly identity: Identity;
  readonly socketPath: string;
  /** The running Baton whose place this one takes; null: it starts by itself. */
  readonly predecessor: Predecessor | null;
  readonly pulseStart: Omit<PulseStart, 'config' | 'succeeds'>;
  readonly options: RunOptions;
  /** What to begin with, and when it was read. */
  readonly config: Config;
  readonly configuredAt: Instant;
  readonly recording: Recording | null;
}

/** A running Baton that another one takes the place of. */
export interface Predecessor {
  readonly processId: number;
  /** Asks it to end, and to tell what there is to go on with; it goes on where it refuses. */
  giveWay(): Promise<Result<Succession, string>>;
  /** It has: what names the running Baton names this one. The error says why it can't. */
  succeeded(): string | null;
}

/** keepalived's exit codes for a run that could not be. */
export const exitCodes = { done: 0, failed: 1, configuration: 2, permission: 4, bug: 70 } as const;

/** How long a stop waits for notify scripts and mail (keepalived: about a second). */
const errandPatience = seconds(1);

export class Daemon {
  private readonly parts: DaemonParts;
  private readonly thread: PulseThread;
  private readonly errands: ErrandRunner;
  private readonly snapshots = new Map<number, (snapshot: Snapshot) => void>();
  private readonly reloadTimer: ReloadTimer;
  private lastSnapshotId = 0;
  private config: Config;
  /** When it was read. */
  private configuredAt: Instant;
  /** The pulse has its configuration, so that it takes events. */
  private begun = false;
  private prepared: () => void = () => undefined;
  private readonly givingWay: GivingWay;
  private stopping = false;
  private server: ControlServer | null = null;
  private end: (exitCode: number) => void = () => undefined;

  /** Loads the pulse thread's code at once, beside whatever the caller does next. */
  constructor(parts: DaemonParts) {
    this.parts = parts;
    this.config = parts.config;
    this.configuredAt = parts.configuredAt;
    this.reloadTimer = new ReloadTimer({
      ...parts.errandPorts,
      reload: () => {
        void this.reload();
      },
    });
    const recording = parts.recording?.worker ?? null;
    this.thread = new PulseThread(new URL('./pulse.js', import.meta.url), recording, {
      prepared: () => {
        this.prepared();
      },
      started: () => {
        this.started();
      },
      startFailed: (error) => {
        this.startFailed(error);
      },
      effects: (effects) => {
        this.errands.execute(effects);
      },
      recorded: (message) => {
        parts.recording?.file.take(message);
      },
      crashed: this.crashed,
    });
    this.errands = new ErrandRunner(parts.errandPorts, {
      report: (event) => {
        this.thread.send(event);
      },
      onSnapshot: (id, snapshot) => {
        this.snapshots.get(id)?.(snapshot);
        this.snapshots.delete(id);
      },
      onSuccession: (outcome) => {
        this.givingWay.reported(outcome);
      },
      onFinish: () => {
        void this.finished();
      },
    });
    this.givingWay = new GivingWay(parts, {
      ask: (notAfter) => {
        this.thread.send({ type: 'succession-requested', id: 1, notAfter });
      },
      mayGiveWay: () => this.begun && !this.stopping,
      configuredAt: () => this.configuredAt,
      begins: () => {
        this.server?.close();
      },
    });
  }

  /** Runs until it is told to stop, or can't go on; the value is the exit code. */
  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.end = resolve;
    });
    this.adopt(this.config);
    this.takeSignals();
    const { startupScript: script } = this.config.global;
    if (this.parts.predecessor === null) await this.runScript({ kind: 'Startup', script });
    const exitCode = this.stopping ? exitCodes.done : await this.takePart(ended);
    return this.wentDown(exitCode);
  }

  private async takePart(ended: Promise<number>): Promise<number> {
    const { predecessor, pulseStart } = this.parts;
    const start = { config: this.config, ...pulseStart, succeeds: predecessor !== null };
    if (predecessor !== null) return this.takeOver(predecessor, start, ended);
    if (!(await this.serve())) return exitCodes.failed;
    this.begun = true;
    this.thread.begin(start);
    this.stopIfAsked();
    return ended;
  }

  /** Before it had begun there was nothing that could be stopped. */
  private stopIfAsked(): void {
    if (this.stopping) this.thread.send({ type: 'stop-requested' });
  }

  /** Gets all ready, and only then asks the running Baton for its place. */
  private async takeOver(
    predecessor: Predecessor,
    start: PulseStart,
    ended: Promise<number>,
  ): Promise<number> {
    const { log } = this.parts.errandPorts;
    const ready = new Promise<null>((resolve) => {
      this.prepared = () => {
        resolve(null);
      };
    });
    this.thread.begin(start);
    const early = await Promise.race([ready, ended]);
    if (early !== null || this.stopping) return early ?? exitCodes.done;
    const outcome = await predecessor.giveWay();
    if (!outcome.ok) {
      const who = `process ${String(predecessor.processId)}`;
      log.write('error', `can't take the place of ${who}, which goes on: ${outcome.error}`);
      return exitCodes.failed;
    }
    this.begun = true;
    this.errands.follow(predecessor.processId);
    this.thread.succeed(outcome.value);
    this.stopIfAsked();
    log.write('notice', `Took the place of process ${String(predecessor.processId)}`);
    const error = predecessor.succeeded();
    if (error !== null) log.write('error', error);
    await this.serve();
    return ended;
  }

  /** All is taken down: what is left is the last script. */
  private async wentDown(exitCode: number): Promise<number> {
    this.reloadTimer.close();
    const { shutdownScript: script } = this.config.global;
    // Who has never taken part has nothing to end, and another one goes on.
    const tookPart = this.parts.predecessor === null || this.begun;
    if (tookPart && !this.givingWay.done) await this.runScript({ kind: 'Shutdown', script });
    await this.parts.recording?.file.close(this.begun ? this.thread.ended : null);
    if (exitCode === exitCodes.done) this.parts.errandPorts.log.write('notice', 'Stopped');
    this.server?.close();
    await this.thread.end(exitCode === exitCodes.done ? errandPatience : zero);
    return exitCode;
  }

  private async runScript(script: LifetimeScript): Promise<void> {
    if (script.script !== null)
      this.parts.serviceNotification.extendPatience(script.script.timeout);
    await runLifetimeScript(script, this.parts.errandPorts);
  }

  /** What a configuration means for the main thread. */
  private adopt(config: Config): void {
    this.config = config;
    this.parts.processes.secure(config.global.scriptSecurity);
    applyToProcess(config.global, this.parts.options);
    this.reloadTimer.follow(config.global.reload);
  }

  /** A bug, in either thread: one does not go on without the other. */
  private readonly crashed = (error: Error): void => {
    const { log } = this.parts.errandPorts;
    log.write('error', `Baton has a bug and stops: ${error.stack ?? error.message}`);
    this.end(exitCodes.bug);
  };

  private takeSignals(): void {
    // By itself Node.js would wait for the pulse, which may wait for ever.
    process.on('uncaughtException', this.crashed);
    process.on('SIGTERM', () => {
      this.stop();
    });
    process.on('SIGINT', () => {
      this.stop();
    });
    process.on('SIGHUP', () => {
      void this.reload();
    });
    const { log, clock } = this.parts.errandPorts;
    takeDumpSignals({
      log,
      content: async () => {
        if (!this.begun) return null;
        const snapshot = await this.snapshot();
        return { config: this.config, snapshot, nowMs: clock.wallClockMs() };
      },
      clearStatistics: () => {
        if (this.begun) this.thread.send({ type: 'statistics-cleared' });
      },
    });
  }

  /** Opens the control socket; false where another Baton has it, for two would fight. */
  private async serve(): Promise<boolean> {
    const { socketPath } = this.parts;
    const { log } = this.parts.errandPorts;
    const server = await startControlServer({ path: socketPath, target: this.target(), log });
    if (server.ok) this.server = server.value;
    else log.write('error', server.error.message);
    return server.ok || server.error.code !== 'socket-in-use';
  }

  private started(): void {
    this.parts.serviceNotification.ready();
    this.parts.errandPorts.log.write('info', 'Startup complete');
  }

  private startFailed(error: KernelError): void {
    const permission = error.code === 'EPERM' || error.code === 'EACCES';
    const mending = permission
      ? 'run it as root, or with the capabilities NET_ADMIN and NET_RAW'
      : 'see docs/troubleshoot.md';
    this.parts.errandPorts.log.write(
      'error',
      `the kernel refuses ${error.call} (${error.code}): ${mending}`,
    );
    this.end(permission ? exitCodes.permission : exitCodes.failed);
  }

  private stop(): void {
    this.parts.errandPorts.log.write('notice', 'Stopping');
    this.parts.serviceNotification.stopping();
    this.stopping = true;
    if (this.begun) this.thread.send({ type: 'stop-requested' });
    else this.parts.processes.endRuns();
  }

  /** The addresses are off and the peers know: only scripts and mail may still be under way. */
  private async finished(): Promise<void> {
    await this.errands.stop(this.givingWay.done ? errandPatience : this.stopPatience());
    if (this.givingWay.done) await this.givingWay.told;
    this.end(exitCodes.done);
  }

  /** A service that stops with Baton has its own time for it. */
  private stopPatience(): Duration {
    const services = this.config.services.filter((service) => service.stopWithBaton);
    const longest = Math.max(0, ...services.map((service) => service.stopTimeout));
    return (longest + errandPatience) as Duration;
  }

  /** A reload is a transaction: a file with an error changes nothing. */
  private reload(): Promise<ReloadOutcome> {
    if (!this.begun) return Promise.resolve(failure('Baton is not started yet'));
    if (this.givingWay.isUnderWay) return Promise.resolve(failure(givesWay));
    const { serviceNotification, options, errandPorts } = this.parts;
    const { log } = errandPorts;
    const { marker, complaintsFile } = this.config.global.reload;
    log.write('notice', 'Reloading');
    const readAt = errandPorts.clock.now();
    serviceNotification.reloading();
    const read = whileMarked(marker, log, () => configurationForRun(options, log));
    serviceNotification.ready();
    writeComplaints(complaintsFile, read.complaints, log);
    if (read.config.ok) {
      const { config, remarks } = resettledConfig(read.config.value, this.config, options);
      for (const remark of remarks) log.write('warning', remark);
      this.adopt(config);
      this.configuredAt = readAt;
      this.thread.send({ type: 'config-replaced', config });
      log.write('notice', 'Reload complete');
      return Promise.resolve(success('configuration reloaded'));
    }
    const { text } = read.config.error;
    log.write('error', `${text}\nReload refused: the running configuration is unchanged`);
    errandPorts.journal.append({ kind: 'config', detail: 'reload refused: it has errors' });
    return Promise.resolve(failure(text));
  }

  /** The core decides; its journal tells what came of it. */
  private reloadService(name: string): Promise<ReloadOutcome> {
    const services = this.config.services.map((service) => service.name);
    if (!services.includes(name)) {
      const known =
        services.length === 0 ? 'none is configured' : `there are: ${services.join(', ')}`;
      return Promise.resolve(failure(`there is no service ${name}; ${known}`));
    }
    return new Promise((resolve) => {
      const unsubscribe = this.parts.errandPorts.journal.subscribe(({ entry }) => {
        if (entry.kind !== 'service' || entry.service !== name) return;
        unsubscribe();
        const text = `${name}: ${entry.detail}`;
        resolve(entry.detail === 'reloading' ? success(text) : failure(text));
      });
      this.thread.send({ type: 'service-reload-requested', service: name });
    });
  }

  private snapshot(): Promise<Snapshot> {
    this.lastSnapshotId += 1;
    const id = this.lastSnapshotId;
    return new Promise((resolve) => {
      this.snapshots.set(id, resolve);
      this.thread.send({ type: 'snapshot-requested', id });
    });
  }

  private async pass(instance: string | null): Promise<PassOutcome> {
    const { instances } = await this.snapshot();
    const named = instances.filter((one) => instance === null || one.name === instance);
    if (instance !== null && named.length === 0) {
      const names = instances.map((one) => one.name).join(', ');
      return failure(`there is no instance ${instance}; there are: ${names}`);
    }
    const masters = named.filter((one) => one.state === 'Master').map((one) => one.name);
    if (masters.length === 0) return failure('nothing to pass on: not Master here');
    // It would be lost on this one.
    if (this.givingWay.isUnderWay) return failure(givesWay);
    this.thread.send({ type: 'pass-requested', instance });
    return success(`passed on ${masters.join(', ')}`);
  }

  private target(): ControlTarget {
    return {
      identity: this.parts.identity,
      journal: this.parts.errandPorts.journal,
      snapshot: () => this.snapshot(),
      pass: (instance) => this.pass(instance),
      reload: (service) => (service === null ? this.reload() : this.reloadService(service)),
      upgrade: () => this.givingWay.upgrade(),
      giveWay: (request) => this.givingWay.giveWay(request),
      told: () => {
        this.givingWay.successorTold();
      },
      stop: () => {
        this.stop();
      },
    };
  }
}
