import { describe, expect, it } from 'vitest';
import { instanceConfig } from '../../test/scenario/configuration.ts';
import type { InterfaceName } from '../model/address.ts';
import type { InstanceConfig } from '../model/config.ts';
import { planReload, sameValue } from './reload-plan.ts';

const router = (name: string, virtualRouterId: number) => ({
  isSameAs: (config: InstanceConfig) =>
    config.interface === name && config.virtualRouterId === virtualRouterId,
});
const instance = (name: string, virtualRouterId: number) =>
  instanceConfig({ interface: name as InterfaceName, virtualRouterId });

describe('a virtual router', () => {
  const [first, second] = [router('eth0', 51), router('eth0', 52)];

  it('goes on where interface and VRID are the same, in the order of the new configuration', () => {
    const wanted = [instance('eth0', 52), instance('eth0', 51)];
    const plan = planReload([first, second], wanted);
    expect(plan.routers.map((one) => one.router)).toEqual([second, first]);
    expect(plan.removed).toEqual([]);
  });

  it('ends and begins anew where one of them differs', () => {
    const plan = planReload([first, second], [instance('eth1', 51), instance('eth0', 53)]);
    expect(plan.routers.map((one) => one.router)).toEqual([null, null]);
    expect(plan.removed).toEqual([first, second]);
  });
});

describe('two values are the same', () => {
  it('when they hold the same, whichever objects they are', () => {
    expect(sameValue(instance('eth0', 51), instance('eth0', 51))).toBe(true);
    expect(sameValue(instance('eth0', 51), instance('eth0', 52))).toBe(false);
    expect(sameValue({ a: null }, { a: 0 })).toBe(false);
  });
});
