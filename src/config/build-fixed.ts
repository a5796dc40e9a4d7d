/** What stands outside of instances: static addresses, track groups, pauses, delays of links. */
import { seconds, zero, type Duration } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import type { AnnouncementGroupConfig } from '../model/announcement-config.ts';
import type { FixedConfig, InterfaceDelayConfig, TrackGroupConfig } from '../model/config.ts';
import { buildAddresses } from './build-address.ts';
import { buildRoute } from './build-route.ts';
import { buildRule } from './build-rule.ts';
import type { CheckedStatement } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { decimal, isInterfaceName, readArgument } from './keywords/argument-type.ts';
import { reportUnknown } from './references.ts';
import type { RoutingContext } from './routing-context.ts';
import { Settings } from './settings.ts';
import type { Word } from './words.ts';

export function buildFixed(
  root: Settings,
  defaultInterface: InterfaceName,
  routing: RoutingContext,
): FixedConfig {
  const place = { interface: defaultInterface, oneFamily: false, fixed: true };
  const context = { ...routing, fixed: true };
  const { addresses } = buildAddresses(root.entries('static_ipaddress'), place, routing.collector);
  const routes = root.entries('static_routes').map((entry) => buildRoute(entry, context));
  const rules = root.entries('static_rules').map((entry) => buildRule(entry, context));
  return {
    addresses,
    routes: routes.filter((route) => route !== null),
    rules: rules.filter((rule) => rule !== null),
  };
}

/** `track_group`, without the instances that there are none of. */
export function buildTrackGroup(
  statement: CheckedStatement,
  instances: ReadonlySet<string>,
  collector: DiagnosticCollector,
): TrackGroupConfig {
  const words = Settings.of(statement)
    .entries('group')
    .flatMap(({ words: all }) => all);
  for (const word of words.filter(({ text }) => !instances.has(text))) {
    reportUnknown(collector, { word, kind: 'vrrp_instance', candidates: instances });
  }
  const known = words.map(({ text }) => text).filter((text) => instances.has(text));
  return { name: String(statement.values[0]), instances: [...new Set(known)] };
}

/** Reports the groups that static things name and nobody defines. */
export function checkTrackGroups(
  root: Settings,
  groups: readonly TrackGroupConfig[],
  collector: DiagnosticCollector,
): void {
  const names = new Set(groups.map(({ name }) => name));
  for (const block of ['static_ipaddress', 'static_routes', 'static_rules']) {
    for (const { words } of root.entries(block)) {
      const place = words.findIndex(({ text }) => text === 'track_group');
      const word = place < 0 ? undefined : words[place + 1];
      if (word === undefined || names.has(word.text)) continue;
      reportUnknown(collector, { word, kind: 'track_group', candidates: names });
    }
  }
}

/** The pauses of `global_defs` come first: they are of every interface in no other group. */
export function buildAnnouncementGroups(
  { root, definitions }: { readonly root: Settings; readonly definitions: Settings },
  collector: DiagnosticCollector,
): readonly AnnouncementGroupConfig[] {
  const arp = definitions.duration('vrrp_garp_interval') ?? zero;
  const neighbour = definitions.duration('vrrp_gna_interval') ?? zero;
  const groups: AnnouncementGroupConfig[] = [];
  if (arp !== zero || neighbour !== zero) {
    groups.push({ arpInterval: arp, neighbourInterval: neighbour, interfaces: null });
  }
  const taken = new Set<string>();
  for (const statement of root.all('garp_group')) {
    const settings = Settings.of(statement);
    const arpInterval = settings.duration('garp_interval') ?? zero;
    const neighbourInterval = settings.duration('gna_interval') ?? zero;
    const { span } = statement;
    if (arpInterval === zero && neighbourInterval === zero) {
      const message = 'garp_group has neither garp_interval nor gna_interval';
      collector.report({ code: 'missing-keyword', span, message });
      continue;
    }
    const interfaces = interfacesOf(settings, taken, collector);
    if (interfaces.length > 0) groups.push({ arpInterval, neighbourInterval, interfaces });
    else {
      const message = 'garp_group has no interface';
      collector.report({ code: 'missing-keyword', span, message });
    }
  }
  return groups;
}

/** `interface` or `interfaces`; an interface belongs to one group. */
function interfacesOf(
  settings: Settings,
  taken: Set<string>,
  collector: DiagnosticCollector,
): readonly InterfaceName[] {
  const single = settings.all('interface').flatMap(({ arguments: words }) => words);
  const several = settings.entries('interfaces').flatMap(({ words }) => words);
  return [...single, ...several].flatMap((word): readonly InterfaceName[] => {
    if (!isName(word, collector)) return [];
    if (taken.has(word.text)) {
      const message = `${word.text} belongs to a garp_group already`;
      collector.report({ code: 'duplicate-name', span: word.span, message });
      return [];
    }
    taken.add(word.text);
    return [word.text as InterfaceName];
  });
}

const delays = decimal(0, 255);

/** `INTERFACE DOWN [UP]`; without UP it is 0, as keepalived has it in spite of its manual. */
export function buildInterfaceDelays(
  root: Settings,
  collector: DiagnosticCollector,
): readonly InterfaceDelayConfig[] {
  const found = new Map<string, InterfaceDelayConfig>();
  for (const { words } of root.entries('interface_up_down_delays')) {
    const [word, down, up, surplus] = words;
    if (!isName(word, collector)) continue;
    if (down === undefined) {
      const message = `${word.text} lacks its delay`;
      collector.report({ code: 'missing-argument', span: word.span, message });
      continue;
    }
    if (surplus !== undefined) {
      const message = `"${surplus.text}" stands behind the two delays of ${word.text}`;
      collector.report({ code: 'surplus-argument', span: surplus.span, message });
    }
    const first = readDelay(down, collector);
    const second = up === undefined ? zero : readDelay(up, collector);
    if (first === null || second === null) continue;
    if (found.has(word.text)) {
      const message = `${word.text} has its delays already`;
      collector.report({ code: 'duplicate-name', span: word.span, message });
    } else {
      found.set(word.text, { interface: word.text as InterfaceName, down: first, up: second });
    }
  }
  return [...found.values()];
}

function readDelay({ text, span }: Word, collector: DiagnosticCollector): Duration | null {
  const value = readArgument(text, delays);
  if (value.ok) return seconds(Number(value.value));
  const { code, message, hint } = value.error;
  collector.report({ code, span, message: `interface_up_down_delays: ${message}`, hint });
  return null;
}

function isName({ text, span }: Word, collector: DiagnosticCollector): boolean {
  if (isInterfaceName(text)) return true;
  const message = `"${text}" cannot be the name of an interface`;
  collector.report({ code: 'invalid-value', span, message });
  return false;
}
