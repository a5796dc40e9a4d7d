/**
 * The article's pair and the story's steps, for tests. The budgets are stricter
 * than the lab's: what the protocol needs, and nothing for a busy machine.
 */
import { milliseconds, seconds, toMilliseconds, type Duration } from '../base/units.ts';
import type { InterfaceName, Ipv4Address } from '../model/address.ts';
import type { Command } from '../model/command.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import type { ServiceConfig } from '../model/service-config.ts';
import {
  emptyConfig,
  instanceDefaults,
  virtualAddress as virtualAddressOf,
} from '../model/defaults.ts';
import { resignationBound, silenceBound } from './protocol-bounds.ts';
import type { StoryStep } from './story.ts';

const interfaceName = 'eth1' as InterfaceName;
const virtualAddress = '192.0.2.5' as Ipv4Address;

const priorityOf = { A: 100, B: 50 } as const;
/** `weight 2` while the check script succeeds. */
const scriptWeight = 2;
const interval = seconds(1);

function command(program: string, ...programArguments: string[]): Command {
  return { program, arguments: programArguments, user: null, group: null };
}

const nginx = '/usr/local/nginx/sbin/nginx';

const service: ServiceConfig = {
  name: 'nginx',
  start: command(nginx),
  stop: null,
  reload: null,
  test: command(nginx, '-t'),
  pidFile: '/run/nginx.pid',
  startTimeout: seconds(5),
  stopTimeout: seconds(5),
  probe: { type: 'http', url: 'http://127.0.0.1/' },
  probeInterval: seconds(1),
  probeTimeout: seconds(1),
  probeRise: 1,
  probeFall: 3,
  restartLimit: 3,
  restartWindow: seconds(60),
  retryInterval: seconds(1),
  stopWithBaton: false,
};

function instance(host: 'A' | 'B'): InstanceConfig {
  return {
    ...instanceDefaults,
    name: 'VI_1',
    initialState: host === 'A' ? 'MASTER' : 'BACKUP',
    interface: interfaceName,
    virtualRouterId: 51,
    priority: priorityOf[host],
    advertisementInterval: interval,
    sourceAddress: (host === 'A' ? '192.0.2.2' : '192.0.2.3') as Ipv4Address,
    authentication: { type: 'simple', password: '1111' },
    virtualAddresses: [virtualAddressOf(virtualAddress, interfaceName)],
    tracks: [
      { kind: 'script', name: 'chk_http_port', weight: scriptWeight, reverse: false },
      { kind: 'service', name: 'nginx', weight: 0, reverse: false },
    ],
  };
}

function configuration(host: 'A' | 'B'): Config {
  return {
    ...emptyConfig('LVS_DEVEL'),
    scripts: [
      {
        name: 'chk_http_port',
        command: command('/opt/tools/bin/check_ng.sh'),
        interval: seconds(2),
        timeout: seconds(2),
        rise: 1,
        fall: 1,
        initiallyFailed: false,
      },
    ],
    services: [service],
    instances: [instance(host)],
  };
}

export const articlePair = { A: configuration('A'), B: configuration('B') } as const;

/** Threads that wake, frames that travel, requests that are a millisecond apart. */
const latency = milliseconds(5);
const start = milliseconds(500);
const restart = milliseconds(100);

function budget(...parts: readonly Duration[]): number {
  return toMilliseconds(parts.reduce((sum, part) => (sum + part) as Duration, latency));
}

const election = budget(
  silenceBound({ priority: priorityOf.A, advertisementInterval: interval }),
  start,
);
const resignation = budget(resignationBound({ priority: priorityOf.B }));
const silence = budget(silenceBound({ priority: priorityOf.B, advertisementInterval: interval }));
const preemption = budget();
const restartInPlace = budget(restart);
const serviceLost = budget(restart, resignationBound({ priority: priorityOf.B }));

function step(
  name: string,
  holder: StoryStep['holder'],
  mends: string | null,
  budgetMs: number,
): StoryStep {
  return { name, title: `${name} on %s`, holder, mends, budgetMs };
}

export const storySteps: readonly StoryStep[] = [
  step('start', 'victim', null, election),
  step('baton-stopped', 'peer', null, resignation),
  step('baton-back', 'victim', 'baton-stopped', preemption),
  step('nginx-killed', 'victim', null, restartInPlace),
  step('nginx-broken', 'peer', null, serviceLost),
  step('nginx-mended', 'victim', 'nginx-broken', preemption),
  step('baton-killed', 'peer', null, silence),
  step('baton-restarted', 'victim', 'baton-killed', preemption),
  step('baton-frozen', 'peer', null, silence),
  step('baton-thawed', 'victim', 'baton-frozen', preemption),
  step('cable-cut', 'peer', null, silence),
  step('cable-healed', 'victim', 'cable-cut', preemption),
];
