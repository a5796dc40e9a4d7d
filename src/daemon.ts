/**
 * `baton run` on the main thread: it starts the pulse thread, runs its errands,
 * serves the control socket and takes signals. What is prompt happens over there.
 */
import { appendFileSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Identity, PassOutcome, ReloadOutcome } from './api/contract.ts';
import type { ControlTarget } from './api/control-target.ts';
import { takeDumpSignals } from './dump.ts';
import { startControlServer, type ControlServer } from './api/server.ts';
import { failure, success, type Result } from './base/result.ts';
import { seconds, type Duration } from './base/units.ts';
import { hasErrors } from './cli/check-report.ts';
import type { RunOptions } from './cli/run-options.ts';
import { formatDiagnostic } from './config/diagnostic.ts';
import { readConfiguration } from './configuration.ts';
import { UnixDatagramSender } from './linux/unix-datagram.ts';
import { enterNetwork } from './linux/namespace.ts';
import { MonotonicClock } from './linux/monotonic-clock.ts';
import type { Config } from './model/config.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { LogSink } from './ports/log.ts';
import type { KernelError } from './ports/network.ts';
import { ErrandRunner, type ErrandPorts } from './runtime/errand-runner.ts';
import { Journal } from './runtime/journal.ts';
import { NotifyFifos } from './system/fifos.ts';
import { LogFanOut } from './system/log-fan-out.ts';
import { SmtpMailSender } from './system/mail-sender.ts';
import { NodeTimer } from './system/node-timer.ts';
import { PidFile } from './system/pid-file.ts';
import { NodeProbes } from './system/probes.ts';
import { NodeProcesses } from './system/processes.ts';
import { PulseThread } from './system/pulse-thread.ts';
import { ServiceNotification } from './system/service-notification.ts';
import { Syslog } from './system/syslog.ts';
import { TextLog } from './system/text-log.ts';
import { WatchedFiles } from './system/tracked-files.ts';

/** Why a configuration is not taken. */
interface Refusal {
  readonly text: string;
  /** `--lenient` would take it all the same. */
  readonly lenientHelps: boolean;
}

/** What the daemon is made of. */
interface DaemonParts {
  readonly errandPorts: ErrandPorts;
  readonly serviceNotification: ServiceNotification;
  readonly identity: Identity;
  readonly socketPath: string;
  /** Reads the configuration; an error is the diagnostics as text, ready to print. */
  readonly readConfiguration: () => Result<Config, Refusal>;
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
  private lastSnapshotId = 0;
  private config: Config | null = null;
  private server: ControlServer | null = null;
  private end: (exitCode: number) => void = () => undefined;

