/** Each host's configuration, made from the site without a text in between. */
import { milliseconds, seconds } from '../../base/units.ts';
import type { Ipv4Address } from '../../model/address.ts';
import type { Command } from '../../model/command.ts';
import type {
  Config,
  InstanceConfig,
  ScriptConfig,
  SideChannelConfig,
  TrackConfig,
} from '../../model/config.ts';
import {
  emptyConfig,
  instanceDefaults,
  noNotifications,
  plainRoute,
  virtualAddress,
} from '../../model/defaults.ts';
import type { Route } from '../../model/route.ts';
import type { ServiceConfig } from '../../model/service-config.ts';
import {
  instanceName,
  interfaceName,
  multicastGroup,
  ownAddress,
  virtualAddresses,
  virtualRouterId,
  type Site,
} from './site.ts';

export const checkProgram = '/usr/local/bin/check';
export const notifyProgram = '/usr/local/bin/notify';
const pidFile = '/run/nginx.pid';

const scriptName = 'check';
const serviceName = 'nginx';
const nginx = '/usr/sbin/nginx';
const password = 'secret';
const sidePort = 8112;
/** 32 octets in hexadecimal. */
const sideKey = '5a'.repeat(32);

function command(program: string, ...programArguments: string[]): Command {
  return { program, arguments: programArguments, user: null, group: null };
}

/** With `priority` in place of the site's, as after an edit of the file. */
export function configurationOf(site: Site, index: number, priority?: number): Config {
  return {
    ...emptyConfig(site.hosts[index]?.name ?? ''),
    scripts: site.script === null ? [] : [scriptOf(site.script)],
    services: site.service ? [service] : [],
    instances: [instanceOf(site, index, priority)],
    sideChannel: site.sideChannel ? sideChannelOf(site, index) : null,
  };
}

function sideChannelOf(site: Site, index: number): SideChannelConfig {
  const ends = site.hosts.map((_, place) => ({ address: ownAddress(site, place), port: sidePort }));
  const own = { address: ownAddress(site, index), port: sidePort };
  return { own, peers: ends.filter((__, place) => place !== index), key: sideKey };
}

function instanceOf(site: Site, index: number, priority?: number): InstanceConfig {
  const host = site.hosts[index];
  const unicast = site.transport === 'unicast';
  const peers = site.hosts
    .map((_, other) => ownAddress(site, other))
    .filter((__, other) => other !== index)
    .map((address) => ({ address, minimumTimeToLive: 0, maximumTimeToLive: 255 }));
  return {
    ...instanceDefaults,
    // No host is there that claims what is not its own.
    addressConflict: 'off',
    name: instanceName,
    initialState: host?.initialState ?? 'BACKUP',
    version: site.version,
    family: site.family,
    interface: interfaceName,
    virtualRouterId,
    priority: priority ?? host?.priority ?? 1,
    advertisementInterval: site.interval,
    preempt: host?.preempt ?? true,
    preemptDelay: host?.preemptDelay ?? instanceDefaults.preemptDelay,
    transport: unicast
      ? { type: 'unicast', peers, timeToLive: 255, checkSource: false }
      : { type: 'multicast', group: multicastGroup(site) },
    sourceAddress: ownAddress(site, index),
    authentication: authenticationOf(site),
    virtualAddresses: virtualAddresses(site).map((one) => virtualAddress(one, interfaceName)),
    virtualRoutes: site.service ? [route] : [],
    tracks: tracksOf(site),
    notify: { ...noNotifications, any: command(notifyProgram) },
  };
}

function authenticationOf({ authentication }: Site): InstanceConfig['authentication'] {
  switch (authentication) {
    case 'none':
      return { type: 'none' };
    case 'simple':
      return { type: 'simple', password };
    case 'header':
      return { type: 'header', password };
  }
}

function tracksOf({ script, service: inCare }: Site): readonly TrackConfig[] {
  const tracks: TrackConfig[] = [];
  if (script !== null) {
    tracks.push({ kind: 'script', name: scriptName, weight: script.weight, reverse: false });
  }
  if (inCare) tracks.push({ kind: 'service', name: serviceName, weight: 0, reverse: false });
  return tracks;
}

function scriptOf({ interval, rise, fall }: NonNullable<Site['script']>): ScriptConfig {
  return {
    ...{ name: scriptName, command: command(checkProgram), interval, rise, fall },
    timeout: interval,
    initiallyFailed: false,
  };
}

const mainTable = 254;

const route: Route = {
  ...plainRoute,
  family: 'IPv4',
  destination: { address: '198.51.100.0' as Ipv4Address, length: 24 },
  interface: interfaceName,
  table: mainTable,
  metrics: [],
  nextHops: [],
  text: '198.51.100.0/24 dev eth0',
};

const service: ServiceConfig = {
  name: serviceName,
  start: command(nginx),
  stop: null,
  reload: null,
  test: command(nginx, '-t'),
  pidFile,
  startTimeout: seconds(5),
  stopTimeout: seconds(5),
  probe: { type: 'tcp', host: '127.0.0.1', port: 80 },
  probeInterval: seconds(1),
  probeTimeout: milliseconds(500),
  probeRise: 1,
  probeFall: 3,
  restartLimit: 3,
  restartWindow: seconds(60),
  retryInterval: seconds(1),
  stopWithBaton: false,
};
