/**
 * The configurations of scenarios: one line for each thing, its name, and what
 * differs from the defaults (test/scenario/configuration.ts).
 *
 *     instance VI_1: priority 150, addresses 192.0.2.10/24 192.0.2.11/24, nopreempt
 *     script check: every 2s, fall 3
 *     service nginx: probe, test, restarts 2 in 60s
 *     global: mail, fifo /run/fifo
 *
 * Groups and what is kept on the network are in setting-notation.ts.
 */
import type { Mutable } from '../../src/base/mutable.ts';
import { vrrpGroupIpv6, type InterfaceName } from '../../src/model/address.ts';
import { ownerPriority } from '../../src/model/advert.ts';
import type {
  AnnouncementConfig,
  AnnouncementGroupConfig,
} from '../../src/model/announcement-config.ts';
import type {
  Config,
  FileConfig,
  FixedConfig,
  GlobalConfig,
  InstanceConfig,
  InterfaceDelayConfig,
  ProcessConfig,
  ScriptConfig,
  SyncGroupConfig,
  TrackGroupConfig,
  TransportConfig,
} from '../../src/model/config.ts';
import type { ServiceConfig } from '../../src/model/service-config.ts';
import {
  command,
  config,
  eth0,
  instanceConfig,
  mail,
  notifyAll,
  scriptConfig,
  serviceConfig,
  virtualAddress,
} from './configuration.ts';
import {
  parseAnnouncementGroup,
  parseDelay,
  parseFile,
  parseFixed,
  parseGroup,
  parseProcess,
  parseRoutes,
  parseRules,
  parseTrack,
  parseTrackGroup,
  virtualMac,
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
}

function parseGlobal(former: GlobalConfig, settings: readonly Words[]): GlobalConfig {
  const global: Mutable<GlobalConfig> = { ...former };
  for (const words of settings) {
    if (words.accept('mail')) global.mail = { ...mail, mailOnFault: !words.accept('not-on-fault') };
    else if (words.accept('router')) global.routerId = words.next();
    else if (words.accept('fifo')) {
      const fifo = { path: words.next(), user: null, group: null, script: null };
      global.fifos = { ...global.fifos, fifos: [...global.fifos.fifos, fifo] };
    } else if (words.accept('repeat-states')) {
      global.fifos = { ...global.fifos, repeatStatesOnReload: true };
    } else words.unknown();
  }
  return global;
}

function parseInstance(name: string, settings: readonly Words[]): InstanceConfig {
  const draft: Mutable<InstanceConfig> = { ...instanceConfig(), name };
  let state: InstanceConfig['initialState'] | null = null;
  for (const words of settings) {
    if (words.done) continue;
    else if (words.accept('vrid')) draft.virtualRouterId = words.number();
    else if (words.accept('interface')) draft.interface = words.next() as InterfaceName;
    else if (words.accept('priority')) draft.priority = words.number();
    else if (words.accept('state')) state = words.next() === 'MASTER' ? 'MASTER' : 'BACKUP';
    else if (words.accept('every')) draft.advertisementInterval = words.duration();
    else if (words.accept('nopreempt')) draft.preempt = false;
    else if (words.accept('source')) draft.sourceAddress = words.address();
    else if (words.accept('password')) {
      draft.authentication = { type: 'simple', password: words.next() };
    } else if (words.accept('addresses')) {
      const name = draft.interface ?? undefined;
      draft.virtualAddresses = words.rest().map((one) => virtualAddress(one, name));
    } else if (words.accept('version', '3')) draft.version = 3;
    else if (words.accept('IPv6')) {
      Object.assign(draft, { version: 3, family: 'IPv6' } as const);
      draft.transport = { type: 'multicast', group: vrrpGroupIpv6 };
    } else if (words.accept('peers')) draft.transport = parsePeers(words);
    else if (words.accept('header', 'password')) {
      draft.authentication = { type: 'header', password: words.next() };
    } else if (words.accept('preempt-delay')) draft.preemptDelay = words.duration();
    else if (words.accept('down-after')) draft.downTimerAdverts = words.number();
    else if (words.accept('no-answer')) draft.answerLowerPriority = false;
    else if (words.accept('advert-before-yielding')) draft.advertiseBeforeYielding = true;
    else if (words.accept('owner-ignores')) draft.ownerIgnoresAdverts = true;
    else if (words.accept('excluded')) {
      draft.excludedAddresses = words.rest().map((one) => virtualAddress(one));
    } else if (words.accept('routes')) draft.virtualRoutes = parseRoutes(words);
    else if (words.accept('rules')) draft.virtualRules = parseRules(words);
    else if (words.accept('vmac')) {
      draft.virtualMac = virtualMac(draft.interface ?? eth0, draft.virtualRouterId);
      const { name } = draft.virtualMac.virtual;
      draft.virtualAddresses = words.rest().map((one) => virtualAddress(one, name));
    } else if (words.accept('no-accept')) draft.accept = false;
    else if (words.accept('promote-secondaries')) draft.promoteSecondaries = true;
    else if (words.accept('ignores-link')) draft.trackOwnInterface = false;
    else if (words.accept('track')) draft.tracks = [...draft.tracks, parseTrack(words)];
    else if (words.accept('garp')) {
      draft.announcement = parseGarp(draft.announcement, words);
    } else if (words.accept('notify-deleted')) {
      draft.notify = { ...draft.notify, deletedAsSuch: true, deleted: command('/notify/deleted') };
    } else if (words.accept('priority-changes')) {
      draft.notify = { ...draft.notify, priorityChanges: true };
    } else if (words.accept('notify')) draft.notify = notifyAll;
    else if (words.accept('alert')) draft.smtpAlert = true;
    else words.unknown();
  }
  draft.initialState = state ?? (draft.priority === ownerPriority ? 'MASTER' : 'BACKUP');
  return draft;
}

/** "192.0.2.2 192.0.2.3 checked" */
function parsePeers(words: Words): TransportConfig {
  const peers = [];
  let checkSource = false;
  while (!words.done) {
    if (words.accept('checked')) checkSource = true;
    else {
      const bounds = { minimumTimeToLive: 0, maximumTimeToLive: 255 };
      peers.push({ address: words.address(), ...bounds });
    }
  }
  return { type: 'unicast', peers, timeToLive: 255, checkSource };
}

function parseGarp(former: AnnouncementConfig, words: Words): AnnouncementConfig {
  const draft: Mutable<AnnouncementConfig> = { ...former };
  while (!words.done) {
    if (words.accept('delay')) draft.delay = words.duration();
    else if (words.accept('repeat')) draft.repeat = words.number();
    else if (words.accept('refresh')) draft.refresh = words.duration();
    else if (words.accept('refresh-repeat')) draft.refreshRepeat = words.number();
    else if (words.accept('lower-delay')) draft.lowerPriorityDelay = words.duration();
    else if (words.accept('lower-repeat')) draft.lowerPriorityRepeat = words.number();
    else words.unknown();
  }
  return draft;
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