  /** Loads the pulse thread's code at once, beside whatever the caller does next. */
  constructor(parts: DaemonParts) {
    this.parts = parts;
    this.thread = new PulseThread(new URL('./pulse.js', import.meta.url), {
      started: () => {
        this.started();
      },
      startFailed: (error) => {
        this.startFailed(error);
      },
      effects: (effects) => {
        this.errands.execute(effects);
      },
      crashed: (error) => {
        parts.errandPorts.log.write(
          'error',
          `Baton has a bug and stops: ${error.stack ?? error.message}`,
        );
        this.end(exitCodes.bug);
      },
      ended: () => undefined,
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
    const config = this.parts.readConfiguration();
    if (!config.ok) {
      const { text, lenientHelps } = config.error;
      const way = lenientHelps ? '\n--lenient starts in spite of errors, as keepalived would' : '';
      this.parts.errandPorts.log.write('error', `${text}${way}`);
      this.abandon();
      return exitCodes.configuration;
    }
    this.config = config.value;
    if (!(await this.serve())) {
      this.abandon();
      return exitCodes.failed;
    }
    this.takeSignals();
    this.thread.begin(config.value);
    const exitCode = await ended;
    this.server?.close();
    this.abandon();
    return exitCode;
  }

  private takeSignals(): void {
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
        const snapshot = await this.snapshot();
        const { config } = this;
        return config === null ? null : { config, snapshot, nowMs: clock.wallClockMs() };
      },
      clearStatistics: () => {
        this.thread.send({ type: 'statistics-cleared' });
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
    this.thread.send({ type: 'stop-requested' });
  }

  /** The addresses are off and the peers know: only scripts and mail may still be under way. */
  private async finished(): Promise<void> {
    await this.errands.stop(this.stopPatience());
    this.parts.errandPorts.log.write('notice', 'Stopped');
    this.end(exitCodes.done);
  }

  /** A service that stops with Baton has its own time for it. */
  private stopPatience(): Duration {
    const services = this.config?.services.filter((service) => service.stopWithBaton) ?? [];
    const longest = Math.max(0, ...services.map((service) => service.stopTimeout));
    return (longest + errandPatience) as Duration;
  }

  /** A reload is a transaction: a file with an error changes nothing. */
  private reload(): Promise<ReloadOutcome> {
    const { serviceNotification } = this.parts;
    const { log } = this.parts.errandPorts;
    log.write('notice', 'Reloading');
    serviceNotification.reloading();
    const config = this.parts.readConfiguration();
    serviceNotification.ready();
    if (config.ok) {
      this.config = config.value;
      this.thread.send({ type: 'config-replaced', config: config.value });
      log.write('notice', 'Reload complete');
      return Promise.resolve(success('configuration reloaded'));
    }
    const { text } = config.error;
    log.write('error', `${text}\nReload refused: the running configuration is unchanged`);
    this.parts.errandPorts.journal.append({
      kind: 'config',
      detail: 'reload refused: it has errors',
    });
    return Promise.resolve(failure(text));
  }

  /** The core decides; its journal tells what came of it. */
  private reloadService(name: string): Promise<ReloadOutcome> {
    const services = this.config?.services.map((service) => service.name) ?? [];
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

  /** A process that exits waits for its threads: the pulse must not sit in its wait then. */
  private abandon(): void {
    this.thread.close();
    this.thread.wake();
  }
}

/** Runs Baton as `options` say until it ends; the value is the exit code. */
export async function runDaemon(options: RunOptions, version: string): Promise<number> {
  if (options.umask !== null) process.umask(options.umask);
  const clock = new MonotonicClock();
  const datagrams = new UnixDatagramSender();
  const log = openLog(options, { clock, datagrams });
  log.write('notice', `Starting Baton ${version}`);
  for (const note of options.notes) log.write('notice', note);
  const refusal = enterNamespace(options.namespace);
  if (refusal !== null) {
    log.write('error', refusal);
    return exitCodes.failed;
  }
  const pidFile = PidFile.create(options.pidPath);
  if (!pidFile.ok) {
    log.write('error', pidFile.error);
    return /^E(?:ACCES|PERM|ROFS)\b/.test(pidFile.error) ? exitCodes.permission : exitCodes.failed;
  }
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
    socketPath: options.socketPath,
    readConfiguration: () => configurationFor(options, log),
  });
  try {
    return await daemon.run();
  } finally {
    pidFile.value.remove();
  }
}

/** The configuration, unless it has errors and `--lenient` does not overlook them. */
function configurationFor(options: RunOptions, log: LogSink): Result<Config, Refusal> {
  const { config, diagnostics, files } = readConfiguration({
    path: options.configurationPath,
    configId: options.configId,
    requireIncludes: options.requireIncludes,
  });
  const levels = { error: 'error', warning: 'warning', note: 'info' } as const;
  // Where there is no file at all there is nothing to be lenient with: keepalived exits too.
  const nothingRead = diagnostics.some(
    ({ code, span }) => code === 'file-unreadable' && span === null,
  );
  const refused = nothingRead || (hasErrors(diagnostics) && !options.lenient);
  for (const diagnostic of diagnostics) {
    if (refused && diagnostic.severity === 'error') continue;
    log.write(levels[diagnostic.severity], formatDiagnostic(diagnostic, files));
  }
  if (!refused) return success(config);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const text = errors.map((diagnostic) => formatDiagnostic(diagnostic, files)).join('\n');
  return failure({ text, lenientHelps: !nothingRead });
}

function openLog(
  options: RunOptions,
  parts: { readonly clock: MonotonicClock; readonly datagrams: UnixDatagramSender },
): LogSink {
  const { stderr, syslogFacility, file, detail } = options.log;
  const { clock, datagrams } = parts;
  const sinks: LogSink[] = [];
  if (stderr) sinks.push(new TextLog({ clock, print: (text) => process.stderr.write(text) }));
  if (syslogFacility !== null) {
    sinks.push(new Syslog({ facility: syslogFacility, processId: process.pid, clock, datagrams }));
  }
  if (file !== null) {
    const descriptor = openSync(file, 'a', 0o600);
    sinks.push(
      new TextLog({
        clock,
        print: (text) => {
          appendFileSync(descriptor, text);
        },
      }),
    );
  }
  return new LogFanOut({ sinks, lowest: detail > 0 ? 'debug' : 'info' });
}

/** Enters a network namespace that `ip netns` knows by this name; an error is a sentence. */
function enterNamespace(name: string | null): string | null {
  if (name === null) return null;
  const path = `/run/netns/${name}`;
  const error = enterNetwork(path);
  return error === null ? null : `can't enter the network namespace ${path}: ${error.code}`;
}
