import { describe, expect, it } from 'vitest';
import { linkChanged } from '../../test/scenario/specimens.ts';
import { instant } from '../base/units.ts';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import type { JoinedChannel } from '../model/channel.ts';
import type { AddressAppeared } from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import { NetworkView, type SourceWanted } from './network-view.ts';
import { Outbox } from './outbox.ts';

const eth0 = 'eth0' as InterfaceName;
const at = (second: number) => instant(second * 1_000_000);

const appeared = (text: string, given: Partial<AddressAppeared> = {}): AddressAppeared => ({
  type: 'address-appeared',
  interface: eth0,
  address: text as IpAddress,
  prefixLength: text.includes(':') ? 64 : 24,
  secondary: false,
  tentative: false,
  own: false,
  renewedAt: null,
  ...given,
});

function view(...addresses: readonly AddressAppeared[]): NetworkView {
  const network = new NetworkView();
  network.linkChanged(at(0), linkChanged('eth0', 'up'));
  for (const one of addresses) network.addressAppeared(one);
  return network;
}

describe('the source of adverts', () => {
  const wanted = (given: Partial<SourceWanted> = {}): SourceWanted => ({
    family: 'IPv4',
    scope: 'link',
    excluded: new Set(),
    ...given,
  });

  it('is the first primary IPv4 address that is no virtual one', () => {
    const network = view(
      appeared('2001:db8::1'),
      appeared('192.0.2.3', { secondary: true }),
      appeared('192.0.2.10'),
      appeared('192.0.2.1'),
    );
    const excluded = new Set(['192.0.2.10' as IpAddress]);
    expect(network.primaryAddress(eth0, wanted({ excluded }))).toBe('192.0.2.1');
  });

  it('is an IPv6 address of the link, or a global one, but none that is tentative', () => {
    const network = view(
      appeared('fe80::1', { tentative: true }),
      appeared('2001:db8::1'),
      appeared('fe80::2'),
    );
    expect(network.primaryAddress(eth0, wanted({ family: 'IPv6' }))).toBe('fe80::2');
    const globally = wanted({ family: 'IPv6', scope: 'global' });
    expect(network.primaryAddress(eth0, globally)).toBe('2001:db8::1');
    expect(network.usable(null, 'fe80::1' as IpAddress)).toBe(false);
    network.addressAppeared(appeared('fe80::1'));
    expect(network.usable(null, 'fe80::1' as IpAddress)).toBe(true);
  });
});

describe('channels', () => {
  const channel = (given: Partial<JoinedChannel> = {}): JoinedChannel => ({
    interface: eth0,
    family: 'IPv4',
    protocol: 'vrrp',
    groups: ['224.0.0.18' as IpAddress],
    receiveBufferOctets: null,
    ...given,
  });
  const joins = (outbox: Outbox): readonly Effect[] => outbox.drain();
  const settle = (network: NetworkView, second: number, error: string | null, outbox: Outbox) => {
    for (const effect of outbox.drain()) {
      if (effect.type !== 'join-interface') continue;
      network.effectSettled(at(second), { type: 'effect-settled', id: effect.id, error });
    }
  };

  it('are joined once for all that share them: every group, the largest buffer', () => {
    const [network, outbox] = [view(), new Outbox()];
    const other = channel({ groups: ['224.0.0.99' as IpAddress], receiveBufferOctets: 5_000 });
    network.joinWanted(at(0), [channel({ receiveBufferOctets: 9_000 }), other], outbox);
    expect(joins(outbox)).toEqual([
      {
        type: 'join-interface',
        id: 1,
        channel: channel({
          groups: ['224.0.0.18', '224.0.0.99'] as IpAddress[],
          receiveBufferOctets: 9_000,
        }),
      },
    ]);
  });

  it('are joined anew for another group, and left when nobody needs them', () => {
    const [network, outbox] = [view(), new Outbox()];
    network.joinWanted(at(0), [channel()], outbox);
    settle(network, 0, null, outbox);
    expect(network.joined(channel())).toBe(true);
    network.joinWanted(at(1), [channel()], outbox);
    expect(joins(outbox)).toEqual([]);
    network.joinWanted(at(2), [channel({ groups: [] })], outbox);
    settle(network, 2, null, outbox);
    network.joinWanted(at(3), [], outbox);
    expect(joins(outbox)).toEqual([
      {
        type: 'leave-interface',
        channel: { interface: eth0, family: 'IPv4', protocol: 'vrrp' },
      },
    ]);
  });

  it('that can not be joined are tried again after a second', () => {
    const [network, outbox] = [view(), new Outbox()];
    network.joinWanted(at(0), [channel()], outbox);
    settle(network, 0, 'EPERM', outbox);
    expect(network.joinFailure(channel())).toBe("interface eth0 can't be joined: EPERM");
    expect(network.nextDeadline()).toBe(at(1));
    network.joinWanted(at(0.5), [channel()], outbox);
    expect(joins(outbox)).toEqual([]);
    network.joinWanted(at(1), [channel()], outbox);
    settle(network, 1, null, outbox);
    expect(network.joinFailure(channel())).toBeNull();
  });

  it('that were open before they could not be joined anew are left all the same', () => {
    const [network, outbox] = [view(), new Outbox()];
    network.joinWanted(at(0), [channel()], outbox);
    settle(network, 0, null, outbox);
    network.joinWanted(at(1), [channel({ groups: [] })], outbox);
    settle(network, 1, 'ENOBUFS', outbox);
    network.joinWanted(at(2), [channel({ groups: [] })], outbox);
    settle(network, 2, 'ENOBUFS', outbox);
    expect(network.joined(channel())).toBe(false);
    network.joinWanted(at(2), [], outbox);
    expect(joins(outbox)).toEqual([
      {
        type: 'leave-interface',
        channel: { interface: eth0, family: 'IPv4', protocol: 'vrrp' },
      },
    ]);
    // What was never open is not.
    network.joinWanted(at(3), [channel()], outbox);
    settle(network, 3, 'ENOBUFS', outbox);
    network.joinWanted(at(3), [], outbox);
    expect(joins(outbox)).toEqual([]);
  });

  it('of an interface that is gone are joined again when it is back', () => {
    const [network, outbox] = [view(), new Outbox()];
    network.joinWanted(at(0), [channel()], outbox);
    settle(network, 0, null, outbox);
    network.linkChanged(at(1), linkChanged('eth0', 'gone'));
    network.joinWanted(at(1), [channel()], outbox);
    expect(joins(outbox)).toEqual([]);
    network.linkChanged(at(2), linkChanged('eth0', 'up'));
    network.joinWanted(at(2), [channel()], outbox);
    expect(joins(outbox)).toHaveLength(1);
  });
});
