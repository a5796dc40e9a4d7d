/**
 * The configurations of scenarios: one line for each thing, its name, and what
 * differs from the defaults (test/scenario/configuration.ts).
 *
 *     instance VI_1: priority 150, addresses 192.0.2.10/24 192.0.2.11/24, nopreempt
 *     script check: every 2s, fall 3
 *     service nginx: probe, test, restarts 2 in 60s
 *     side-channel: peer 192.0.2.2, peer 192.0.2.3
 *     global: mail, fifo /run/fifo, startup-delay 5s, log-unknown
 *
 * Instances are in instance-notation.ts, groups and what is kept on the network in
 * setting-notation.ts.
 */
import type { IpAddress } from '../../src/model/address.ts';
import type { Mutable } from '../../src/base/mutable.ts';
import type { AnnouncementGroupConfig } from '../../src/model/announcement-config.ts';
import type {
  Config,
  FileConfig,
  FixedConfig,
  GlobalConfig,
  InstanceConfig,
  InterfaceDelayConfig,
  ProcessConfig,
  ScriptConfig,
  SideChannelConfig,
  SyncGroupConfig,
  TrackGroupConfig,
} from '../../src/model/config.ts';
import type { ServiceConfig } from '../../src/model/service-config.ts';
import { command, config, mail, scriptConfig, serviceConfig } from './configuration.ts';
import { parseInstance } from './instance-notation.ts';
import {
  parseAnnouncementGroup,
  parseDelay,
  parseFile,
  parseFixed,
  parseGroup,
  parseProcess,
  parseTrackGroup,
} from './setting-notation.ts';
import { Words } from './words.ts';

export function parseConfiguration(lines: readonly string[]): Config {
  const draft: Drafted = {
    global: config().global,
    instances: [],
    scripts: [],
    services: [],
    files: [],
    processes: [],
    syncGroups: [],
    trackGroups: [],
    interfaceDelays: [],
    sideChannel: null,
    announcementGroups: [],
    fixed: config().fixed,
  };
  for (const line of lines) {
    const [head = '', tail = ''] = line.split(/:(.*)/s);
    const [kind, name = ''] = head.trim().split(/\s+/);
    const settings = tail.split(',').map((setting) => new Words(setting));
    if (kind === 'instance') draft.instances.push(parseInstance(name, settings));
    else if (kind === 'script') draft.scripts.push(parseScript(name, settings));
    else if (kind === 'service') draft.services.push(parseService(name, settings));
    else if (kind === 'global') draft.global = parseGlobal(draft.global, settings);
    else if (kind === 'group') draft.syncGroups.push(parseGroup(name, settings));
    else if (kind === 'file') draft.files.push(parseFile(name));
    else if (kind === 'process') draft.processes.push(parseProcess(name, settings));
    else if (kind === 'delay') draft.interfaceDelays.push(parseDelay(name, settings));
    else if (kind === 'fixed') draft.fixed = parseFixed(settings);
    else if (kind === 'side-channel') draft.sideChannel = parseSideChannel(settings);
    else if (kind === 'track-group') draft.trackGroups.push(parseTrackGroup(name, settings));
    else if (kind === 'announcements') {
      draft.announcementGroups.push(parseAnnouncementGroup(name, settings));
    } else throw new Error(`not understood: ${line}`);
  }
  return config(draft);
}

interface Drafted {
  global: GlobalConfig;
  readonly instances: InstanceConfig[];
  readonly scripts: ScriptConfig[];
  readonly services: ServiceConfig[];
  readonly files: FileConfig[];
  readonly processes: ProcessConfig[];
  readonly syncGroups: SyncGroupConfig[];
  readonly trackGroups: TrackGroupConfig[];
  readonly interfaceDelays: InterfaceDelayConfig[];
  readonly announcementGroups: AnnouncementGroupConfig[];
  fixed: FixedConfig;
  sideChannel: SideChannelConfig | null;
}

function parseGlobal(former: GlobalConfig, settings: readonly Words[]): GlobalConfig {
  const global: Mutable<GlobalConfig> = { ...former };
  for (const words of settings) {
    if (words.accept('mail')) global.mail = { ...mail, mailOnFault: !words.accept('not-on-fault') };
    else if (words.accept('router')) global.routerId = words.next();
    else if (words.accept('startup-delay')) global.startupDelay = words.duration();
    else if (words.accept('log-unknown')) global.logUnknownVirtualRouters = true;
    else if (words.accept('fifo')) {
      const fifo = { path: words.next(), user: null, group: null, script: null };
      global.fifos = { ...global.fifos, fifos: [...global.fifos.fifos, fifo] };
    } else if (words.accept('repeat-states')) {
      global.fifos = { ...global.fifos, repeatStatesOnReload: true };
    } else words.unknown();
  }
  return global;
}

function parseSideChannel(settings: readonly Words[]): SideChannelConfig {
  const port = 8112;
  const peers = settings.map((words) => {
    if (!words.accept('peer')) words.unknown();
    return { address: words.address(), port };
  });
  return { own: { address: '192.0.2.1' as IpAddress, port }, peers, key: '5a'.repeat(32) };
}

function parseScript(name: string, settings: readonly Words[]): ScriptConfig {
  const draft: Mutable<ScriptConfig> = { ...scriptConfig(), name, command: command(`/${name}`) };
  for (const words of settings) {
    if (words.done) continue;
    else if (words.accept('every')) draft.interval = words.duration();
    else if (words.accept('timeout')) draft.timeout = words.duration();
    else if (words.accept('rise')) draft.rise = words.number();
    else if (words.accept('fall')) draft.fall = words.number();
    else if (words.accept('init-fail')) draft.initiallyFailed = true;
    else if (words.accept('program')) draft.command = command(words.next(), ...words.rest());
    else words.unknown();
  }
  return draft;
}

function parseService(name: string, settings: readonly Words[]): ServiceConfig {
  const draft: Mutable<ServiceConfig> = { ...serviceConfig(), name };
  for (const words of settings) {
    if (words.done) continue;
    else if (words.accept('probe')) draft.probe = { type: 'tcp', host: '127.0.0.1', port: 80 };
    else if (words.accept('rise')) draft.probeRise = words.number();
    else if (words.accept('fall')) draft.probeFall = words.number();
    else if (words.accept('test')) draft.test = command('/nginx', '-t');
    else if (words.accept('program')) draft.start = command(words.next(), ...words.rest());
    else if (words.accept('stops-with-baton')) draft.stopWithBaton = true;
    else if (words.accept('retry')) draft.retryInterval = words.duration();
    else if (words.accept('restarts')) {
      draft.restartLimit = words.number();
      if (!words.accept('in')) words.unknown();
      draft.restartWindow = words.duration();
    } else words.unknown();
  }
  return draft;
}
