/** The checked tree to a Config: each block on its own, then what they say of each other. */
import type {
  Config,
  FirewallConfig,
  InstanceConfig,
  SyncGroupConfig,
  TrackConfig,
} from '../model/config.ts';
import {
  buildAnnouncementGroups,
  buildFixed,
  buildInterfaceDelays,
  buildTrackGroup,
  checkTrackGroups,
} from './build-fixed.ts';
import { buildGlobal, firewallOf } from './build-global.ts';
import { buildSyncGroup } from './build-group.ts';
import { buildInstance, type BuiltInstance } from './build-instance.ts';
import type { InstanceDefaults } from './build-defaults.ts';
import { buildScript, type BuiltScript } from './build-script.ts';
import { buildService } from './build-service.ts';
import { buildSideChannel } from './build-side-channel.ts';
import { buildFile, buildProcess, type BuiltFile, type BuiltProcess } from './build-tracker.ts';
import { VirtualInterfaceNames } from './build-virtual-mac.ts';
import type { CheckedBlock, CheckedStatement } from './check.ts';
import { checkGuard } from './check-guard.ts';
import type { ConfigSource } from './config-source.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import {
  checkOrderOfDefaults,
  checkServiceReferences,
  effectiveTracks,
  followerOf,
  isOwner,
  resolveTracks,
  tracksOfServices,
  type Definitions,
  type Followed,
  type Named,
} from './references.ts';
import { RulePriorities } from './routing-context.ts';
import { readRoutingNames } from './routing-names.ts';
import { Settings } from './settings.ts';
import { withoutDuplicateRouters } from './unique-routers.ts';

export interface Surroundings {
  readonly hostName: string;
  /** For keys, and for the names of routing tables. */
  readonly source: ConfigSource;
}

export function buildConfig(
  checked: CheckedBlock,
  { hostName, source }: Surroundings,
  collector: DiagnosticCollector,
): Config {
  const root = new Settings(checked);
  const definitions = root.inner('global_defs');
  const { global, defaults } = buildGlobal({ root, definitions }, hostName, collector);
  checkOrderOfDefaults(checked.statements, collector);
  const places = new Map(checked.statements.map((statement, index) => [statement, index]));
  const order = (statement: CheckedStatement): number => places.get(statement) ?? 0;
  const directories = {
    distribution: definitions.text('iproute_usr_dir'),
    host: definitions.text('iproute_etc_dir'),
  };
  const names = readRoutingNames(source, directories);
  const routing = { names, collector, fixed: false, rulePriorities: new RulePriorities() };

  const trackables = buildTrackables(root, { defaults, collector, order });
  const services = distinct(root.all('service'), collector)
    .map((statement) => buildService(statement, collector))
    .filter((service) => service !== null);
  const all: Definitions = { trackables, services };
  // Before the instances: rules without a priority get theirs in this order, as in keepalived.
  const fixed = buildFixed(root, defaults.defaultInterface, routing);
  const tools = { defaults, collector, source, names: new VirtualInterfaceNames(), routing };
  const instances = distinct(root.all('vrrp_instance'), collector).map((statement) => ({
    built: buildInstance(statement, tools),
    order: order(statement),
  }));
  const instanceNames = new Set(instances.map(({ built }) => built.name));
  checkServiceReferences(services, instanceNames, collector);

  const follows = instances.map((one) => resolveTracks(followerOf(one), all, collector));
  const sound = new Set(
    withoutDuplicateRouters(
      instances.map(({ built }) => built),
      collector,
    ),
  );
  const taking = new Map<string, InstanceConfig>();
  for (const { config, name } of sound) if (config !== null) taking.set(name, config);
  const members = { names: instanceNames, instances: taking, taken: new Map<string, string>() };
  const groups = distinct(root.all('vrrp_sync_group'), collector).map((statement) => {
    return buildSyncGroup(statement, order(statement), {
      members,
      definitions: all,
      defaults,
      collector,
    });
  });
  const syncGroups = groups.filter((group) => group !== null);
  const resolved = instances.flatMap(({ built }, index) => {
    if (!sound.has(built)) return [];
    const followed = follows[index] ?? [];
    return withTracks(built, followed, { definitions: all, syncGroups, collector });
  });
  const followed = [
    ...follows.flat().map(({ track }) => track),
    ...syncGroups.flatMap(({ tracks }) => tracks),
  ];
  checkUse(trackables, followed, collector);
  checkGuard(definitions, resolved, collector);
  checkMail(global.mail !== null, { root, definitions }, { resolved, syncGroups, collector });
  const trackGroups = distinct(root.all('track_group'), collector).map((statement) => {
    return buildTrackGroup(statement, instanceNames, collector);
  });
  checkTrackGroups(root, trackGroups, collector);
  return {
    global: { ...global, firewall: global.firewall ?? neededFirewall(definitions, resolved) },
    ...trackedOnes(trackables, [...resolved, ...syncGroups]),
    services: services.map(({ config }) => config),
    instances: resolved,
    syncGroups,
    fixed,
    trackGroups,
    announcementGroups: buildAnnouncementGroups({ root, definitions }, collector),
    interfaceDelays: buildInterfaceDelays(root, collector),
    sideChannel: buildSideChannel(root, { source, collector, instances: resolved }),
  };
}

/** What instances can't do without, whether it is asked for or not. */
function neededFirewall(
  definitions: Settings,
  instances: readonly InstanceConfig[],
): FirewallConfig | null {
  const needed = instances.some(({ accept, virtualMac, addressInterfaces }) => {
    return !accept || virtualMac !== null || addressInterfaces.length > 0;
  });
  return needed ? firewallOf(definitions) : null;
}

