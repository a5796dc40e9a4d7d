/** `global_defs`, and what stands beside it, to what holds for the daemon. */
import { microseconds, milliseconds, seconds, zero } from '../base/units.ts';
import type { TimedCommand } from '../model/command.ts';
import type {
  DumpConfig,
  FifoConfig,
  FirewallConfig,
  GlobalConfig,
  MailConfig,
  NotifyFifo,
  ReloadConfig,
  SchedulingConfig,
} from '../model/config.ts';
import { buildCommand, identityOf } from './build-command.ts';
import { buildDefaults, type InstanceDefaults } from './build-defaults.ts';
import { looksLikeNote, notesHint, reportFullWidth } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { mailAddress, readArgument } from './keywords/argument-type.ts';
import { atLeastOne, type Settings } from './settings.ts';
import type { Word } from './words.ts';

export interface BuiltGlobal {
  readonly global: GlobalConfig;
  readonly defaults: InstanceDefaults;
}

export interface GlobalSettings {
  /** Those of the outermost level. */
  readonly root: Settings;
  /** Those of all blocks `global_defs` of the text: they count as one. */
  readonly definitions: Settings;
}

export function buildGlobal(
  { root, definitions }: GlobalSettings,
  hostName: string,
  collector: DiagnosticCollector,
): BuiltGlobal {
  const settings = definitions;
  const defaults = buildDefaults(settings, collector);
  const bytes = (name: string): number | null => settings.number(name);
  const global: GlobalConfig = {
    routerId: settings.text('router_id') ?? hostName,
    mail: buildMail(settings, hostName, collector),
    instanceName: root.text('instance'),
    networkNamespace: root.text('net_namespace'),
    startupScript: timedCommand(settings, 'startup_script', defaults),
    shutdownScript: timedCommand(settings, 'shutdown_script', defaults),
    startupDelay: settings.duration('vrrp_startup_delay') ?? zero,
    delayAfterBoot: settings.duration('vrrp_delay_after_boot') ?? zero,
    logUnknownVirtualRouters: settings.has('log_unknown_vrids'),
    dynamicInterfaces: dynamicInterfaces(settings),
    disableLocalIgmp: settings.has('disable_local_igmp'),
    firewall: settings.has('nftables') ? firewallOf(settings) : null,
    leaseGuard: settings.switch('lease_guard') ?? true,
    fifos: buildFifos(settings, defaults, collector),
    scheduling: buildScheduling(settings),
    dumps: buildDumps(settings),
    reload: buildReload(settings),
    umask: buildUmask(settings, collector),
    pidDirectory: root.has('use_pid_dir'),
    processName: settings.text('vrrp_process_name') ?? settings.text('process_name'),
    netlinkBuffers: {
      command: bytes('vrrp_netlink_cmd_rcv_bufs'),
      monitor: bytes('vrrp_netlink_monitor_rcv_bufs'),
      processes: bytes('process_monitor_rcv_bufs'),
    },
    scriptSecurity: {
      enforced: settings.has('enable_script_security'),
      keepSymbolicLinks: settings.switch('use_symlink_paths') ?? false,
      supplementaryGroups: settings.switch('set_supplementary_groups') ?? false,
    },
  };
  return { global, defaults };
}

/** What the rules of nftables are made with where something needs them. */
export function firewallOf(settings: Settings): FirewallConfig {
  return {
    table: settings.words('nftables')[0] ?? 'keepalived',
    priority: settings.number('nftables_priority') ?? -1,
    counters: settings.has('nftables_counters'),
    byIndex: settings.has('nftables_ifindex'),
  };
}

function buildMail(
  settings: Settings,
  hostName: string,
  collector: DiagnosticCollector,
): MailConfig | null {
  const words = settings.entries('notification_email').flatMap(({ words }) => words);
  const recipients = words.filter((word) => isRecipient(word, collector)).map(({ text }) => text);
  const server = settings.last('smtp_server');
  const timeout = atLeastOne(settings, 'smtp_connect_timeout', collector);
  if (server === null || recipients.length === 0) return null;
  const [host, port] = server.values;
  return {
    recipients,
    from: settings.text('notification_email_from') ?? `root@${hostName}`,
    host: String(host),
    port: typeof port === 'number' ? port : 25,
    heloName: settings.text('smtp_helo_name') ?? hostName,
    connectTimeout: seconds(timeout ?? 30),
    mailOnFault: !settings.has('no_email_faults'),
  };
}

function isRecipient(word: Word, collector: DiagnosticCollector): boolean {
  const address = readArgument(word.text, mailAddress);
  if (address.ok) return true;
  if (reportFullWidth(word, collector)) return false;
  const hint = looksLikeNote(word.text) ? notesHint : null;
  const { code, message } = address.error;
  collector.report({ code, span: word.span, message, hint });
  return false;
}

