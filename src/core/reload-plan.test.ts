import { describe, expect, it } from 'vitest';
import { instanceConfig } from '../../test/scenario/configuration.ts';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import type { InstanceConfig, TransportConfig } from '../model/config.ts';
import { planReload, sameValue } from './reload-plan.ts';

const instance = (name: string, virtualRouterId: number, given: Partial<InstanceConfig> = {}) =>
  instanceConfig({ interface: name as InterfaceName, virtualRouterId, ...given });
const router = (config: InstanceConfig) => ({ config });

describe('a virtual router', () => {
  const [first, second] = [router(instance('eth0', 51)), router(instance('eth0', 52))];

  it('goes on where interface and VRID are the same, in the order of the new configuration', () => {
    const wanted = [instance('eth0', 52), instance('eth0', 51, { name: 'renamed' })];
    const plan = planReload([first, second], wanted);
    expect(plan.routers.map((one) => one.router)).toEqual([second, first]);
    expect(plan.removed).toEqual([]);
  });

  const unicast: TransportConfig = {
    type: 'unicast',
    peers: [],
    timeToLive: 255,
    checkSource: false,
  };
  const otherGroup: TransportConfig = { type: 'multicast', group: '224.0.0.99' as IpAddress };
  it.each<[string, InstanceConfig]>([
    ['interface', instance('eth1', 51)],
    ['VRID', instance('eth0', 53)],
    ['family', instance('eth0', 51, { family: 'IPv6' })],
    ['transport', instance('eth0', 51, { transport: unicast })],
    ['multicast group', instance('eth0', 51, { transport: otherGroup })],
  ])('ends and begins anew with another %s', (_, wanted) => {
    const plan = planReload([first], [wanted]);
    expect(plan.routers.map((one) => one.router)).toEqual([null]);
    expect(plan.removed).toEqual([first]);
  });

  it('goes on with another source, unless one with that source was there', () => {
    const from = (source: string) =>
      instance('eth0', 51, { transport: unicast, sourceAddress: source as IpAddress });
    const [one, two] = [router(from('192.0.2.1')), router(from('192.0.2.2'))];
    const plan = planReload([one, two], [from('192.0.2.3'), from('192.0.2.1')]);
    expect(plan.routers.map(({ router: kept }) => kept)).toEqual([two, one]);
    expect(plan.removed).toEqual([]);
  });
});

describe('virtual routers that differ in nothing but their peers', () => {
  const to = (name: string, peer: string) =>
    instance('eth0', 51, {
      name,
      transport: {
        type: 'unicast',
        peers: [{ address: peer as IpAddress, minimumTimeToLive: 0, maximumTimeToLive: 255 }],
        timeToLive: 255,
        checkSource: true,
      },
    });
  const [first, second] = [router(to('A', '192.0.2.2')), router(to('B', '192.0.2.3'))];

  it('go on as what they were', () => {
    const plan = planReload([first, second], [to('A', '192.0.2.2'), to('B', '192.0.2.4')]);
    expect(plan.routers.map((one) => one.router)).toEqual([first, second]);
  });
});

describe('two values are the same', () => {
  it('when they hold the same, whichever objects they are', () => {
    expect(sameValue(instance('eth0', 51), instance('eth0', 51))).toBe(true);
    expect(sameValue(instance('eth0', 51), instance('eth0', 52))).toBe(false);
    expect(sameValue({ a: null }, { a: 0 })).toBe(false);
  });
});
