/**
 * `baton run` on the main thread: it starts the pulse thread, runs its errands,
 * serves the control socket and takes signals. What is prompt happens over there.
 */
import { resolve } from 'node:path';
import type { Identity, PassOutcome, ReloadOutcome } from './api/contract.ts';
import type { ControlTarget } from './api/control-target.ts';
import { takeDumpSignals } from './dump.ts';
import { startControlServer, type ControlServer } from './api/server.ts';
import { failure, success } from './base/result.ts';
import { seconds, zero, type Duration } from './base/units.ts';
import type { RunOptions } from './cli/run-options.ts';
import { daemonName, runPlaces } from './cli/run-places.ts';
import { configurationForRun } from './configuration.ts';
import { UnixDatagramSender } from './linux/unix-datagram.ts';
import { enterNamedNetwork } from './linux/namespace.ts';
import { MonotonicClock } from './linux/monotonic-clock.ts';
import type { Config } from './model/config.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { KernelError } from './ports/network.ts';
import { ErrandRunner, type ErrandPorts } from './runtime/errand-runner.ts';
import { Journal } from './runtime/journal.ts';
import { runLifetimeScript, type LifetimeScript } from './runtime/lifetime-script.ts';
import { DaemonLog } from './system/daemon-log.ts';
import { NotifyFifos } from './system/fifos.ts';
import { applyToProcess, makeDirectoryOf } from './system/host-settings.ts';
import { resettledConfig, settledConfig } from './system/host-settings.ts';
import { SmtpMailSender } from './system/mail-sender.ts';
import { NodeTimer } from './system/node-timer.ts';
import { PidFile } from './system/pid-file.ts';
import { NodeProbes } from './system/probes.ts';
import { NodeProcesses } from './system/processes.ts';
import { isAlone } from './system/presence.ts';
import { PulseThread, type PulseStart } from './system/pulse-thread.ts';
import { whileMarked, writeComplaints } from './system/reload-files.ts';
import { startRecording, type Recording } from './system/recording-file.ts';
import { ReloadTimer } from './system/reload-timer.ts';
import { ServiceNotification } from './system/service-notification.ts';
import { WatchedFiles } from './system/tracked-files.ts';

/** What the daemon is made of. */
interface DaemonParts {
  readonly errandPorts: ErrandPorts;
  readonly processes: NodeProcesses;
  readonly serviceNotification: ServiceNotification;
  readonly identity: Identity;
  readonly socketPath: string;
  readonly pulseStart: Omit<PulseStart, 'config'>;
  readonly options: RunOptions;
  /** What to begin with. */
  readonly config: Config;
  readonly recording: Recording | null;
}

/** keepalived's exit codes for a run that could not be. */
const exitCodes = { done: 0, failed: 1, configuration: 2, permission: 4, bug: 70 } as const;

/** How long a stop waits for notify scripts and mail (keepalived: about a second). */
const errandPatience = seconds(1);

class Daemon {
  private readonly parts: DaemonParts;
  private readonly thread: PulseThread;
  private readonly errands: ErrandRunner;
  private readonly snapshots = new Map<number, (snapshot: Snapshot) => void>();
  private readonly reloadTimer: ReloadTimer;
  private lastSnapshotId = 0;
  private config: Config;
  /** The pulse has its configuration, so that it takes events. */
  private begun = false;
  private stopping = false;
  private server: ControlServer | null = null;
  private end: (exitCode: number) => void = () => undefined;

