/** Configurations and events as fast-check makes them: any order, but of things that happen. */
import fc from 'fast-check';
import { milliseconds, seconds, zero, type Duration } from '../../src/base/units.ts';
import {
  vrrpGroupIpv4,
  type InterfaceName,
  type Ipv4Address,
  type MacAddress,
} from '../../src/model/address.ts';
import type { Config, InstanceConfig, TrackConfig } from '../../src/model/config.ts';
import type { CoreEvent, ScriptOutcome } from '../../src/model/core-event.ts';
import { noNotifications } from '../../src/model/defaults.ts';
import { dropReasonTable, type DropReason } from '../../src/model/drop-reason.ts';
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

export const password = 'hush-hush';

/** One thing that happens, `wait` after the one before; `asleep`: nobody looked in between. */
export interface Happening {
  readonly wait: Duration;
  readonly asleep: boolean;
  readonly event: CoreEvent;
}

const interfaces = fc.constantFrom('eth0' as InterfaceName, 'eth1' as InterfaceName);
const virtualRouterIds = fc.constantFrom(51, 52, 53);
const priorities = fc.oneof(
  fc.constantFrom(1, 50, 100, 150, 254, 255),
  fc.integer({ min: 1, max: 255 }),
);
const waits = fc.oneof(
  fc.constant(milliseconds(0)),
  fc.integer({ min: 1, max: 5_000 }).map(milliseconds),
);

/** The virtual addresses of a VRID; no two virtual routers share one. */
function addressesOf(virtualRouterId: number, count: number): Ipv4Address[] {
  return Array.from(
    { length: count },
    (_, place) => `192.0.2.${(virtualRouterId - 50) * 10 + place}` as Ipv4Address,
  );
}

const weights = fc.record({
  weight: fc.constantFrom(0, 20, -20, 253, -253),
  reverse: fc.boolean(),
});

const otherTracks = fc.constantFrom<Pick<TrackConfig, 'kind' | 'name'>>(
  { kind: 'file', name: 'load' },
  { kind: 'process', name: 'named' },
  { kind: 'interface', name: 'eth1' },
);

const anyInstance = (virtualRouterId: number): fc.Arbitrary<InstanceConfig> =>
  fc
    .record({
      name: fc.constant(`VI_${virtualRouterId}`),
      virtualRouterId: fc.constant(virtualRouterId),
      interface: interfaces,
      priority: priorities,
      preempt: fc.boolean(),
      smtpAlert: fc.boolean(),
      notify: fc.constantFrom(notifyAll, noNotifications),
      advertisementInterval: fc.constantFrom(seconds(1), seconds(3)),
      authentication: fc.constantFrom(
        { type: 'none' } as const,
        { type: 'simple', password } as const,
      ),
      count: fc.integer({ min: 0, max: 3 }),
      scripts: fc.array(weights, { maxLength: 1 }),
      services: fc.array(weights, { maxLength: 1 }),
      others: fc.array(fc.tuple(otherTracks, weights), { maxLength: 2 }),
      routed: fc.boolean(),
    })
    .map(({ count, scripts, services, others, routed, ...given }) =>
      instanceConfig({
        ...given,
        virtualAddresses: addressesOf(virtualRouterId, count).map((one) =>
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

export const anyConfig: fc.Arbitrary<Config> = fc
  .record({
    mailed: fc.boolean(),
    scripts: fc.tuple(anyScript),
    services: fc.tuple(anyService),
    instances: fc
      .subarray([51, 52, 53], { minLength: 1 })
      .chain((ids) => fc.tuple(...ids.map(anyInstance))),
    members: fc.subarray([51, 52, 53]),
    delay: fc.constantFrom(zero, seconds(2)),
    fixed: fc.boolean(),
  })
  .map(({ mailed, members, delay, fixed, ...given }) =>
    config({
      ...given,
      global: { ...config().global, mail: mailed ? mail : null },
      files: [parseFile('load')],
      processes: [{ ...parseProcess('named', []), terminateDelay: delay }],
      syncGroups: [
        { ...parseGroup('VG', []), members: members.map((id) => `VI_${id}`), smtpAlert: mailed },
      ],
      interfaceDelays: [{ interface: 'eth0' as InterfaceName, down: delay, up: delay }],
      fixed: { addresses: [], routes: fixed ? [route({ metric: 7 })] : [], rules: [] },
    }),
  );

const channels = interfaces.map(
  (name) => ({ interface: name, family: 'IPv4', protocol: 'vrrp' }) as const,
);

const anyAdvert: fc.Arbitrary<CoreEvent> = fc
  .record({
    channel: channels,
    source: fc
      .constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.254')
      .map((one) => one as Ipv4Address),
    timeToLive: fc.constantFrom(255, 255, 255, 254),
    virtualRouterId: virtualRouterIds,
    priority: fc.oneof(fc.constant(0), priorities),
    advertisementIntervalSeconds: fc.constantFrom(1, 1, 3),
    count: fc.integer({ min: 0, max: 3 }),
    secret: fc.boolean(),
  })
  .map(({ count, secret, virtualRouterId, priority, advertisementIntervalSeconds, ...packet }) => ({
    type: 'advert-received',
    destination: vrrpGroupIpv4,
    ...packet,
    authenticationHeader: null,
    hmac: null,
    advert: {
      version: 2,
      virtualRouterId,
      priority,
      advertisementIntervalSeconds,
      authentication: secret
        ? { type: 1, data: Buffer.from(password).toString('hex').slice(0, 16) }
        : { type: 0, data: '0'.repeat(16) },
      addresses: addressesOf(virtualRouterId, count),
    },
  }));

const anyLink: fc.Arbitrary<CoreEvent> = fc
  .record({ interface: interfaces, present: fc.boolean(), up: fc.boolean() })
  .map(({ present, up, ...place }) => ({
    type: 'link-changed',
    ...place,
    present,
    up: present && up,
    multicast: true,
    macAddress: present ? ('02:00:00:00:00:0a' as MacAddress) : null,
  }));

const ownAddresses = fc.constantFrom('192.0.2.1', '192.0.2.3').map((one) => one as Ipv4Address);
const anyVirtualAddress = fc.constantFrom(...[51, 52, 53].flatMap((id) => addressesOf(id, 3)));

const anyAddressChange: fc.Arbitrary<CoreEvent> = fc.oneof(
  fc.record({
    type: fc.constant('address-appeared' as const),
    interface: interfaces,
    address: ownAddresses,
    prefixLength: fc.constant(24),
    secondary: fc.boolean(),
    tentative: fc.constant(false),
    own: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('address-vanished' as const),
    interface: interfaces,
    address: fc.oneof(ownAddresses, anyVirtualAddress),
    prefixLength: fc.constantFrom(24, 32),
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
    virtualRouterId: fc.option(virtualRouterIds),
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
  { weight: 1, arbitrary: fc.constant({ type: 'stop-requested' as const }) },
);

export const anyStory: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.record({ wait: waits, asleep: fc.boolean(), event: anyEvent }),
  { maxLength: 60, size: 'max' },
);
