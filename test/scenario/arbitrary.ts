/** Configurations and events as fast-check makes them: any order, but of things that happen. */
import fc from 'fast-check';
import { milliseconds, seconds, zero, type Duration, type Instant } from '../../src/base/units.ts';
import type { InterfaceName, IpAddress, MacAddress } from '../../src/model/address.ts';
import type { AnnouncementGroupConfig } from '../../src/model/announcement-config.ts';
import type { Config, InstanceConfig, TrackConfig } from '../../src/model/config.ts';
import type { CoreEvent, ScriptOutcome } from '../../src/model/core-event.ts';
import { announcementDefaults, noNotifications } from '../../src/model/defaults.ts';
import { dropReasonTable, type DropReason } from '../../src/model/drop-reason.ts';
import {
  addressesOf,
  advertBy,
  intervalOf,
  protocolOf,
  virtualRouterIds,
} from './arbitrary-protocol.ts';
import {
  command,
  config,
  instanceConfig,
  mail,
  notifyAll,
  scriptConfig,
  serviceConfig,
  virtualAddress,
} from './configuration.ts';
import { parseFile, parseGroup, parseProcess } from './setting-notation.ts';
import { route, rule } from './specimens.ts';

/** One thing that happens, `wait` after the one before; `asleep`: nobody looked in between. */
export interface Happening {
  readonly wait: Duration;
  readonly asleep: boolean;
  readonly event: CoreEvent;
}

/** Mostly the first, so that what is sent finds somebody. */
const interfaces = fc
  .constantFrom('eth0', 'eth0', 'eth0', 'eth1')
  .map((name) => name as InterfaceName);
const anyVirtualRouterId = fc.constantFrom(...virtualRouterIds);
const priorities = fc.oneof(
  fc.constantFrom(1, 50, 100, 150, 254, 255),
  fc.integer({ min: 1, max: 255 }),
);
const waits = fc.oneof(
  fc.constant(milliseconds(0)),
  fc.integer({ min: 1, max: 5_000 }).map(milliseconds),
);

const weights = fc.record({
  weight: fc.constantFrom(0, 20, -20, 253, -253),
  reverse: fc.boolean(),
});

const otherTracks = fc.constantFrom<Pick<TrackConfig, 'kind' | 'name'>>(
  { kind: 'file', name: 'load' },
  { kind: 'process', name: 'named' },
  { kind: 'interface', name: 'eth1' },
);

/** How it meets others, beyond what the RFCs leave to a configuration. */
const anyManner = fc.record({
  initialState: fc.constantFrom('BACKUP' as const, 'MASTER' as const),
  preempt: fc.boolean(),
  preemptDelay: fc.constantFrom(zero, seconds(4)),
  downTimerAdverts: fc.constantFrom(3, 3, 1, 5),
  stepDownWhenLate: fc.constantFrom(null, { priority: 200 }),
  answerLowerPriority: fc.boolean(),
  advertiseBeforeYielding: fc.boolean(),
  ownerIgnoresAdverts: fc.boolean(),
  checkAddressListOnce: fc.boolean(),
  accept: fc.boolean(),
  trackOwnInterface: fc.constantFrom(true, true, false),
  promoteSecondaries: fc.boolean(),
  announcement: fc.constantFrom(announcementDefaults, {
    ...announcementDefaults,
    delay: zero,
    refresh: seconds(2),
    refreshRepeat: 2,
    lowerPriorityRepeat: 1,
    extra: seconds(3),
    extraOnAll: true,
  }),
});

const anyInstance = (virtualRouterId: number): fc.Arbitrary<InstanceConfig> =>
  protocolOf(virtualRouterId).chain((protocol) =>
    fc
      .record({
        manner: anyManner,
        name: fc.constant(`VI_${virtualRouterId}`),
        virtualRouterId: fc.constant(virtualRouterId),
        interface: interfaces,
        priority: priorities,
        smtpAlert: fc.boolean(),
        notify: fc.constantFrom(notifyAll, noNotifications),
        advertisementInterval: intervalOf(protocol),
        count: fc.integer({ min: 0, max: 3 }),
        scripts: fc.array(weights, { maxLength: 1 }),
        services: fc.array(weights, { maxLength: 1 }),
        others: fc.array(fc.tuple(otherTracks, weights), { maxLength: 2 }),
        routed: fc.boolean(),
      })
      .map(({ manner, count, scripts, services, others, routed, ...given }) =>
        instanceConfig({
          ...protocol,
          ...manner,
          ...given,
          virtualAddresses: addressesOf(virtualRouterId, protocol.family, count).map((one) =>
            virtualAddress(one, given.interface),
          ),
          tracks: [
            ...scripts.map((one) => ({ kind: 'script', name: 'check', ...one }) as const),
            ...services.map((one) => ({ kind: 'service', name: 'nginx', ...one }) as const),
            ...others.map(([track, one]) => ({ ...track, ...one })),
          ],
          virtualRoutes: routed ? [route()] : [],
          virtualRules: routed ? [rule()] : [],
        }),
      ),
  );

