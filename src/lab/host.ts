/** One of the two hosts: nginx, a daemon that holds the virtual address, and a UDP responder. */
import { fileURLToPath } from 'node:url';
import { assert } from '../base/assert.ts';
import {
  checkScript,
  checkScriptPath,
  keepalivedConfiguration,
  keepalivedConfigurationPath,
  nginxPath,
  serviceConfiguration,
  serviceConfigurationPath,
} from './article-configuration.ts';
import { udpPort } from './client-process.ts';
import { Daemon } from './daemon.ts';
import type { Machine } from './machine.ts';
import {
  breakConfiguration,
  frontEndConfiguration,
  nginxConfigurationPath,
} from './nginx-configuration.ts';
import type { DaemonKind, HostName } from './pair.ts';
import type { WebServerKind } from './web-server.ts';
import { installWebServer } from './web-server.ts';

export interface HostOptions {
  readonly name: HostName;
  readonly machine: Machine;
  readonly daemonKind: DaemonKind;
  readonly onLogLine: (line: string) => void;
}

export class Host {
  readonly name: HostName;
  readonly machine: Machine;
  readonly daemonKind: DaemonKind;
  readonly #onLogLine: (line: string) => void;
  #daemon: Daemon | null = null;

  constructor({ name, machine, daemonKind, onLogLine }: HostOptions) {
    this.name = name;
    this.machine = machine;
    this.daemonKind = daemonKind;
    this.#onLogLine = onLogLine;
  }

  /** Writes the article's files, then starts nginx and the responder. */
  async furnish(webServer: WebServerKind): Promise<void> {
    const { machine } = this;
    await machine.ownDirectory('/opt/tools');
    await machine.ownDirectory('/etc/keepalived');
    await machine.write(keepalivedConfigurationPath, keepalivedConfiguration(this.name));
    await machine.write(serviceConfigurationPath, serviceConfiguration);
    await machine.write(checkScriptPath, checkScript, '755');
    await installWebServer(machine, webServer, frontEndConfiguration());
    await machine.run(nginxPath, []);
    const responder = fileURLToPath(new URL('./responder.js', import.meta.url));
    machine.start(process.execPath, [responder, String(udpPort)], ['ignore', 'ignore', 'inherit']);
  }

  get daemon(): Daemon {
    assert(this.#daemon !== null, 'the daemon is started before anything is done to it');
    return this.#daemon;
  }

  get daemonRunning(): boolean {
    return this.#daemon?.running ?? false;
  }

  async startDaemon(): Promise<void> {
    this.#daemon = await Daemon.start(this.machine, this.daemonKind, this.#onLogLine);
  }

  /** Kills every process of nginx at once; returns how many there were. */
  async killNginx(): Promise<number> {
    const processes = await this.#nginxProcesses();
    // The master first: it would replace its workers.
    for (const { processId } of processes) process.kill(processId, 'SIGKILL');
    return processes.length;
  }

  async nginxRuns(): Promise<boolean> {
    return (await this.#nginxProcesses()).length > 0;
  }

  async breakNginx(): Promise<void> {
    await this.machine.write(nginxConfigurationPath, breakConfiguration(frontEndConfiguration()));
  }

  async mendNginx(): Promise<void> {
    await this.machine.write(nginxConfigurationPath, frontEndConfiguration());
  }

  async #nginxProcesses(): ReturnType<Machine['processes']> {
    const processes = await this.machine.processes();
    return processes
      .filter(({ name, state }) => name === 'nginx' && state !== 'Z')
      .toSorted((first, second) => first.processId - second.processId);
  }
}