interface Trackables {
  readonly script: ReadonlyMap<string, Named<BuiltScript>>;
  readonly file: ReadonlyMap<string, Named<BuiltFile>>;
  readonly process: ReadonlyMap<string, Named<BuiltProcess>>;
}

function buildTrackables(
  root: Settings,
  tools: {
    readonly defaults: InstanceDefaults;
    readonly collector: DiagnosticCollector;
    readonly order: (statement: CheckedStatement) => number;
  },
): Trackables {
  const { defaults, collector, order } = tools;
  const named = <Built extends { readonly config: { readonly name: string } }>(
    keyword: string,
    build: (statement: CheckedStatement) => Built | null,
  ): ReadonlyMap<string, Named<Built>> => {
    const found = distinct(root.all(keyword), collector).flatMap((statement) => {
      const built = build(statement);
      const one = built && ([built.config.name, { built, order: order(statement) }] as const);
      return one === null ? [] : [one];
    });
    return new Map(found);
  };
  return {
    script: named('vrrp_script', (one) => buildScript(one, defaults, collector)),
    file: named('track_file', (one) => buildFile(one, collector)),
    process: named('vrrp_track_process', (one) => buildProcess(one, collector)),
  };
}

/** Those that somebody follows who takes part. */
function trackedOnes(
  trackables: Trackables,
  followers: readonly { readonly tracks: readonly TrackConfig[] }[],
): Pick<Config, 'scripts' | 'files' | 'processes'> {
  const tracked = new Set(
    followers.flatMap(({ tracks }) => tracks).map(({ kind, name }) => `${kind} ${name}`),
  );
  const kept = <Item extends { readonly name: string }>(
    kind: string,
    built: ReadonlyMap<string, Named<{ readonly config: Item }>>,
  ): readonly Item[] => {
    const configs = [...built.values()].map((one) => one.built.config);
    return configs.filter(({ name }) => tracked.has(`${kind} ${name}`));
  };
  return {
    scripts: kept('script', trackables.script),
    files: kept('file', trackables.file),
    processes: kept('process', trackables.process),
  };
}

/** Those whose name has not been taken before. */
function distinct(
  statements: readonly CheckedStatement[],
  collector: DiagnosticCollector,
): readonly CheckedStatement[] {
  const taken = new Set<unknown>();
  return statements.filter(({ keyword, values: [name], span }) => {
    if (!taken.has(name)) return taken.add(name);
    const message = `there is a ${keyword.name} "${String(name)}" already`;
    collector.report({ code: 'duplicate-name', span, message });
    return false;
  });
}

/** The instance with what counts of what it follows; nothing where it cannot take part. */
function withTracks(
  { name, config }: BuiltInstance,
  followed: readonly Followed[],
  surroundings: {
    readonly definitions: Definitions;
    readonly syncGroups: readonly SyncGroupConfig[];
    readonly collector: DiagnosticCollector;
  },
): readonly InstanceConfig[] {
  if (config === null) return [];
  const { definitions, syncGroups, collector } = surroundings;
  const group = syncGroups.find(({ members }) => members.includes(name));
  const all = [...followed, ...tracksOfServices(name, definitions)];
  const as = group === undefined || group.weighted ? 'alone' : 'member';
  const standing = { name, as, owner: isOwner(config) } as const;
  return [{ ...config, tracks: effectiveTracks(all, standing, collector) }];
}

/** Reports the scripts, files and processes that nobody names, not even who cannot take part. */
function checkUse(
  trackables: Trackables,
  followed: readonly TrackConfig[],
  collector: DiagnosticCollector,
): void {
  const used = new Set(followed.map(({ kind, name }) => `${kind} ${name}`));
  const kinds = { script: 'vrrp_script', file: 'track_file', process: 'vrrp_track_process' };
  for (const kind of ['script', 'file', 'process'] as const) {
    for (const [name, { built }] of trackables[kind]) {
      if (used.has(`${kind} ${name}`)) continue;
      const { span } = built;
      const what = kind === 'script' ? 'it is not run' : 'it is not looked at';
      const message = `no instance tracks the ${kinds[kind]} "${name}": ${what}`;
      collector.report({ code: 'unused-script', span, message });
    }
  }
}

/** Mail needs a relay, recipients, and somebody who asks for it. */
function checkMail(
  isSetUp: boolean,
  { root, definitions }: { readonly root: Settings; readonly definitions: Settings },
  found: {
    readonly resolved: readonly InstanceConfig[];
    readonly syncGroups: readonly SyncGroupConfig[];
    readonly collector: DiagnosticCollector;
  },
): void {
  const { resolved, syncGroups, collector } = found;
  const asked = [...resolved, ...syncGroups].some(({ smtpAlert }) => smtpAlert);
  const span = (definitions.last('smtp_server') ?? root.last('global_defs'))?.span ?? null;
  if (asked && !isSetUp) {
    const message = 'mail is asked for, and smtp_server or notification_email is missing';
    collector.report({ code: 'mail-incomplete', span, message });
  }
  if (!asked && isSetUp && resolved.length > 0) {
    const message = 'mail is set up, and no instance has smtp_alert: none is ever sent';
    const hint = 'add "smtp_alert" to global_defs';
    collector.report({ code: 'mail-never-sent', span, message, hint });
  }
}