const anyService = fc
  .record({
    probed: fc.boolean(),
    tested: fc.boolean(),
    restartLimit: fc.integer({ min: 0, max: 3 }),
    stopWithBaton: fc.boolean(),
    pidFile: fc.constantFrom('/run/nginx.pid', '/run/other.pid'),
  })
  .map(({ probed, tested, ...given }) =>
    serviceConfig({
      ...given,
      probe: probed ? { type: 'tcp', host: '127.0.0.1', port: 80 } : null,
      test: tested ? command('/nginx', '-t') : null,
    }),
  );

const anyScript = fc
  .record({
    interval: fc.constantFrom(seconds(1), seconds(2)),
    rise: fc.integer({ min: 1, max: 3 }),
    fall: fc.integer({ min: 1, max: 3 }),
    initiallyFailed: fc.boolean(),
    command: fc.constantFrom(command('/check'), command('/other')),
  })
  .map(scriptConfig);

/** Without pauses, or with some that both interfaces share, or that each has. */
const anyAnnouncementGroups: fc.Arbitrary<readonly AnnouncementGroupConfig[]> = fc
  .constantFrom([], [['eth0', 'eth1']], [null])
  .map((groups) =>
    groups.map((names) => ({
      arpInterval: milliseconds(100),
      neighbourInterval: milliseconds(50),
      interfaces: names?.map((name) => name as InterfaceName) ?? null,
    })),
  );

export const anyConfig: fc.Arbitrary<Config> = fc
  .record({
    mailed: fc.boolean(),
    scripts: fc.tuple(anyScript),
    services: fc.tuple(anyService),
    instances: fc
      .subarray(virtualRouterIds, { minLength: 1 })
      .chain((ids) => fc.tuple(...ids.map(anyInstance))),
    members: fc.subarray(virtualRouterIds),
    tracked: fc.boolean(),
    delay: fc.constantFrom(zero, seconds(2)),
    startupDelay: fc.constantFrom(zero, zero, zero, seconds(4)),
    fixed: fc.boolean(),
    announcementGroups: anyAnnouncementGroups,
  })
  .map(({ mailed, members, tracked, delay, startupDelay, fixed, ...given }) =>
    config({
      ...given,
      global: { ...config().global, mail: mailed ? mail : null, startupDelay },
      files: [parseFile('load')],
      processes: [{ ...parseProcess('named', []), terminateDelay: delay }],
      syncGroups: [
        {
          ...parseGroup('VG', []),
          members: members.map((id) => `VI_${id}`),
          tracks: tracked ? [{ kind: 'script', name: 'check', weight: 0, reverse: false }] : [],
          smtpAlert: mailed,
        },
      ],
      interfaceDelays: [{ interface: 'eth0' as InterfaceName, down: delay, up: delay }],
      fixed: { addresses: [], routes: fixed ? [route({ metric: 7 })] : [], rules: [] },
    }),
  );

const channels = interfaces.map(
  (name) => ({ interface: name, family: 'IPv4', protocol: 'vrrp' }) as const,
);

const anyAdvert: fc.Arbitrary<CoreEvent> = anyVirtualRouterId
  .chain((virtualRouterId) =>
    fc.record({
      protocol: protocolOf(virtualRouterId),
      virtualRouterId: fc.constant(virtualRouterId),
      name: interfaces,
      priority: fc.oneof(fc.constant(0), priorities),
      count: fc.integer({ min: 0, max: 3 }),
    }),
  )
  .chain(({ protocol, virtualRouterId, name, priority, count }) => {
    const addresses = addressesOf(virtualRouterId, protocol.family, count);
    return advertBy(protocol, { virtualRouterId, priority, addresses }, name);
  });

/** Mostly up: little happens to those whose interface is gone. */
const anyLink: fc.Arbitrary<CoreEvent> = fc
  .record({
    interface: interfaces,
    present: fc.constantFrom(true, true, true, true, false),
    up: fc.constantFrom(true, true, false),
  })
  .map(({ present, up, ...place }) => ({
    type: 'link-changed',
    ...place,
    present,
    up: present && up,
    multicast: true,
    macAddress: present ? ('02:00:00:00:00:0a' as MacAddress) : null,
  }));

const ownAddresses = fc
  .constantFrom('192.0.2.1', '192.0.2.3', 'fe80::1', 'fe80::3', '2001:db8::1')
  .map((one) => one as IpAddress);
