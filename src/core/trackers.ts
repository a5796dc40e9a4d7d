/** All that instances track besides the network: scripts, services, files and processes. */
import { sooner, type Instant } from '../base/units.ts';
import type { Config, FileConfig, TrackKind } from '../model/config.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { CountProcesses } from '../model/effect.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Succession } from '../model/succession.ts';
import { FileTracker } from './file-tracker.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import { ProcessTracker } from './process-tracker.ts';
import { sameValue } from './reload-plan.ts';
import { ScriptTracker } from './script-tracker.ts';
import { ServiceSupervisor } from './service-supervisor.ts';
import type { TrackedStatus, TrackedThings } from './tracking.ts';

type TrackerEvent =
  | Extract<CoreEvent, { type: 'script-finished' | 'file-read' | 'processes-counted' }>
  | Parameters<ServiceSupervisor['take']>[1];

export class Trackers {
  private readonly scripts = new Map<string, ScriptTracker>();
  private readonly services = new Map<string, ServiceSupervisor>();
  private readonly files = new Map<string, FileTracker>();
  private readonly processes = new Map<string, ProcessTracker>();
  /** What is watched and counted at present. */
  private watched: readonly FileConfig[] = [];
  private counted: CountProcesses['trackers'] = [];

  /** Makes all trackers those of the configuration, keeping what has not changed. */
  adopt(at: Instant, config: Config, outbox: Outbox): void {
    this.adoptScripts(at, config);
    adoptAll(this.services, config.services, {
      keep: (supervisor, service) => supervisor.reconfigure(at, service, outbox),
      create: (service) => new ServiceSupervisor(service),
      drop: (supervisor) => {
        supervisor.abandon(outbox);
      },
    });
    this.adoptFiles(config, outbox);
    this.adoptProcesses(at, config, outbox);
  }

  standing(): Pick<Succession, 'scripts' | 'services' | 'files' | 'processes'> {
    return {
      scripts: [...this.scripts.values()].map((script) => script.standing()),
      services: [...this.services.values()].map((service) => service.standing()),
      files: [...this.files].map(([name, { value }]) => ({ name, value })),
      processes: [...this.processes].map(([name, { status }]) => ({ name, status })),
    };
  }

  /** Goes on where another Baton on this host has ended. */
  resume(at: Instant, standing: Succession, outbox: Outbox): void {
    for (const one of standing.scripts) this.scripts.get(one.name)?.resume(one);
    for (const one of standing.services) this.services.get(one.name)?.resume(at, one, outbox);
    for (const { name, value } of standing.files) this.files.get(name)?.resume(value);
    for (const { name, status } of standing.processes) {
      const process = this.processes.get(name);
      if (process !== undefined) process.status = status;
    }
  }

  settle(at: Instant, outbox: Outbox): void {
    for (const script of this.scripts.values()) script.timePassed(at, outbox);
    for (const service of this.services.values()) service.timePassed(at, outbox);
    for (const process of this.processes.values()) process.timePassed(at, outbox);
  }

  /** News of something tracked; of what is tracked no more it is passed over. */
  take(at: Instant, event: TrackerEvent, outbox: Outbox): void {
    switch (event.type) {
      case 'script-finished':
        this.scripts.get(event.script)?.finished(event.outcome, outbox);
        return;
      case 'file-read':
        this.files.get(event.file)?.fileRead(event.value, outbox);
        return;
      case 'processes-counted':
        this.processes.get(event.tracker)?.counted(at, event.count, outbox);
        return;
      case 'service-found':
      case 'service-started':
      case 'service-start-failed':
      case 'service-tested':
      case 'service-probed':
      case 'process-exited':
      case 'service-reload-requested':
        this.services.get(event.service)?.take(at, event, outbox);
    }
  }

  stop(outbox: Outbox): void {
    for (const service of this.services.values()) service.stop(outbox);
  }

  things(network: NetworkView): TrackedThings {
    return {
      status: (kind, name) => this.status(kind, name, network),
      fileValue: (name) => this.files.get(name)?.value ?? null,
    };
  }

