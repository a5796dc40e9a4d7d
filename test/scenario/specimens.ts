/**
 * Routes, rules and links for tests: everything has a default, and a test names what it is about.
 */
import type { InterfaceName, IpAddress, MacAddress } from '../../src/model/address.ts';
import type { LinkChanged } from '../../src/model/core-event.ts';
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
    family: 'IPv4',
    type: 'unicast',
    destination: { address: '198.51.100.0' as IpAddress, length: 24 },
    source: null,
    preferredSource: null,
    gateway: '192.0.2.9' as IpAddress,
    interface: 'eth0' as InterfaceName,
    onLink: false,
    table: 254,
    vrf: null,
    scope: null,
    protocol: 18,
    metric: null,
    typeOfService: 0,
    realms: null,
    metrics: [],
    congestionControl: null,
    expires: null,
    preference: null,
    timeToLivePropagate: null,
    encapsulation: null,
    nextHops: [],
    insertion: 'prepend',
    tracked: true,
    trackGroup: null,
    text: '198.51.100.0/24 via 192.0.2.9',
    ...given,
  };
}

/** from 198.51.100.0/24 table 100 */
export function rule(given: Partial<Rule> = {}): Rule {
  return {
    family: 'IPv4',
    inverted: false,
    from: { address: '198.51.100.0' as IpAddress, length: 24 },
    to: null,
    action: { type: 'table', table: 100 },
    priority: 16_384,
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
    protocol: 18,
    ipProtocol: null,
    sourcePorts: null,
    destinationPorts: null,
    tracked: true,
    trackGroup: null,
    text: 'from 198.51.100.0/24 table 100',
    ...given,
  };
}