const anyVirtualAddress = fc.constantFrom(
  ...(['IPv4', 'IPv6'] as const).flatMap((family) =>
    virtualRouterIds.flatMap((id) => addressesOf(id, family, 3)),
  ),
);

const anyAddressChange: fc.Arbitrary<CoreEvent> = fc.oneof(
  fc.record({
    type: fc.constant('address-appeared' as const),
    interface: interfaces,
    address: ownAddresses,
    prefixLength: fc.constantFrom(24, 64),
    secondary: fc.boolean(),
    tentative: fc.constant(false),
    own: fc.boolean(),
    renewedAt: fc.constantFrom(null, 0 as Instant),
  }),
  fc.record({
    type: fc.constantFrom('address-vanished' as const, 'address-duplicate' as const),
    interface: interfaces,
    address: fc.oneof(ownAddresses, anyVirtualAddress),
    prefixLength: fc.constantFrom(24, 32, 64, 128),
  }),
);

const anyOutcome: fc.Arbitrary<ScriptOutcome> = fc.oneof(
  fc.record({ type: fc.constant('exited' as const), status: fc.constantFrom(0, 0, 1) }),
  fc.constant({ type: 'timed-out' as const }),
  fc.constant({ type: 'signalled' as const, signal: 'SIGKILL' }),
  fc.constant({ type: 'not-executable' as const, reason: 'no such file' }),
);

const service = fc.constantFrom('nginx', 'nginx', 'unheard-of');
const processId = fc.constantFrom(7, 8);
const detail = fc.constant('so it is');

const anyAnswer: fc.Arbitrary<CoreEvent> = fc.oneof(
  fc.record({
    type: fc.constant('effect-settled' as const),
    id: fc.integer({ min: 0, max: 60 }),
    error: fc.constantFrom(null, null, 'EPERM'),
  }),
  fc.record({
    type: fc.constant('script-finished' as const),
    script: fc.constantFrom('check', 'unheard-of'),
    outcome: anyOutcome,
  }),
  fc.record({
    type: fc.constant('service-found' as const),
    service,
    processId: fc.option(processId),
  }),
  fc.record({ type: fc.constant('service-started' as const), service, processId }),
  fc.record({ type: fc.constant('service-start-failed' as const), service, reason: detail }),
  fc.record({
    type: fc.constant('service-tested' as const),
    service,
    passed: fc.boolean(),
    detail,
  }),
  fc.record({
    type: fc.constant('service-probed' as const),
    service,
    answered: fc.boolean(),
    detail,
  }),
  fc.record({ type: fc.constant('process-exited' as const), service, processId }),
  fc.record({
    type: fc.constant('file-read' as const),
    file: fc.constantFrom('load', 'unheard-of'),
    value: fc.option(fc.integer({ min: -300, max: 300 })),
  }),
  fc.record({
    type: fc.constant('processes-counted' as const),
    tracker: fc.constantFrom('named', 'unheard-of'),
    count: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({
    type: fc.constant('route-vanished' as const),
    route: fc.constantFrom(route(), route({ metric: 7 })),
  }),
  fc.record({ type: fc.constant('rule-vanished' as const), rule: fc.constant(rule()) }),
);

const anyCommand: fc.Arbitrary<CoreEvent> = fc.oneof(
  fc.record({ type: fc.constant('config-replaced' as const), config: anyConfig }),
  fc.record({
    type: fc.constant('pass-requested' as const),
    instance: fc.constantFrom(null, 'VI_51'),
  }),
  fc.record({ type: fc.constant('service-reload-requested' as const), service }),
  fc.record({ type: fc.constant('snapshot-requested' as const), id: fc.constant(1) }),
  fc.record({
    type: fc.constant('packet-dropped' as const),
    channel: channels,
    source: fc.constant(null),
    virtualRouterId: fc.option(anyVirtualRouterId),
    reason: fc.constantFrom(...(Object.keys(dropReasonTable) as DropReason[])),
  }),
  fc.record({
    type: fc.constant('send-failed' as const),
    interface: interfaces,
    error: fc.constant('send: ENETDOWN'),
  }),
);

const anyEvent: fc.Arbitrary<CoreEvent> = fc.oneof(
  { weight: 30, arbitrary: anyAdvert },
  { weight: 5, arbitrary: anyLink },
  { weight: 10, arbitrary: anyAddressChange },
  { weight: 20, arbitrary: anyAnswer },
  { weight: 10, arbitrary: anyCommand },
  { weight: 20, arbitrary: fc.constant({ type: 'time-passed' as const }) },
  { weight: 5, arbitrary: fc.constant({ type: 'takeover-nears' as const }) },
  { weight: 1, arbitrary: fc.constant({ type: 'stop-requested' as const }) },
);

export const anyStory: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({ wait: waits, asleep: fc.boolean(), event: anyEvent }),
  { maxLength: 60, size: 'max' },
);
