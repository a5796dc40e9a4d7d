/**
 * Routes, rules and links for tests: everything has a default, and a test names what it is about.
 */
import type { InterfaceName, IpAddress, MacAddress } from '../../src/model/address.ts';
import type { LinkChanged } from '../../src/model/core-event.ts';
import { plainRoute, plainRule } from '../../src/model/defaults.ts';
import type { Route, Rule } from '../../src/model/route.ts';

export function linkChanged(name: string, state: 'up' | 'down' | 'gone'): LinkChanged {
  return {
    type: 'link-changed',
    interface: name as InterfaceName,
    present: state !== 'gone',
    up: state === 'up',
    multicast: true,
    macAddress: state === 'gone' ? null : ('02:00:00:00:00:0a' as MacAddress),
  };
}

/** 198.51.100.0/24 via 192.0.2.9, in the main table. */
export function route(given: Partial<Route> = {}): Route {
  return {
    ...plainRoute,
    family: 'IPv4',
    destination: { address: '198.51.100.0' as IpAddress, length: 24 },
    gateway: '192.0.2.9' as IpAddress,
    interface: 'eth0' as InterfaceName,
    table: 254,
    metrics: [],
    nextHops: [],
    text: '198.51.100.0/24 via 192.0.2.9',
    ...given,
  };
}

/** from 198.51.100.0/24 table 100 */
export function rule(given: Partial<Rule> = {}): Rule {
  return {
    ...plainRule,
    family: 'IPv4',
    from: { address: '198.51.100.0' as IpAddress, length: 24 },
    action: { type: 'table', table: 100 },
    priority: 16_384,
    text: 'from 198.51.100.0/24 table 100',
    ...given,
  };
}
