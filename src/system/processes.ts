/**
 * Child processes. Each leads a process group of its own, so that all that it
 * started can be ended with it, and its end is that of the process itself:
 * daemons that it leaves behind may keep its output open for as long as they like.
 */
import { readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { milliseconds, toMilliseconds, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { ScriptSecurityConfig } from '../model/config.ts';
import type { ScriptOutcome } from '../model/core-event.ts';
import type { LogSink } from '../ports/log.ts';
import type {
  FinishedProcess,
  NamedProcess,
  Processes,
  StartedProcess,
} from '../ports/processes.ts';
import { Launcher } from './launch.ts';
import { OutputFile, OutputTail } from './process-output.ts';
import { groupVanishes, signalGroup } from './process-group.ts';
import { readAgeMs, readLivingProcess } from './process-status.ts';

/** How long a process group has after SIGTERM until it is sent SIGKILL. */
const killDelay = milliseconds(2_000);

/** Output streams of processes that ended, which daemons of theirs still hold open. */
const lingeringLimit = 64;

/** A pid file is written after its process began; both clocks are coarse. */
const pidFileToleranceMs = 2_000;

/** How long processes may take to vanish after SIGKILL. */
const vanishLimit = milliseconds(1_000);

export class NodeProcesses implements Processes {
  private readonly log: LogSink;
  private readonly launcher: Launcher;
  private readonly runningGroups = new Set<number>();
  private readonly lingering = new Set<Socket>();

  constructor({ log }: { readonly log: LogSink }) {
    this.log = log;
    this.launcher = new Launcher({ log });
  }

  /** How programs are to be started from now on. */
  secure(security: ScriptSecurityConfig): void {
    this.launcher.security = security;
  }

  async run(command: Command, timeout: Duration): Promise<FinishedProcess> {
    const launched = this.launcher.launch(command, ['ignore', 'pipe', 'pipe']);
    if (launched.type === 'impossible') return notExecutable(launched.reason);
    const { child, ended } = launched;
    const tail = new OutputTail();
    const streams = [child.stdout, child.stderr].filter((one) => one instanceof Socket);
    for (const stream of streams) {
      stream.on('data', (chunk: Buffer) => {
        tail.add(chunk);
      });
    }
    const { pid } = child;
    if (pid !== undefined) this.runningGroups.add(pid);
    const outcome = pid === undefined ? await ended : await withTimeout(pid, ended, timeout);
    // What was printed before the end is in the pipes by now; one turn of the loop reads it.
    await pause(0);
    if (pid !== undefined) this.runningGroups.delete(pid);
    for (const stream of streams) this.letLinger(stream);
    return { outcome, output: tail.toString() };
  }

  start(command: Command): StartedProcess {
    const file = OutputFile.open();
    const sink = file?.descriptor ?? 'ignore';
    const launched = this.launcher.launch(command, ['ignore', sink, sink]);
    if (launched.type === 'impossible') {
      file?.close();
      return { processId: null, finished: Promise.resolve(notExecutable(launched.reason)) };
    }
    const { child, ended } = launched;
    child.unref();
    return {
      processId: child.pid ?? null,
      finished: ended.then((outcome) => ({ outcome, output: file?.close() ?? '' })),
    };
  }

  endRuns(): void {
    for (const group of this.runningGroups) signalGroup(group, 'SIGTERM');
  }

  async readPidFile(path: string): Promise<NamedProcess | null> {
    const [text, file] = await Promise.all([
      readFile(path, 'latin1').catch(() => ''),
      stat(path).catch(() => null),
    ]);
    const processId = Number(/^\s*(\d{1,10})\s*$/.exec(text)?.[1] ?? 0);
    if (processId === 0 || file === null) return null;
    const status = readLivingProcess(processId);
    const ageMs = status === null ? null : readAgeMs(status);
    if (status === null || ageMs === null) return null;
    const fileAgeMs = Date.now() - file.mtimeMs;
    const youngerThanFile = ageMs + pidFileToleranceMs < fileAgeMs;
    return { processId, commandName: status.commandName, youngerThanFile };
  }

  isAlive(processId: number): Promise<boolean> {
    return Promise.resolve(readLivingProcess(processId) !== null);
  }

  signal(processId: number, signal: NodeJS.Signals): boolean {
    try {
      return process.kill(processId, signal);
    } catch {
      return false; // ESRCH; or EPERM, and then it is not the process that was meant.
    }
  }

  async endGroup(processGroupId: number, patience: Duration): Promise<void> {
    if (!signalGroup(processGroupId, 'SIGTERM')) return;
    if (await groupVanishes(processGroupId, patience)) return;
    signalGroup(processGroupId, 'SIGKILL');
    await groupVanishes(processGroupId, vanishLimit);
  }

  /** Goes on reading for those who still write there, so that they neither block nor break. */
  private letLinger(stream: Socket): void {
    if (stream.destroyed || stream.readableEnded) return;
    stream.removeAllListeners('data');
    stream.resume();
    stream.unref();
    this.lingering.add(stream);
    stream.once('close', () => this.lingering.delete(stream));
    const [longest] = this.lingering;
    if (this.lingering.size <= lingeringLimit || longest === undefined) return;
    longest.destroy();
    this.log.write(
      'warning',
      `More than ${String(lingeringLimit)} outputs of ended commands are still held open; ` +
        'the oldest is closed',
    );
  }
}

/** The outcome, or `timed-out` once the group is told to end and the process did, or was killed. */
async function withTimeout(
  group: number,
  ended: Promise<ScriptOutcome>,
  timeout: Duration,
): Promise<ScriptOutcome> {
  const timedOut: ScriptOutcome = { type: 'timed-out' };
  const outcome = await within(ended, timeout);
  if (outcome !== null) return outcome;
  signalGroup(group, 'SIGTERM');
  // The timer stays: others of the group may ignore SIGTERM where its leader has obeyed.
  const killed = pause(toMilliseconds(killDelay)).then(() => signalGroup(group, 'SIGKILL'));
  await Promise.race([ended, killed]);
  return timedOut;
}

/** What the promise resolves to; null where it takes longer than that. */
async function within<Value>(promise: Promise<Value>, limit: Duration): Promise<Value | null> {
  const timer = new AbortController();
  const { signal } = timer;
  const late = pause(toMilliseconds(limit), null, { signal }).catch(() => null);
  const first = await Promise.race([promise, late]);
  timer.abort();
  return first;
}

function notExecutable(reason: string): FinishedProcess {
  return { outcome: { type: 'not-executable', reason }, output: '' };
}
