/**
 * Finds, starts, stops, reloads and tests services. When and why is the core's to
 * decide; here is what these words mean to processes.
 *
 * A service is known by its pid file. Most daemons write it after the command
 * that started them has ended, so a start is a race: whichever tells first, the
 * file that names a process, or the failure of the command.
 */
import { after, milliseconds, seconds, toSeconds, type Duration } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { ServiceConfig } from '../model/service-config.ts';
import type {
  ServiceFound,
  ServiceStarted,
  ServiceStartFailed,
  ServiceTested,
} from '../model/core-event.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogSink } from '../ports/log.ts';
import type {
  FinishedProcess,
  NamedProcess,
  Processes,
  StartedProcess,
} from '../ports/processes.ts';
import type { Timer } from '../ports/timer.ts';
import { describeFailure, succeeded, tellingLine } from './process-words.ts';

export interface ServiceKeeperPorts {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: LogSink;
}

/** What processes of a dead service get to end by themselves. */
const leftoverPatience = milliseconds(100);

/** How often a pid file is looked at: often enough that nobody waits for Baton. */
const lookInterval = milliseconds(2);
const laterLookInterval = milliseconds(20);
/** A start that takes longer than this is looked at less often. */
const promptStart = milliseconds(500);

const commandTimeout = seconds(30);

/** The kernel keeps that much of a program's name (TASK_COMM_LEN less its NUL). */
const commandNameLimit = 15;

export class ServiceKeeper {
  private readonly ports: ServiceKeeperPorts;

  constructor(ports: ServiceKeeperPorts) {
    this.ports = ports;
  }

  async find(service: ServiceConfig): Promise<ServiceFound> {
    const processId = await this.runningProcess(service);
    return { type: 'service-found', service: service.name, processId };
  }

  async start(
    service: ServiceConfig,
    formerProcessId: number | null,
  ): Promise<ServiceStarted | ServiceStartFailed> {
    if (formerProcessId !== null) await this.endLeftovers(formerProcessId);
    const running = await this.runningProcess(service);
    if (running !== null) return started(service, running);
    return this.awaitStart(service, this.ports.processes.start(service.start));
  }

  /** Ends the service: as configured, and after `stopTimeout` by force. */
  async stop(service: ServiceConfig, processId: number): Promise<void> {
    const { processes, log } = this.ports;
    const asked =
      service.stop !== null && (await this.command(`stop ${service.name}`, service.stop));
    if (!asked) processes.signal(processId, 'SIGTERM');
    if (await this.ends(processId, service.stopTimeout)) return;
    const limit = `${toSeconds(service.stopTimeout)} s`;
    log.write('warning', `Service ${service.name}: did not stop within ${limit}, killing it`);
    processes.signal(processId, 'SIGKILL');
    await this.ends(processId, seconds(1));
    await this.endLeftovers(processId);
  }

  async reload(service: ServiceConfig, processId: number): Promise<void> {
    if (service.reload === null) this.ports.processes.signal(processId, 'SIGHUP');
    else await this.command(`reload ${service.name}`, service.reload);
  }

  async test(service: string, command: Command): Promise<ServiceTested> {
    const finished = await this.ports.processes.run(command, commandTimeout);
    const passed = succeeded(finished);
    const detail = passed ? tellingLine(finished.output) : describeFailure(finished);
    return { type: 'service-tested', service, passed, detail };
  }

  /**
   * Ends what a dead process has left of its group. nginx's workers outlive a master
   * that was killed and hold the listening socket, so that a new one could not bind.
   */
  private async endLeftovers(processId: number): Promise<void> {
    const { processes } = this.ports;
    // Where the leader lives, the number is another process's by now.
    if (await processes.isAlive(processId)) return;
    await processes.endGroup(processId, leftoverPatience);
  }

  private async runningProcess(service: ServiceConfig): Promise<number | null> {
    const named = await this.ports.processes.readPidFile(service.pidFile);
    return named !== null && isService(named, service.start) ? named.processId : null;
  }

  private async awaitStart(
    service: ServiceConfig,
    command: StartedProcess,
  ): Promise<ServiceStarted | ServiceStartFailed> {
    const { clock } = this.ports;
    const begun = clock.now();
    const deadline = after(begun, service.startTimeout);
    let ended = await this.endSoFar(command);
    for (;;) {
      const processId = await this.runningProcess(service);
      if (processId !== null) return started(service, processId);
      // The look came after the end: what the command left running would have been found.
      if (ended !== null && !succeeded(ended)) return startFailed(service, describeFailure(ended));
      const now = clock.now();
      if (now >= deadline) break;
      const prompt = now < after(begun, promptStart);
      await this.pause(prompt ? lookInterval : laterLookInterval);
      ended = await this.endSoFar(command);
    }
    // A command that is still there is the service itself, one that writes no pid file.
    if (ended === null && command.processId !== null) return started(service, command.processId);
    const limit = `${toSeconds(service.startTimeout)} s`;
    return startFailed(service, `${service.pidFile} names no running process after ${limit}`);
  }

  /** How the command has ended; null while it runs. */
  private endSoFar(command: StartedProcess): Promise<FinishedProcess | null> {
    return Promise.race([command.finished, Promise.resolve(null)]);
  }

  /** Whether the process is gone within that time. */
  private async ends(processId: number, patience: Duration): Promise<boolean> {
    const { processes, clock } = this.ports;
    const deadline = after(clock.now(), patience);
    while (await processes.isAlive(processId)) {
      if (clock.now() >= deadline) return false;
      await this.pause(lookInterval);
    }
    return true;
  }

  /** Runs a command of a service; a failure is logged. */
  private async command(what: string, command: Command): Promise<boolean> {
    const finished = await this.ports.processes.run(command, commandTimeout);
    if (succeeded(finished)) return true;
    this.ports.log.write('error', `Command to ${what} failed: ${describeFailure(finished)}`);
    return false;
  }

  private pause(length: Duration): Promise<void> {
    return new Promise((resolve) => {
      this.ports.timer.after(length, resolve);
    });
  }
}

/**
 * Whether a process that a pid file names is the service. The number in a stale
 * file may have been used again: then the process is younger than the file. A
 * clock that was set says the same of the service itself, but that has its name.
 */
function isService(named: NamedProcess, start: Command): boolean {
  const program = start.program.slice(start.program.lastIndexOf('/') + 1);
  return named.commandName === program.slice(0, commandNameLimit) || !named.youngerThanFile;
}

function started(service: ServiceConfig, processId: number): ServiceStarted {
  return { type: 'service-started', service: service.name, processId };
}

function startFailed(service: ServiceConfig, reason: string): ServiceStartFailed {
  return { type: 'service-start-failed', service: service.name, reason };
}
