import { describe, expect, it } from 'vitest';
import { config, instanceConfig, virtualAddress } from '../../test/scenario/configuration.ts';
import type { InterfaceName } from '../model/address.ts';
import type { InstanceConfig } from '../model/config.ts';
import { Firewall } from './firewall.ts';
import { Outbox } from './outbox.ts';

const name = 'vrrp.51' as InterfaceName;
const closed = (given: Partial<InstanceConfig> = {}) =>
  config({
    instances: [
      instanceConfig({
        accept: false,
        excludedAddresses: [virtualAddress('198.51.100.7')],
        ...given,
      }),
    ],
  });

/** What is told: the table, the addresses, the interfaces. */
function told(outbox: Outbox): unknown[] {
  return outbox.drain().map((effect) => {
    if (effect.type !== 'set-firewall') return effect.type;
    const { firewall, unaccepted, quietInterfaces } = effect;
    return [firewall.table, unaccepted.map((one) => one.address), quietInterfaces];
  });
}

describe('the firewall', () => {
  it('says nothing where there is nothing to say', () => {
    const [firewall, outbox] = [new Firewall(), new Outbox()];
    firewall.settle(config(), [], outbox);
    firewall.stop(outbox);
    expect(told(outbox)).toEqual([]);
  });

  it('closes the addresses of instances that accept nothing, the owner always does', () => {
    const [firewall, outbox] = [new Firewall(), new Outbox()];
    firewall.settle(closed(), [], outbox);
    firewall.settle(closed(), [], outbox);
    expect(told(outbox)).toEqual([['baton_vrrp', ['192.0.2.10', '198.51.100.7'], []]]);
    firewall.settle(closed({ priority: 255 }), [], outbox);
    expect(told(outbox)).toEqual([['baton_vrrp', [], []]]);
  });

  it('quiets interfaces as they come and go, and takes all away at the end', () => {
    const [firewall, outbox, same] = [new Firewall(), new Outbox(), config()];
    firewall.settle(same, [name], outbox);
    firewall.settle(same, [], outbox);
    firewall.settle(same, [name], outbox);
    firewall.stop(outbox);
    const loud = ['baton_vrrp', [], []];
    const quiet = ['baton_vrrp', [], [name]];
    expect(told(outbox)).toEqual([quiet, loud, quiet, loud]);
  });

  it('takes the former table away when another is configured', () => {
    const [firewall, outbox, former] = [new Firewall(), new Outbox(), closed()];
    firewall.settle(former, [], outbox);
    outbox.drain();
    const table = { table: 'other', priority: -1, counters: false, byIndex: false };
    firewall.settle({ ...former, global: { ...former.global, firewall: table } }, [], outbox);
    const addresses = ['192.0.2.10', '198.51.100.7'];
    expect(told(outbox)).toEqual([
      ['baton_vrrp', [], []],
      ['other', addresses, []],
    ]);
  });
});