  /** Loads the pulse thread's code at once, beside whatever the caller does next. */
  constructor(parts: DaemonParts) {
    this.parts = parts;
    this.config = parts.config;
    this.reloadTimer = new ReloadTimer({
      ...parts.errandPorts,
      reload: () => {
        void this.reload();
      },
    });
    const recording = parts.recording?.worker ?? null;
    this.thread = new PulseThread(new URL('./pulse.js', import.meta.url), recording, {
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
      onFinish: () => {
        void this.finished();
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
    await this.runScript({ kind: 'Startup', script });
    const exitCode = this.stopping ? exitCodes.done : await this.takePart(ended);
    return this.wentDown(exitCode);
  }

  private async takePart(ended: Promise<number>): Promise<number> {
    if (!(await this.serve())) return exitCodes.failed;
    this.begun = true;
    this.thread.begin({ config: this.config, ...this.parts.pulseStart });
    if (this.stopping) this.thread.send({ type: 'stop-requested' });
    return ended;
  }

  /** All is taken down: what is left is the last script. */
  private async wentDown(exitCode: number): Promise<number> {
    this.reloadTimer.close();
    await this.runScript({ kind: 'Shutdown', script: this.config.global.shutdownScript });
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
    await this.errands.stop(this.stopPatience());
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
    const { serviceNotification, options, errandPorts } = this.parts;
    const { log } = errandPorts;
    const { marker, complaintsFile } = this.config.global.reload;
    log.write('notice', 'Reloading');
    serviceNotification.reloading();
    const read = whileMarked(marker, log, () => configurationForRun(options, log));
    serviceNotification.ready();
    writeComplaints(complaintsFile, read.complaints, log);
    if (read.config.ok) {
      const { config, remarks } = resettledConfig(read.config.value, this.config, options);
      for (const remark of remarks) log.write('warning', remark);
      this.adopt(config);
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
      stop: () => {
        this.stop();
      },
    };
  }
}

/** Runs Baton as `options` say until it ends; the value is the exit code. */
export async function runDaemon(options: RunOptions, version: string): Promise<number> {
  if (options.umask !== null) process.umask(options.umask);
  const clock = new MonotonicClock();
  const datagrams = new UnixDatagramSender();
  const log = new DaemonLog({ ...options.log, clock, datagrams });
  log.write('notice', `Starting Baton ${version}`);
  for (const note of options.notes) log.write('notice', note);
  const read = configurationForRun(options, log).config;
  if (!read.ok) {
    const { text, lenientHelps } = read.error;
    const way = lenientHelps ? '\n--lenient starts in spite of errors, as keepalived would' : '';
    log.write('error', `${text}${way}`);
    return exitCodes.configuration;
  }
  const config = settledConfig(read.value, options);
  const { global } = config;
  const name = daemonName(global);
  if (name !== null) log.identify(name);
  applyToProcess(global, options);
  // Before anything is opened, or a thread is made that could not follow.
  const refusal = enterNamedNetwork(global.networkNamespace);
  if (refusal !== null) {
    log.write('error', refusal);
    return exitCodes.failed;
  }
  const { pidPath, socketPath, statePath } = runPlaces(options, global);
  for (const path of [pidPath, socketPath]) makeDirectoryOf(path);
  const pidFile = PidFile.create(pidPath);
  if (!pidFile.ok) {
    log.write('error', pidFile.error);
    return /^E(?:ACCES|PERM|ROFS)\b/.test(pidFile.error) ? exitCodes.permission : exitCodes.failed;
  }
  if (name !== null) log.write('notice', `Control socket ${socketPath}`);
  const processes = new NodeProcesses({ log });
  const timer = new NodeTimer();
  const daemon = new Daemon({
    errandPorts: {
      processes,
      fifos: new NotifyFifos({ processes, log, timer }),
      files: new WatchedFiles({ log }),
      probes: new NodeProbes({ processes }),
      mailSender: new SmtpMailSender(),
      log,
      journal: new Journal(clock),
      clock,
      timer,
    },
    processes,
    serviceNotification: new ServiceNotification({
      socketPath: process.env['NOTIFY_SOCKET'],
      processId: process.pid,
      clock,
      datagrams,
    }),
    identity: {
      version,
      processId: process.pid,
      startedAtMs: clock.wallClockMs(),
      configurationPath: resolve(options.configurationPath),
    },
    socketPath,
    pulseStart: { statePath, alone: await isAlone(process.pid) },
    options,
    config,
    recording: await startRecording(options.recording, { version, log }),
  });
  try {
    return await daemon.run();
  } finally {
    pidFile.value.remove();
  }
}
