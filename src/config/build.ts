/** The checked tree to a Config: each block on its own, then what they say of each other. */
import type { Config, InstanceConfig, ScriptConfig } from '../model/config.ts';
import { emptyConfig } from '../model/defaults.ts';
import { buildGlobal, type BuiltGlobal } from './build-global.ts';
import { buildInstance, type BuiltInstance } from './build-instance.ts';
import { buildScript, type BuiltScript } from './build-script.ts';
import { buildService } from './build-service.ts';
import type { CheckedBlock, CheckedStatement } from './check.ts';
import type { DiagnosticCollector, Span } from './diagnostic.ts';
import {
  checkOrderOfDefaults,
  checkServiceReferences,
  resolveReferences,
  type Named,
} from './references.ts';
import { Settings } from './settings.ts';

export function buildConfig(
  checked: CheckedBlock,
  hostName: string,
  collector: DiagnosticCollector,
): Config {
  const settings = new Settings(checked);
  const built = buildGlobal(settings.inner('global_defs'), hostName, collector);
  const { global, defaults } = built;
  checkOrderOfDefaults(checked.statements, collector);
  const places = new Map(checked.statements.map((statement, index) => [statement, index]));
  const order = (statement: CheckedStatement): number => places.get(statement) ?? 0;

  const scripts = new Map<string, Named<BuiltScript>>();
  for (const statement of distinct(settings.all('vrrp_script'), collector)) {
    const script = buildScript(statement, defaults, collector);
    if (script === null) continue;
    scripts.set(script.config.name, { built: script, order: order(statement) });
  }
  const services = distinct(settings.all('service'), collector)
    .map((statement) => buildService(statement, collector))
    .filter((service) => service !== null);
  const instances = distinct(settings.all('vrrp_instance'), collector).map((statement) => ({
    built: buildInstance(statement, defaults, collector),
    order: order(statement),
  }));

  const names = instances.map(({ built: instance }) => instance.name);
  checkServiceReferences(services, new Set(names), collector);
  const resolved = withoutDuplicateRouters(instances, collector)
    .map((one) => resolveReferences(one, { scripts, services }, collector))
    .filter((instance) => instance !== null);
  checkUse([...scripts.values()], instances, collector);
  checkMail(built, settings, resolved, collector);
  return {
    ...emptyConfig(hostName),
    global,
    scripts: trackedScripts(scripts, resolved),
    services: services.map(({ config }) => config),
    instances: resolved,
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

function withoutDuplicateRouters(
  instances: readonly Named<BuiltInstance>[],
  collector: DiagnosticCollector,
): readonly Named<BuiltInstance>[] {
  const owners = new Map<string, string>();
  return instances.filter(({ built: { config, span } }) => {
    if (config === null) return true;
    const place = `virtual_router_id ${config.virtualRouterId} on ${String(config.interface)}`;
    const owner = owners.get(place);
    if (owner === undefined) return owners.set(place, config.name);
    const message = `${config.name}: ${place} belongs to ${owner} already`;
    collector.report({ code: 'duplicate-router', span, message });
    return false;
  });
}

function trackedScripts(
  scripts: ReadonlyMap<string, Named<BuiltScript>>,
  instances: readonly InstanceConfig[],
): readonly ScriptConfig[] {
  const tracked = instances.flatMap(({ tracks }) => tracks.filter(({ kind }) => kind === 'script'));
  const names = new Set(tracked.map(({ name }) => name));
  return [...scripts.values()]
    .map(({ built }) => built.config)
    .filter(({ name }) => names.has(name));
}

/** Reports the scripts that no instance names, not even one that cannot take part. */
function checkUse(
  scripts: readonly Named<BuiltScript>[],
  instances: readonly Named<BuiltInstance>[],
  collector: DiagnosticCollector,
): void {
  const entries = instances.flatMap(({ built }) => built.trackScriptEntries);
  const used = new Set(entries.map(({ words: [name] }) => name.text));
  for (const { built: script } of scripts) {
    if (used.has(script.config.name)) continue;
    const message = `no instance tracks the vrrp_script "${script.config.name}": it is not run`;
    collector.report({ code: 'unused-script', span: script.span, message });
  }
}

/** Mail needs a relay, recipients, and somebody who asks for it. */
function checkMail(
  { global }: BuiltGlobal,
  settings: Settings,
  instances: readonly InstanceConfig[],
  collector: DiagnosticCollector,
): void {
  const asked = instances.some(({ smtpAlert }) => smtpAlert);
  const span = mailSpan(settings);
  if (asked && global.mail === null) {
    const message = 'mail is asked for, and smtp_server or notification_email is missing';
    collector.report({ code: 'mail-incomplete', span, message });
  }
  if (!asked && global.mail !== null && instances.length > 0) {
    const message = 'mail is set up, and no instance has smtp_alert: none is ever sent';
    const hint = 'add "smtp_alert" to global_defs';
    collector.report({ code: 'mail-never-sent', span, message, hint });
  }
}

function mailSpan(settings: Settings): Span | null {
  const definitions = settings.inner('global_defs');
  return (definitions.last('smtp_server') ?? settings.last('global_defs'))?.span ?? null;
}
