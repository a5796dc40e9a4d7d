/**
 * A site to play in: two to five hosts that share one virtual router, and how it is
 * set up. Sites are drawn from a seed, and each host's configuration is made from it.
 */
import { milliseconds, seconds, zero, type Duration } from '../../base/units.ts';
import type { Random } from '../../base/random.ts';
import {
  vrrpGroupIpv4,
  vrrpGroupIpv6,
  type InterfaceName,
  type IpAddress,
  type Ipv4Address,
  type Ipv6Address,
} from '../../model/address.ts';
import { pick, chance } from './chance.ts';

export interface SiteHost {
  readonly name: string;
  readonly priority: number;
  readonly initialState: 'MASTER' | 'BACKUP';
  readonly preempt: boolean;
  readonly preemptDelay: Duration;
  /** How much of its own time passes while a second of the world's does. */
  readonly clockRate: number;
}

/** A check script's part in the priority. */
export interface SiteScript {
  readonly weight: number;
  readonly interval: Duration;
  readonly rise: number;
  readonly fall: number;
}

export interface Site {
  readonly hosts: readonly SiteHost[];
  readonly version: 2 | 3;
  readonly family: 'IPv4' | 'IPv6';
  readonly transport: 'multicast' | 'unicast';
  readonly interval: Duration;
  readonly authentication: 'none' | 'simple' | 'header';
  /** Null: there is none. */
  readonly script: SiteScript | null;
  /** Each host has nginx under Baton's care. */
  readonly service: boolean;
  /** The hosts hand mastership over by a side channel. */
  readonly sideChannel: boolean;
  /** The kernel lets a host answer only while its adverts leave. */
  readonly guarded: boolean;
}

export const interfaceName = 'eth0' as InterfaceName;
export const virtualRouterId = 51;
export const instanceName = 'VI_1';

const hostNames = ['A', 'B', 'C', 'D', 'E'] as const;
const mostHosts = hostNames.length;

/** Two hosts are what most people have. */
const hostCounts = [2, 2, 2, 2, 3, 3, 3, 4, mostHosts] as const;
/** The quickest are played less often than the others, since they take the longest to play. */
const intervals3 = [...[10, 50, 100, 100, 250, 250, 500, 500, 500], ...rows(1_000, 9)] as const;
const scriptWeights = [0, 0, 2, 20, -20, -60] as const;
function rows(interval: number, count: number): readonly number[] {
  return new Array<number>(count).fill(interval);
}

/** Of clocks that are out of order; most are not. */
const worstDrift = 0.005;

export interface SiteOptions {
  readonly guarded: boolean;
}

export function drawSite(random: Random, { guarded }: SiteOptions): Site {
  const count = pick(random, hostCounts);
  const version = chance(random, 0.6) ? 2 : 3;
  const family = version === 3 && chance(random, 0.3) ? 'IPv6' : 'IPv4';
  const interval =
    version === 2 ? seconds(chance(random, 0.9) ? 1 : 2) : milliseconds(pick(random, intervals3));
  const simple = version === 2 && chance(random, 0.4);
  const sealed = version === 2 && !simple && chance(random, 0.15);
  const script = chance(random, 0.06)
    ? {
        weight: pick(random, scriptWeights),
        interval: seconds(1),
        rise: pick(random, [1, 2]),
        fall: pick(random, [1, 2]),
      }
    : null;
  return {
    hosts: drawHosts(random, count),
    version,
    family,
    transport: chance(random, 0.15) ? 'unicast' : 'multicast',
    interval,
    authentication: sealed ? 'header' : simple ? 'simple' : 'none',
    script,
    service: chance(random, 0.02),
    sideChannel: !sealed && chance(random, 0.1),
    guarded,
  };
}

function drawHosts(random: Random, count: number): readonly SiteHost[] {
  const alike = chance(random, 0.15);
  const nopreempt = chance(random, 0.25);
  const delayed = !nopreempt && chance(random, 0.1);
  const drifting = chance(random, 0.25);
  const shared = 1 + Math.floor(random.next() * 254);
  return hostNames.slice(0, count).map((name) => ({
    name,
    priority: alike ? shared : 1 + Math.floor(random.next() * 254),
    initialState: !nopreempt && chance(random, 0.5) ? 'MASTER' : 'BACKUP',
    preempt: !nopreempt,
    preemptDelay: delayed ? seconds(pick(random, [1, 3])) : zero,
    clockRate: drifting ? 1 + (random.next() * 2 - 1) * worstDrift : 1,
  }));
}

/** The hosts' own addresses, by their place in the site. */
export function ownAddress(site: Site, index: number): IpAddress {
  return site.family === 'IPv4'
    ? (`192.0.2.${String(index + 2)}` as Ipv4Address)
    : (`fe80::${String(index + 2)}` as Ipv6Address);
}

export function virtualAddresses(site: Site): readonly [IpAddress, ...IpAddress[]] {
  return site.family === 'IPv4'
    ? ['192.0.2.100' as Ipv4Address, '192.0.2.101' as Ipv4Address]
    : ['fe80::100' as Ipv6Address, '2001:db8::100' as Ipv6Address];
}

export function multicastGroup(site: Site): IpAddress {
  return site.family === 'IPv4' ? vrrpGroupIpv4 : vrrpGroupIpv6;
}

/** One line for people. */
export function describeSite(site: Site): string {
  const { version, family, transport, interval, authentication, script, service, guarded } = site;
  const { sideChannel } = site;
  const parts = [
    `VRRP version ${String(version)} over ${family}, ${transport}`,
    `adverts each ${String(interval / 1_000)} ms`,
    authentication === 'none' ? null : `authentication ${authentication}`,
    script === null ? null : `check script of weight ${String(script.weight)}`,
    service ? 'nginx in care' : null,
    sideChannel ? 'side channel' : null,
    guarded ? null : 'no guard in the kernel',
  ];
  return parts.filter((part) => part !== null).join(', ');
}

export function describeHost(host: SiteHost): string {
  const { name, priority, initialState, preempt, preemptDelay, clockRate } = host;
  const parts = [
    `priority ${String(priority)}`,
    `state ${initialState}`,
    preempt ? null : 'nopreempt',
    preemptDelay === zero ? null : `preempt_delay ${String(preemptDelay / 1_000_000)}`,
    clockRate === 1 ? null : `clock ${((clockRate - 1) * 1_000).toFixed(2)} ms/s fast`,
  ];
  return `${name}: ${parts.filter((part) => part !== null).join(', ')}`;
}
