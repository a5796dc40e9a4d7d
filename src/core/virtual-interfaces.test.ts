import { beforeEach, describe, expect, it } from 'vitest';
import { instanceConfig } from '../../test/scenario/configuration.ts';
import { linkChanged } from '../../test/scenario/specimens.ts';
import { instant } from '../base/units.ts';
import type { InterfaceName, MacAddress } from '../model/address.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import { NetworkView } from './network-view.ts';
import { Outbox } from './outbox.ts';
import { VirtualInterfaces } from './virtual-interfaces.ts';

const at = (second: number) => instant(second * 1_000_000);
const name = 'vrrp.51' as InterfaceName;
const virtual: VirtualInterface = {
  name,
  base: 'eth0' as InterfaceName,
  kind: { type: 'macvlan', macAddress: '00:00:5e:00:01:33' as MacAddress },
  group: 0,
  family: 'IPv4',
  linkLocal: null,
  notify: false,
};
const instance = (one: VirtualInterface) =>
  instanceConfig({ virtualMac: { virtual: one, transmitOnBase: false } });

describe('an interface of an instance', () => {
  let outbox: Outbox;
  let network: NetworkView;
  let interfaces: VirtualInterfaces;

  /** What is asked for now, answered with `error`; the kernel tells of it only by `appears`. */
  const settle = (second: number, error: string | null = null): string[] => {
    interfaces.settle(at(second), network, outbox);
    return answer(second, error);
  };
  const answer = (second: number, error: string | null = null): string[] =>
    outbox.drain().flatMap((effect) => {
      if (effect.type !== 'create-interface' && effect.type !== 'delete-interface') return [];
      interfaces.effectSettled(
        at(second),
        { type: 'effect-settled', id: effect.id, error },
        outbox,
      );
      return [effect.type];
    });
  const tell = (second: number, who: string, state: 'up' | 'down' | 'gone') => {
    network.linkChanged(at(second), linkChanged(who, state));
  };

  beforeEach(() => {
    outbox = new Outbox();
    network = new NetworkView();
    interfaces = new VirtualInterfaces();
    interfaces.adopt([instance(virtual)], outbox);
  });

  it('is made once the one below is there, and awaited until it shows', () => {
    expect(settle(0)).toEqual([]);
    expect(interfaces.obstacle(name, network).fault).toBe('interface eth0 does not exist');
    tell(1, 'eth0', 'up');
    expect(settle(1)).toEqual(['create-interface']);
    expect(interfaces.obstacle(name, network)).toEqual({
      fault: null,
      awaited: 'waiting for interface vrrp.51',
    });
    expect(interfaces.quiet(network)).toEqual([]);
    tell(1, 'vrrp.51', 'up');
    expect(settle(1)).toEqual([]);
    expect(interfaces.obstacle(name, network)).toEqual({ fault: null, awaited: null });
    expect(interfaces.quiet(network)).toEqual([name]);
    expect(interfaces.nextDeadline(network)).toBeNull();
  });

  it('is made again when others remove it, and when the one below comes back', () => {
    tell(0, 'eth0', 'up');
    settle(0);
    tell(0, 'vrrp.51', 'up');
    tell(5, 'vrrp.51', 'gone');
    expect(settle(5)).toEqual(['create-interface']);
    tell(5, 'vrrp.51', 'up');
    tell(6, 'vrrp.51', 'gone');
    tell(6, 'eth0', 'gone');
    expect(settle(6)).toEqual([]);
    tell(7, 'eth0', 'up');
    expect(settle(7)).toEqual(['create-interface']);
  });

  it('is not made more often than once a second', () => {
    tell(0, 'eth0', 'up');
    settle(0);
    expect(settle(0.5)).toEqual([]);
    expect(interfaces.nextDeadline(network)).toBe(at(1));
    expect(settle(1)).toEqual(['create-interface']);
  });

  it('that can not be made is a fault, and tried again', () => {
    tell(0, 'eth0', 'up');
    settle(0, 'EPERM');
    expect(interfaces.obstacle(name, network).fault).toBe("interface vrrp.51 can't be made: EPERM");
    expect(interfaces.nextDeadline(network)).toBe(at(1));
    expect(settle(1)).toEqual(['create-interface']);
  });

  it('has gone down once it was up, but not while it is new or gone', () => {
    tell(0, 'eth0', 'up');
    settle(0);
    tell(0, 'vrrp.51', 'down');
    settle(0);
    expect(interfaces.hasGoneDown(name, network)).toBe(false);
    tell(1, 'vrrp.51', 'up');
    settle(1);
    expect(interfaces.hasGoneDown(name, network)).toBe(false);
    tell(2, 'vrrp.51', 'down');
    settle(2);
    expect(interfaces.hasGoneDown(name, network)).toBe(true);
    tell(3, 'vrrp.51', 'gone');
    settle(3);
    expect(interfaces.hasGoneDown(name, network)).toBe(false);
  });

  it('is left alone by a reload that keeps it, else deleted, and made as it now is', () => {
    tell(0, 'eth0', 'up');
    settle(0);
    tell(0, 'vrrp.51', 'up');
    interfaces.adopt([instance({ ...virtual })], outbox);
    expect([...answer(1), ...settle(1)]).toEqual([]);
    interfaces.adopt([instance({ ...virtual, group: 7 })], outbox);
    expect(answer(2)).toEqual(['delete-interface']);
    expect(settle(2)).toEqual(['create-interface']);
    interfaces.stop(outbox);
    expect(answer(3)).toEqual(['delete-interface']);
  });
});
