/** `baton run`, put together: from the command line to a daemon with all its adapters. */
import { resolve } from 'node:path';
import { controlClient } from './api/client.ts';
import { failure, success, type Result } from './base/result.ts';
import { after, seconds, type Instant } from './base/units.ts';
import type { RunOptions } from './cli/run-options.ts';
import { daemonName, runPlaces } from './cli/run-places.ts';
import { configurationForRun } from './configuration.ts';
import { Daemon, exitCodes, type Predecessor } from './daemon.ts';
import { MonotonicClock } from './linux/monotonic-clock.ts';
import { enterNamedNetwork } from './linux/namespace.ts';
import { UnixDatagramSender } from './linux/unix-datagram.ts';
import { successionFormat } from './model/succession.ts';
import type { ErrandPorts } from './runtime/errand-runner.ts';
import { Journal } from './runtime/journal.ts';
import { DaemonLog } from './system/daemon-log.ts';
import { NotifyFifos } from './system/fifos.ts';
import { applyToProcess, makeDirectoryOf, settledConfig } from './system/host-settings.ts';
import { SmtpMailSender } from './system/mail-sender.ts';
import { NodeTimer } from './system/node-timer.ts';
import { PidFile } from './system/pid-file.ts';
import { isAlone } from './system/presence.ts';
import { NodeProbes } from './system/probes.ts';
import { NodeProcesses } from './system/processes.ts';
import { startRecording } from './system/recording-file.ts';
import { ServiceNotification } from './system/service-notification.ts';
import { WatchedFiles } from './system/tracked-files.ts';

/** For the one that is asked to give way; the client waits for its answer a little longer. */
const givingWayPatience = seconds(4);

/** Runs Baton as `options` say until it ends; the value is the exit code. */
export async function runDaemon(options: RunOptions, version: string): Promise<number> {
  if (options.umask !== null) process.umask(options.umask);
  const clock = new MonotonicClock();
  const datagrams = new UnixDatagramSender();
  const log = new DaemonLog({ ...options.log, clock, datagrams });
  log.write('notice', `Starting Baton ${version}`);
  for (const note of options.notes) log.write('notice', note);
  const configuredAt = clock.now();
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
  const found = options.takeover
    ? await findPredecessor(socketPath, clock, configuredAt)
    : success(null);
  if (!found.ok) {
    log.write('error', found.error);
    return exitCodes.failed;
  }
  const predecessor = found.value;
  if (options.takeover && predecessor === null) {
    log.write('notice', 'No Baton runs whose place could be taken: starting');
  }
  const pidFile = ownPidFile(pidPath, predecessor?.processId ?? null);
  // Where another runs it is that one's until its place is taken.
  const refused = predecessor === null ? pidFile.create() : null;
  if (refused !== null) {
    log.write('error', refused);
    return /^E(?:ACCES|PERM|ROFS)\b/.test(refused) ? exitCodes.permission : exitCodes.failed;
  }
  if (name !== null) log.write('notice', `Control socket ${socketPath}`);
  const processes = new NodeProcesses({ log });
  const daemon = new Daemon({
    errandPorts: errandPortsOf({ processes, log, clock }),
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
    predecessor: predecessor && { ...predecessor, succeeded: pidFile.create },
    pulseStart: { statePath, alone: await isAlone(process.pid, predecessor?.processId ?? null) },
    options,
    config,
    configuredAt,
    recording: await startRecording(options.recording, { version, log }),
  });
  try {
    return await daemon.run();
  } finally {
    pidFile.remove();
  }
}

function errandPortsOf(common: {
  readonly processes: NodeProcesses;
  readonly log: DaemonLog;
  readonly clock: MonotonicClock;
}): ErrandPorts {
  const { processes, log, clock } = common;
  const timer = new NodeTimer();
  return {
    ...common,
    fifos: new NotifyFifos({ processes, log, timer }),
    files: new WatchedFiles({ log }),
    probes: new NodeProbes({ processes }),
    mailSender: new SmtpMailSender(),
    journal: new Journal(clock),
    timer,
  };
}

interface OwnPidFile {
  /** Answers why it can't be; null: it names this process now. */
  readonly create: () => string | null;
  readonly remove: () => void;
}

function ownPidFile(path: string, predecessor: number | null): OwnPidFile {
  let file: PidFile | null = null;
  return {
    create: () => {
      const created = PidFile.create(path, { predecessor });
      if (!created.ok) return created.error;
      file = created.value;
      return null;
    },
    remove: () => {
      file?.remove();
    },
  };
}

/** The Baton that answers there; null: nobody does. Fails where it may not be asked. */
async function findPredecessor(
  socketPath: string,
  clock: MonotonicClock,
  configuredAt: Instant,
): Promise<Result<Omit<Predecessor, 'succeeded'> | null, string>> {
  const client = controlClient(socketPath);
  const status = await client.status();
  if (!status.ok) {
    const { code, message } = status.error;
    return code === 'not-running' ? success(null) : failure(message);
  }
  const { processId } = status.value.identity;
  return success({
    processId,
    giveWay: async () => {
      const notAfter = after(clock.now(), givingWayPatience);
      const asked = { processId: process.pid, format: successionFormat };
      const request = { ...asked, configuredAt, notAfter };
      const answer = await client.succeed(request);
      return answer.ok ? answer.value : failure(answer.error.message);
    },
  });
}
