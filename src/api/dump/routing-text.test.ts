/** Routes and rules in the words that keepalived 2.2.7 was seen to write. */
import { describe, expect, it } from 'vitest';
import type { InterfaceName, IpAddress } from '../../model/address.ts';
import { plainRoute, plainRule } from '../../model/defaults.ts';
import type { NextHop, Prefix, Route, Rule } from '../../model/route.ts';
import { routeText, ruleText } from './routing-text.ts';

const v0 = 'v0' as InterfaceName;
const gateway = '192.0.2.9' as IpAddress;

function prefix(address: string, length: number): Prefix {
  return { address: address as IpAddress, length };
}

function route(destination: Prefix, more: Partial<Route>): Route {
  const rest = { table: 254, metrics: [], nextHops: [], text: '' };
  return { ...plainRoute, ...rest, family: 'IPv4', destination, ...more };
}

function hop(address: string, weight: number): NextHop {
  const plain = { onLink: false, realms: null, encapsulation: null };
  return { ...plain, gateway: address as IpAddress, interface: v0, weight };
}

describe('a route', () => {
  it('has its next hop with the family, its protocol and its metrics', () => {
    const metrics = [{ name: 'mtu', value: 1_400, locked: false }] as const;
    const through = { gateway, interface: v0, metric: 5, metrics };
    expect(routeText(route(prefix('198.51.100.0', 24), through))).toBe(
      'prepend 198.51.100.0/24 via inet 192.0.2.9 dev v0 proto 112 metric 5 mtu 1400',
    );
  });

  it('over several next hops has no_track, having no interface of its own', () => {
    const nextHops = [hop('192.0.2.9', 2), hop('192.0.2.8', 1)];
    expect(routeText(route(prefix('198.51.101.0', 24), { nextHops }))).toBe(
      'prepend 198.51.101.0/24 proto 112 nexthop via inet 192.0.2.9 dev v0 weight 2 ' +
        'nexthop via inet 192.0.2.8 dev v0 no_track',
    );
  });

  it('that leads nowhere is only ever added', () => {
    expect(routeText(route(prefix('198.51.102.0', 24), { type: 'blackhole' }))).toBe(
      'add blackhole 198.51.102.0/24 proto 112 no_track',
    );
  });

  it('to everywhere is written as a prefix; another table than main is named', () => {
    const preferredSource = '192.0.2.31' as IpAddress;
    const more = { gateway, interface: v0, table: 77, preferredSource };
    expect(routeText(route(prefix('0.0.0.0', 0), more))).toBe(
      'prepend 0.0.0.0/0 src 192.0.2.31 via inet 192.0.2.9 dev v0 table 77 proto 112',
    );
  });
});

describe('a rule', () => {
  const table = { type: 'table', table: 100 } as const;
  const plain: Rule = { ...plainRule, family: 'IPv4', action: table, priority: 77, text: '' };

  it('has a type of service and the table that is looked up', () => {
    expect(ruleText({ ...plain, from: prefix('198.51.100.0', 24) })).toBe(
      'from 198.51.100.0/24 priority 77 tos 0x0 protocol 112 lookup 100',
    );
  });

  it('without a source is from all', () => {
    const to = prefix('198.51.100.0', 24);
    expect(ruleText({ ...plain, to, priority: 76, inputInterface: v0 })).toBe(
      'from all to 198.51.100.0/24 priority 76 tos 0x0 iif v0 protocol 112 lookup 100',
    );
  });
});
