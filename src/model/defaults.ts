/** What holds where the configuration says nothing: keepalived's defaults. */
import { milliseconds, seconds, zero } from '../base/units.ts';
import { vrrpGroupIpv4, vrrpGroupIpv6, type AddressFamily, type IpAddress } from './address.ts';
import type { InterfaceName } from './address.ts';
import type { AnnouncementConfig } from './announcement-config.ts';
import type {
  Config,
  GlobalConfig,
  InstanceConfig,
  NotifyConfig,
  TransportConfig,
  VirtualAddress,
} from './config.ts';
import type { Route, Rule } from './route.ts';
import type { InstanceCounters, Snapshot } from './snapshot.ts';

export const announcementDefaults: AnnouncementConfig = {
  delay: seconds(5),
  repeat: 5,
  refresh: zero,
  refreshRepeat: 1,
  lowerPriorityDelay: seconds(5),
  lowerPriorityRepeat: 5,
  extra: zero,
  extraOnAll: false,
};

export const noNotifications: NotifyConfig = {
  any: null,
  master: null,
  backup: null,
  fault: null,
  stop: null,
  deleted: null,
  deletedAsSuch: false,
  lowerPriorityHeard: null,
  priorityChanges: false,
};

/** All but the host's own name: `routerId`. */
export const globalDefaults: Omit<GlobalConfig, 'routerId'> = {
  mail: null,
  instanceName: null,
  networkNamespace: null,
  startupScript: null,
  shutdownScript: null,
  startupDelay: zero,
  delayAfterBoot: zero,
  logUnknownVirtualRouters: false,
  dynamicInterfaces: 'no',
  disableLocalIgmp: false,
  firewall: null,
  leaseGuard: true,
  fifos: { fifos: [], repeatStatesOnReload: false },
  scheduling: {
    nice: null,
    realTimePriority: null,
    realTimeLimit: null,
    lockMemory: false,
    processors: [],
    automaticPriorityLimit: 0,
    automaticPriorityLateness: milliseconds(1_000),
  },
  dumps: {
    stateFile: null,
    statisticsFile: null,
    jsonFile: null,
    jsonVersion: 1,
    useInstanceName: false,
  },
  reload: { complaintsFile: null, timeFile: null, repeat: false, marker: null },
  umask: null,
  pidDirectory: false,
  processName: null,
  netlinkBuffers: { command: null, monitor: null, processes: null },
  scriptSecurity: { enforced: false, keepSymbolicLinks: false, supplementaryGroups: false },
};

export function multicastTransport(family: AddressFamily): TransportConfig {
  return { type: 'multicast', group: family === 'IPv4' ? vrrpGroupIpv4 : vrrpGroupIpv6 };
}

/** An IPv4 instance of version 2; a name, an interface and a VRID are what it lacks. */
export const instanceDefaults: Omit<InstanceConfig, 'name' | 'interface' | 'virtualRouterId'> = {
  initialState: 'BACKUP',
  version: 2,
  family: 'IPv4',
  vrf: null,
  virtualMac: null,
  addressInterfaces: [],
  priority: 100,
  advertisementInterval: seconds(1),
  downTimerAdverts: 3,
  preempt: true,
  preemptDelay: zero,
  stepDownWhenLate: null,
  transport: multicastTransport('IPv4'),
  sourceAddress: null,
  trackSourceAddress: false,
  authentication: { type: 'none' },
  hmac: null,
  checksum: { send: 'pseudo-header', accept: ['pseudo-header', 'message'] },
  strict: false,
  virtualAddresses: [],
  excludedAddresses: [],
  virtualRoutes: [],
  virtualRules: [],
  promoteSecondaries: false,
  accept: true,
  answerLowerPriority: true,
  advertiseBeforeYielding: false,
  ownerIgnoresAdverts: false,
  addressConflict: 'warn',
  checkAddressListOnce: false,
  trackOwnInterface: true,
  tracks: [],
  announcement: announcementDefaults,
  receiveBufferOctets: null,
  notify: noNotifications,
  smtpAlert: false,
};

/** An address without any option; `prefixLength` null: that of a single host. */
export function virtualAddress(
  address: IpAddress,
  interfaceName: InterfaceName,
  prefixLength: number | null = null,
): VirtualAddress {
  const ipv6 = address.includes(':');
  const length = prefixLength ?? (ipv6 ? 128 : 32);
  return {
    address,
    prefixLength: length,
    interface: interfaceName,
    label: null,
    scope: 0,
    broadcast: null,
    peer: null,
    flags: [],
    detectDuplicates: false,
    preferredLifetime: ipv6 && length === 128 ? zero : null,
    tracked: true,
    trackGroup: null,
  };
}

/** A configuration without anything to run. */
export function emptyConfig(routerId: string): Config {
  return {
    global: { routerId, ...globalDefaults },
    scripts: [],
    files: [],
    processes: [],
    services: [],
    instances: [],
    syncGroups: [],
    fixed: { addresses: [], routes: [], rules: [] },
    trackGroups: [],
    announcementGroups: [],
    interfaceDelays: [],
    sideChannel: null,
  };
}

/** Nothing counted yet. */
export const noCounts: InstanceCounters = {
  advertsReceived: 0,
  advertsSent: 0,
  becameMaster: 0,
  releasedMaster: 0,
  priorityZeroReceived: 0,
  priorityZeroSent: 0,
  addressesRestored: 0,
  addressClaims: 0,
  addressDefences: 0,
  drops: {},
  remarks: {},
  checksums: {},
  newMasterReason: 'not-master',
};

/** What the core tells of itself where nothing is configured. */
export const emptySnapshot: Snapshot = {
  instances: [],
  scripts: [],
  services: [],
  groups: [],
  files: [],
  processes: [],
  guard: { state: 'off', error: null },
  drops: {},
  sideChannel: null,
};

/**
 * What marks routes and rules as Baton's: VRRP's protocol number, which nobody else marks routes
 * with (rtnetlink.h, and the rt_protos of iproute2 and FRR). keepalived's are 18.
 */
export const routingProtocol = 112;

/** What a route's line need not say. */
export const plainRoute = {
  type: 'unicast',
  source: null,
  preferredSource: null,
  gateway: null,
  interface: null,
  onLink: false,
  vrf: null,
  scope: null,
  protocol: routingProtocol,
  metric: null,
  typeOfService: 0,
  realms: null,
  congestionControl: null,
  expires: null,
  preference: null,
  timeToLivePropagate: null,
  encapsulation: null,
  insertion: 'prepend',
  tracked: true,
  trackGroup: null,
} as const satisfies Partial<Route>;

/** What a rule's line need not say. */
export const plainRule = {
  inverted: false,
  from: null,
  to: null,
  typeOfService: null,
  firewallMark: null,
  realms: null,
  inputInterface: null,
  outputInterface: null,
  suppressPrefixLength: null,
  suppressGroup: null,
  tunnelId: null,
  userRange: null,
  l3MasterDevice: false,
  protocol: routingProtocol,
  ipProtocol: null,
  sourcePorts: null,
  destinationPorts: null,
  tracked: true,
  trackGroup: null,
} as const satisfies Partial<Rule>;
