import { beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../base/units.ts';
import type { InterfaceName, Ipv4Address } from '../model/address.ts';
import { virtualAddress } from '../model/defaults.ts';
import type { Effect } from '../model/effect.ts';
import { FixedHoldings } from './fixed-holdings.ts';
import { NetworkView } from './network-view.ts';
import { Outbox } from './outbox.ts';
import { linkChanged, route, rule } from '../../test/scenario/specimens.ts';

const eth0 = 'eth0' as InterfaceName;
const at = (second: number) => instant(second * 1_000_000);
const address = virtualAddress('192.0.2.7' as Ipv4Address, eth0);
const lost = {
  type: 'address-vanished',
  interface: eth0,
  address: address.address,
  prefixLength: 32,
} as const;

describe('static things', () => {
  let outbox: Outbox;
  let network: NetworkView;
  let fixed: FixedHoldings;

  /** What the fixed holdings now ask for, answered with `error`. */
  const settle = (second: number, error: string | null = null): string[] => {
    fixed.settle(at(second), network, outbox);
    return answer(second, error);
  };
  const answer = (second: number, error: string | null = null): string[] => {
    const effects = outbox.drain().filter((effect) => 'id' in effect);
    for (const { id } of effects as readonly (Effect & { id: number })[]) {
      fixed.effectSettled(at(second), { type: 'effect-settled', id, error }, outbox);
    }
    return effects.map((effect) => effect.type);
  };

  beforeEach(() => {
    outbox = new Outbox();
    network = new NetworkView();
    fixed = new FixedHoldings();
    network.linkChanged(at(0), linkChanged('eth0', 'up'));
  });

  it('are put in place in order, for good, and taken away in the opposite one', () => {
    fixed.adopt({ addresses: [address], routes: [route()], rules: [rule()] }, outbox);
    expect(settle(0)).toEqual(['hold-addresses', 'install-routes', 'install-rules']);
    expect(settle(1)).toEqual([]);
    fixed.stop(outbox);
    expect(outbox.drain().map((effect) => effect.type)).toEqual([
      'withdraw-rules',
      'withdraw-routes',
      'release-addresses',
    ]);
  });

  it('are kept or not each by itself, and taken away if kept', () => {
    const other = route({ metric: 5, text: 'other', trackGroup: 'G' });
    fixed.adopt({ addresses: [], routes: [route(), other], rules: [] }, outbox);
    fixed.settle(at(0), network, outbox);
    const [first, second] = outbox.drain().filter((effect) => 'id' in effect);
    const settled = (id: number, error: string | null): void => {
      fixed.effectSettled(at(0), { type: 'effect-settled', id, error }, outbox);
    };
    settled((first as { id: number }).id, 'unreachable');
    settled((second as { id: number }).id, null);
    expect(fixed.faults(new Set(['G']), network)).toEqual([]);
    outbox.drain();
    fixed.stop(outbox);
    expect(outbox.drain()).toMatchObject([{ type: 'withdraw-routes', routes: [other] }]);
  });

  it('that were given up are put back once they are to be watched', () => {
    const unwatched = { ...address, tracked: false };
    fixed.adopt({ addresses: [unwatched], routes: [], rules: [] }, outbox);
    settle(0);
    fixed.addressVanished(at(1), lost, outbox);
    expect(settle(3)).toEqual([]);
    fixed.adopt({ addresses: [address], routes: [], rules: [] }, outbox);
    expect(settle(4)).toEqual(['hold-addresses']);
  });

  it('wait for their interface, and come back with it', () => {
    network.linkChanged(at(0), linkChanged('eth0', 'gone'));
    fixed.adopt({ addresses: [address], routes: [], rules: [] }, outbox);
    expect(settle(0)).toEqual([]);
    expect(fixed.nextDeadline()).toBeNull();
    network.linkChanged(at(1), linkChanged('eth0', 'up'));
    expect(settle(1)).toEqual(['hold-addresses']);
    network.linkChanged(at(2), linkChanged('eth0', 'gone'));
    expect(settle(2)).toEqual([]);
    network.linkChanged(at(3), linkChanged('eth0', 'up'));
    expect(settle(3)).toEqual(['hold-addresses']);
  });

  it('are put back at once, and then not more often than once a second', () => {
    fixed.adopt({ addresses: [address], routes: [], rules: [] }, outbox);
    settle(0);
    fixed.addressVanished(at(1), lost, outbox);
    expect(settle(1)).toEqual(['hold-addresses']);
    fixed.addressVanished(at(1.25), lost, outbox);
    expect(settle(1.25)).toEqual([]);
    expect(fixed.nextDeadline()).toBe(at(2));
    expect(settle(2)).toEqual(['hold-addresses']);
  });

  it('with no_track are given up when others remove them', () => {
    const loose = { ...address, tracked: false };
    fixed.adopt({ addresses: [loose], routes: [], rules: [] }, outbox);
    settle(0);
    fixed.addressVanished(at(1), lost, outbox);
    expect(settle(1)).toEqual([]);
    expect(fixed.nextDeadline()).toBeNull();
  });

  it('of a track group are a fault while they cannot be kept, and tried again', () => {
    const tracked = { ...address, trackGroup: 'G' };
    const faults = (...groups: string[]) => fixed.faults(new Set(groups), network);
    fixed.adopt({ addresses: [tracked], routes: [], rules: [] }, outbox);
    settle(0, 'EPERM');
    expect(faults('G')).toEqual(['static address 192.0.2.7 on eth0: EPERM']);
    expect(faults('H')).toEqual([]);
    expect(fixed.nextDeadline()).toBe(at(1));
    settle(1);
    expect(faults('G')).toEqual([]);
    network.linkChanged(at(2), linkChanged('eth0', 'gone'));
    settle(2);
    expect(faults('G')).toEqual([
      'static address 192.0.2.7 on eth0: interface eth0 does not exist',
    ]);
  });

  it('that a reload keeps are left alone', () => {
    fixed.adopt({ addresses: [address], routes: [route()], rules: [] }, outbox);
    settle(0);
    fixed.adopt({ addresses: [{ ...address, tracked: false }], routes: [], rules: [] }, outbox);
    expect(answer(1)).toEqual(['withdraw-routes']);
    expect(settle(1)).toEqual([]);
  });

  it.each(['route', 'rule'] as const)('put a %s back that others remove', (what) => {
    const things = { addresses: [], routes: [route()], rules: [rule()] };
    fixed.adopt(things, outbox);
    settle(0);
    if (what === 'route') {
      fixed.routingVanished(at(1), { type: 'route-vanished', route: route() }, outbox);
    } else fixed.routingVanished(at(1), { type: 'rule-vanished', rule: rule() }, outbox);
    expect(settle(1)).toEqual([`install-${what}s`]);
  });
});