function timedCommand(
  settings: Settings,
  name: string,
  { scriptIdentity }: InstanceDefaults,
): TimedCommand | null {
  const statement = settings.last(name);
  if (statement === null) return null;
  const timeout = settings.duration(`${name}_timeout`) ?? seconds(10);
  return { command: buildCommand(statement, scriptIdentity), timeout };
}

function dynamicInterfaces(settings: Settings): GlobalConfig['dynamicInterfaces'] {
  if (!settings.has('dynamic_interfaces')) return 'no';
  return settings.words('dynamic_interfaces').length === 0 ? 'yes' : 'even-if-they-change';
}

function buildFifos(
  settings: Settings,
  { scriptIdentity }: InstanceDefaults,
  collector: DiagnosticCollector,
): FifoConfig {
  const fifos: NotifyFifo[] = [];
  for (const name of ['notify_fifo', 'vrrp_notify_fifo']) {
    const statement = settings.last(name);
    const script = settings.last(`${name}_script`);
    if (statement === null) {
      if (script === null) continue;
      const message = `${name}_script without ${name} is not started`;
      collector.report({ code: 'option-ignored', span: script.span, message });
      continue;
    }
    const [path = '', ...who] = statement.values.map(String);
    if (fifos.some((fifo) => fifo.path === path)) {
      const message = `${name}: ${path} is a FIFO of another kind already`;
      collector.report({ code: 'duplicate-name', span: statement.span, message });
      continue;
    }
    const command = script === null ? null : buildCommand(script, scriptIdentity);
    fifos.push({ path, ...identityOf(who), script: command });
  }
  return { fifos, repeatStatesOnReload: settings.has('fifo_write_vrrp_states_on_reload') };
}

function buildScheduling(settings: Settings): SchedulingConfig {
  const limit = settings.has('max_auto_priority') ? settings.number('max_auto_priority') : 0;
  const lateness = settings.number('min_auto_priority_delay');
  return {
    nice: settings.number('vrrp_priority'),
    realTimePriority: settings.number('vrrp_rt_priority'),
    realTimeLimit: settings.number('vrrp_rlimit_rttime'),
    lockMemory: settings.has('vrrp_no_swap'),
    processors: (settings.last('vrrp_cpu_affinity')?.values ?? []).map(Number),
    automaticPriorityLimit: Math.max(0, limit ?? 99),
    automaticPriorityLateness: lateness === null ? milliseconds(1_000) : microseconds(lateness),
  };
}

function buildDumps(settings: Settings): DumpConfig {
  return {
    stateFile: settings.text('state_dump_file'),
    statisticsFile: settings.text('stats_dump_file'),
    jsonFile: settings.text('json_dump_file'),
    jsonVersion: settings.text('json_version') === '2' ? 2 : 1,
    useInstanceName: settings.switch('data_use_instance') ?? false,
  };
}

const usualMarker = '/run/keepalived/keepalived.reload';

function buildReload(settings: Settings): ReloadConfig {
  const marker = settings.has('reload_file') ? (settings.text('reload_file') ?? usualMarker) : null;
  return {
    complaintsFile: settings.text('reload_check_config'),
    timeFile: settings.text('reload_time_file'),
    repeat: settings.has('reload_repeat'),
    marker,
  };
}

/** The bits of a mode, by the names that `umask` may be written with. */
const modeBits: ReadonlyMap<string, number> = new Map([
  ['IRUSR', 0o400],
  ['IWUSR', 0o200],
  ['IXUSR', 0o100],
  ['IRWXU', 0o700],
  ['IRGRP', 0o040],
  ['IWGRP', 0o020],
  ['IXGRP', 0o010],
  ['IRWXG', 0o070],
  ['IROTH', 0o004],
  ['IWOTH', 0o002],
  ['IXOTH', 0o001],
  ['IRWXO', 0o007],
]);

/** A number as C writes it, or names of bits with `|` between them. */
function buildUmask(settings: Settings, collector: DiagnosticCollector): number | null {
  const statement = settings.last('umask');
  if (statement === null) return null;
  const text = statement.values.map(String).join('');
  const mask = readUmask(text);
  if (mask !== null) return mask;
  const span = statement.arguments[0]?.span ?? statement.span;
  const message = `umask: "${text}" is no mode mask: 0 to 0777, or names such as IRWXG|IRWXO`;
  collector.report({ code: 'invalid-value', span, message });
  return null;
}

function readUmask(text: string): number | null {
  if (/^(?:0[0-7]*|[1-9]\d*|0x[0-9a-f]+)$/i.test(text)) {
    const value = /^0[0-7]+$/.test(text) ? parseInt(text, 8) : Number(text);
    return value <= 0o777 ? value : null;
  }
  let mask = 0;
  for (const name of text.split('|')) {
    const bits = modeBits.get(name);
    if (bits === undefined) return null;
    mask |= bits;
  }
  return mask;
}
