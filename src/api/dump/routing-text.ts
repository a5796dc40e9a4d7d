/** Routes and rules as keepalived's dumps show them: close to the words of `ip`. */
import { toSeconds } from '../../base/units.ts';
import type {
  Encapsulation,
  NextHop,
  Prefix,
  Route,
  RouteMetric,
  Rule,
} from '../../model/route.ts';
import { withLength } from './address-text.ts';
import { shortNumber } from './number-text.ts';

const mainTable = 254;

/** "prepend 198.51.100.0/24 via inet 192.0.2.9 dev eth0 proto 112" */
export function routeText(route: Route): string {
  const { congestionControl, expires, preference, timeToLivePropagate } = route;
  return [
    // keepalived only ever adds what is no unicast route.
    route.type === 'unicast' ? route.insertion : 'add',
    ...(route.type === 'unicast' ? [] : [route.type]),
    prefixText(route.destination),
    ...(route.source === null ? [] : [`from ${prefixText(route.source)}`]),
    ...optional('src', route.preferredSource),
    ...(route.typeOfService === 0 ? [] : [`tos ${String(route.typeOfService)}`]),
    ...encapsulationWords(route.encapsulation),
    ...gatewayWords(route.gateway),
    ...optional('dev', route.interface),
    ...(route.table === mainTable ? [] : [`table ${String(route.table)}`]),
    `proto ${String(route.protocol)}`,
    ...optional('scope', route.scope),
    ...optional('metric', route.metric),
    ...(route.onLink ? ['onlink'] : []),
    ...realmWords(route.realms),
    ...(expires === null ? [] : [`expires ${String(Math.trunc(toSeconds(expires)))}sec`]),
    ...(congestionControl === null
      ? []
      : [`congctl ${congestionControl.name}${congestionControl.locked ? ' lock' : ''}`]),
    ...metricOrder.flatMap((name) => metricWords(name, route.metrics)),
    ...optional('pref', preference),
    ...route.metrics.filter((one) => one.name === 'fastopen_no_cookie').map(plainMetric),
    ...(timeToLivePropagate === null
      ? []
      : [`ttl-propagate ${timeToLivePropagate ? 'enabled' : 'disabled'}`]),
    ...route.nextHops.flatMap(nextHopWords),
    ...trackingWords(route, { followed: route.tracked && route.interface !== null }),
  ].join(' ');
}

/** "from 198.51.100.0/24 priority 77 tos 0x0 protocol 112 lookup 100" */
export function ruleText(rule: Rule): string {
  const { firewallMark, userRange, sourcePorts, destinationPorts, realms } = rule;
  const anywhere = rule.from === null && rule.to === null;
  return [
    ...(anywhere && rule.family === 'IPv6' ? ['inet6'] : []),
    ...(rule.inverted ? ['not'] : []),
    `from ${rule.from === null ? 'all' : prefixText(rule.from)}`,
    ...(rule.to === null ? [] : [`to ${prefixText(rule.to)}`]),
    `priority ${String(rule.priority)}`,
    `tos ${hexadecimal(rule.typeOfService ?? 0)}`,
    ...(firewallMark === null ? [] : [`fwmark ${markText(firewallMark)}`]),
    ...optional('iif', rule.inputInterface),
    ...optional('oif', rule.outputInterface),
    ...optional('suppress_prefixlen', rule.suppressPrefixLength),
    ...optional('suppress_ifgroup', rule.suppressGroup),
    ...optional('tunnel-id', rule.tunnelId),
    ...rangeWords('uidrange', userRange),
    ...(rule.l3MasterDevice ? ['l3mdev'] : []),
    `protocol ${String(rule.protocol)}`,
    ...optional('ipproto', rule.ipProtocol),
    ...rangeWords('sport', sourcePorts),
    ...rangeWords('dport', destinationPorts),
    ...(realms === null ? [] : [`realms ${String(realms >>> 16)}/${String(realms & 0xffff)}`]),
    actionText(rule),
    ...trackingWords(rule, { followed: rule.tracked }),
  ].join(' ');
}

const metricOrder = [
  'rtt',
  'rttvar',
  'rto_min',
  'features',
  'mtu',
  'window',
  'ssthresh',
  'cwnd',
  'advmss',
  'reordering',
  'hoplimit',
  'initcwnd',
  'initrwnd',
  'quickack',
] as const;