  nextDeadline(): Instant | null {
    let first: Instant | null = null;
    for (const script of this.scripts.values()) first = sooner(first, script.nextDeadline());
    for (const service of this.services.values()) first = sooner(first, service.nextDeadline());
    for (const process of this.processes.values()) first = sooner(first, process.nextDeadline());
    return first;
  }

  snapshot(): Pick<Snapshot, 'scripts' | 'services' | 'files' | 'processes'> {
    return {
      scripts: [...this.scripts.values()].map((script) => script.snapshot()),
      services: [...this.services.values()].map((service) => service.snapshot()),
      files: [...this.files.values()].map((file) => file.snapshot()),
      processes: [...this.processes.values()].map((process) => process.snapshot()),
    };
  }

  private status(
    kind: Exclude<TrackKind, 'file'>,
    name: string,
    network: NetworkView,
  ): TrackedStatus {
    switch (kind) {
      case 'script':
        return this.scripts.get(name)?.status ?? 'unknown';
      case 'service':
        return this.services.get(name)?.status ?? 'unknown';
      case 'process':
        return this.processes.get(name)?.status ?? 'unknown';
      case 'interface':
        return network.trackedStatus(name);
    }
  }

  private adoptScripts(at: Instant, config: Config): void {
    const tracked = namesTracked(config, 'script');
    adoptAll(
      this.scripts,
      config.scripts.filter((script) => tracked.has(script.name)),
      {
        keep: (tracker, script) => {
          tracker.reconfigure(at, script);
          return true;
        },
        create: (script) => new ScriptTracker(script, at),
        drop: () => undefined,
      },
    );
  }

  private adoptFiles(config: Config, outbox: Outbox): void {
    const tracked = namesTracked(config, 'file');
    const files = config.files.filter((file) => tracked.has(file.name));
    const paths = new Map(this.watched.map((file) => [file.name, file.path]));
    adoptAll(this.files, files, {
      keep: (_, file) => paths.get(file.name) === file.path,
      create: (file) => new FileTracker(file.name),
      drop: () => undefined,
    });
    if (sameValue(this.watched, files)) return;
    this.watched = files;
    outbox.push({ type: 'watch-files', files });
  }

  private adoptProcesses(at: Instant, config: Config, outbox: Outbox): void {
    const tracked = namesTracked(config, 'process');
    const processes = config.processes.filter((process) => tracked.has(process.name));
    const matches = new Map(this.counted.map(({ name, match }) => [name, match]));
    adoptAll(this.processes, processes, {
      keep: (tracker, process) => {
        if (!sameValue(matches.get(process.name), process.match)) return false;
        tracker.reconfigure(at, process, outbox);
        return true;
      },
      create: (process) => new ProcessTracker(process),
      drop: () => undefined,
    });
    const trackers = processes.map(({ name, match }) => ({ name, match }));
    if (sameValue(this.counted, trackers)) return;
    this.counted = trackers;
    outbox.push({ type: 'count-processes', trackers });
  }
}

/** What instances and sync groups track of a kind; nothing else is run, read or counted. */
function namesTracked({ instances, syncGroups }: Config, kind: TrackKind): ReadonlySet<string> {
  const tracks = [...instances, ...syncGroups].flatMap((one) => one.tracks);
  return new Set(tracks.filter((track) => track.kind === kind).map((track) => track.name));
}

/** Brings a map of machines in line with a list of configurations. */
function adoptAll<Machine, Configuration extends { readonly name: string }>(
  machines: Map<string, Machine>,
  configurations: readonly Configuration[],
  rules: {
    readonly keep: (machine: Machine, configuration: Configuration) => boolean;
    readonly create: (configuration: Configuration) => Machine;
    readonly drop: (machine: Machine) => void;
  },
): void {
  const former = new Map(machines);
  machines.clear();
  for (const configuration of configurations) {
    const machine = former.get(configuration.name);
    if (machine !== undefined && rules.keep(machine, configuration)) {
      former.delete(configuration.name);
      machines.set(configuration.name, machine);
    } else {
      machines.set(configuration.name, rules.create(configuration));
    }
  }
  for (const machine of former.values()) rules.drop(machine);
}