function metricWords(
  name: (typeof metricOrder)[number],
  metrics: readonly RouteMetric[],
): readonly string[] {
  return metrics
    .filter((metric) => metric.name === name)
    .flatMap((metric) => {
      if (name === 'features') return (metric.value & 1) === 1 ? ['features ecn'] : [];
      const unit = timeUnits[name];
      return [unit === undefined ? plainMetric(metric) : timeMetric(metric, unit)];
    });
}

/** How many of the kernel's units a millisecond has. */
const timeUnits: Readonly<Partial<Record<string, number>>> = { rtt: 8, rttvar: 4, rto_min: 1 };

function timeMetric({ name, value, locked }: RouteMetric, unitsPerMs: number): string {
  const valueMs = value / unitsPerMs;
  const time = valueMs >= 1_000 ? `${shortNumber(valueMs / 1_000)}s` : `${shortNumber(valueMs)}ms`;
  return `${name}${locked ? ' lock' : ''} ${time}`;
}

function plainMetric({ name, value, locked }: RouteMetric): string {
  return `${name} ${locked ? 'lock ' : ''}${String(value)}`;
}

function nextHopWords(hop: NextHop): readonly string[] {
  return [
    'nexthop',
    ...gatewayWords(hop.gateway),
    ...optional('dev', hop.interface),
    ...(hop.weight === 1 ? [] : [`weight ${String(hop.weight)}`]),
    ...(hop.onLink ? ['onlink'] : []),
    ...realmWords(hop.realms),
    ...encapsulationWords(hop.encapsulation),
  ];
}

function gatewayWords(gateway: string | null): readonly string[] {
  if (gateway === null) return [];
  return [`via ${gateway.includes(':') ? 'inet6' : 'inet'} ${gateway}`];
}

function realmWords(realms: number | null): readonly string[] {
  if (realms === null || realms === 0) return [];
  const [source, destination] = [realms >>> 16, realms & 0xffff];
  return source === 0
    ? [`realm ${String(destination)}`]
    : [`realms ${String(source)}/${String(destination)}`];
}

function encapsulationWords(encapsulation: Encapsulation | null): readonly string[] {
  if (encapsulation === null) return [];
  switch (encapsulation.type) {
    case 'mpls':
      return [`encap mpls ${encapsulation.labels.join('/')}`];
    case 'ila':
      return [`encap ila ${encapsulation.locator.map((group) => group.toString(16)).join(':')}`];
    case 'ip': {
      const ipv6 = encapsulation.family === 'IPv6';
      const { flags } = encapsulation;
      return [
        `encap ${ipv6 ? 'ip6' : 'ip'}`,
        ...optional('id', encapsulation.id),
        ...optional('dst', encapsulation.destination),
        ...optional('src', encapsulation.source),
        ...optional(ipv6 ? 'tc' : 'tos', encapsulation.typeOfService),
        ...optional(ipv6 ? 'hoplimit' : 'ttl', encapsulation.timeToLive),
        ...(flags === null ? [] : [`flags ${hexadecimal(flags)}`]),
      ];
    }
  }
}

function actionText({ action }: Rule): string {
  switch (action.type) {
    case 'table':
      return `lookup ${String(action.table)}`;
    case 'goto':
      return `goto ${String(action.priority)}`;
    case 'nop':
      return 'nop';
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return `type ${action.type}`;
  }
}

/** keepalived doesn't follow a route without an interface of its own: it has `no_track` unasked. */
function trackingWords(
  { trackGroup }: Route | Rule,
  { followed }: { readonly followed: boolean },
): readonly string[] {
  return [...(followed ? [] : ['no_track']), ...optional('track_group', trackGroup)];
}

function markText({ mark, mask }: { readonly mark: number; readonly mask: number | null }): string {
  const whole = mask === null || mask === 0xffff_ffff;
  return `${hexadecimal(mark)}${whole ? '' : `/${hexadecimal(mask)}`}`;
}

function rangeWords(
  word: string,
  range: { readonly first: number; readonly last: number } | null,
): readonly string[] {
  return range === null ? [] : [`${word} ${String(range.first)}-${String(range.last)}`];
}

function prefixText({ address, length }: Prefix): string {
  return withLength(address, length);
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}`;
}

function optional(word: string, value: string | number | null): readonly string[] {
  return value === null ? [] : [`${word} ${String(value)}`];
}
