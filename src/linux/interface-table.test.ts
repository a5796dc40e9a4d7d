import { beforeEach, describe, expect, it } from 'vitest';
import { instant } from '../base/units.ts';
import type { InterfaceName, IpAddress, MacAddress } from '../model/address.ts';
import type { InterfaceChange } from './interface-table.ts';
import { InterfaceTable } from './interface-table.ts';
import { addressOrigin, type AddressLifetime } from '../wire/rtnetlink.ts';

const macAddress = '02:00:00:00:00:01' as MacAddress;

/** Each event as one short line. */
let told: string[];
let table: InterfaceTable;

beforeEach(() => {
  told = [];
  table = new InterfaceTable();
});

function link(index: number, name: string, up = true): InterfaceChange {
  return { type: 'new-link', index, name: name as InterfaceName, up, multicast: true, macAddress };
}

function address(
  index: number,
  text: string,
  secondary = false,
  more: {
    readonly tentative?: boolean;
    readonly origin?: number;
    readonly lifetime?: AddressLifetime | null;
  } = {},
): InterfaceChange {
  const [ip = '', length = ''] = text.split('/');
  return {
    type: 'new-address',
    index,
    address: ip as IpAddress,
    prefixLength: Number(length),
    secondary,
    tentative: false,
    duplicate: false,
    origin: null,
    lifetime: null,
    ...more,
  };
}

function deleted(change: InterfaceChange): InterfaceChange {
  if (change.type === 'new-link') return { ...change, type: 'deleted-link' };
  if (change.type === 'new-address') return { ...change, type: 'deleted-address' };
  return change;
}

function note(event: Parameters<Parameters<InterfaceTable['apply']>[1]>[0]): void {
  switch (event.type) {
    case 'link-changed':
      told.push(`${event.interface} ${event.present ? (event.up ? 'up' : 'down') : 'gone'}`);
      break;
    case 'address-appeared':
      told.push(
        `${event.interface} + ${event.address}/${event.prefixLength}` +
          (event.secondary ? ' secondary' : '') +
          (event.tentative ? ' tentative' : '') +
          (event.own ? ' own' : ''),
      );
      break;
    case 'address-duplicate':
      told.push(`${event.interface} duplicate ${event.address}/${event.prefixLength}`);
      break;
    case 'address-vanished':
      told.push(`${event.interface} - ${event.address}/${event.prefixLength}`);
      break;
  }
}

function apply(...changes: readonly InterfaceChange[]): readonly string[] {
  told = [];
  for (const change of changes) table.apply(change, note);
  return told;
}

function replace(...listed: readonly InterfaceChange[]): readonly string[] {
  told = [];
  table.replace(listed, note);
  return told;
}

describe('what is news', () => {
  it('is a link or an address that was not known', () => {
    expect(apply(link(2, 'eth0'), address(2, '192.0.2.1/24'))).toEqual([
      'eth0 up',
      'eth0 + 192.0.2.1/24',
    ]);
  });

  it('is not what was known', () => {
    apply(link(2, 'eth0'), address(2, '192.0.2.1/24'));
    expect(apply(link(2, 'eth0'), address(2, '192.0.2.1/24'))).toEqual([]);
    expect(apply(deleted(address(2, '192.0.2.9/24')), deleted(link(7, 'eth7')))).toEqual([]);
  });

  it('is a link that goes down or up', () => {
    apply(link(2, 'eth0'));
    expect(apply(link(2, 'eth0', false), link(2, 'eth0', true))).toEqual(['eth0 down', 'eth0 up']);
  });

  it('is a secondary address that becomes primary', () => {
    apply(link(2, 'eth0'), address(2, '192.0.2.1/24', true));
    expect(apply(address(2, '192.0.2.1/24'))).toEqual(['eth0 + 192.0.2.1/24']);
  });

  it('is an IPv6 address that is no longer tentative', () => {
    apply(link(2, 'eth0'));
    const tentative = address(2, 'fe80::1/64', false, { tentative: true });
    expect(apply(tentative)).toEqual(['eth0 + fe80::1/64 tentative']);
    expect(apply(tentative)).toEqual([]);
    expect(apply(address(2, 'fe80::1/64'))).toEqual(['eth0 + fe80::1/64']);
  });

  it('is an IPv6 address that goes because another host has it', () => {
    apply(link(2, 'eth0'), address(2, 'fe80::1/64', false, { tentative: true }));
    const gone = { type: 'deleted-address', tentative: true, duplicate: true } as const;
    expect(apply(address(2, 'fe80::1/64', false, gone))).toEqual(['eth0 duplicate fe80::1/64']);
    expect(apply(address(2, 'fe80::1/64', false, gone))).toEqual([]);
  });

  it('is not a mark alone', () => {
    const marked = address(2, '192.0.2.5/32', false, { origin: addressOrigin });
    expect(apply(link(2, 'eth0'), marked)).toEqual(['eth0 up', 'eth0 + 192.0.2.5/32 own']);
    expect(apply(address(2, '192.0.2.5/32'))).toEqual([]);
  });

  it('is when it was renewed, of an address that an earlier run has left', () => {
    const lifetime = { validSeconds: 2, preferredSeconds: 2, renewedCentiseconds: 300, flags: 0 };
    const told: (number | null)[] = [];
    const tellRenewal = (change: InterfaceChange): void => {
      table.apply(change, (event) => {
        if (event.type === 'address-appeared') told.push(event.renewedAt);
      });
    };
    tellRenewal(link(2, 'eth0'));
    const left = { origin: addressOrigin, lifetime };
    tellRenewal(address(2, '192.0.2.5/32', false, left));
    table.countTicksFrom(instant(70));
    tellRenewal(address(2, '192.0.2.6/32', false, left));
    tellRenewal(address(2, '192.0.2.7/32', false, { ...left, origin: 3 }));
    tellRenewal(address(2, '192.0.2.8/32', false, { ...left, lifetime: null }));
    expect(told).toEqual([null, 3_000_070, null, null]);
  });

  it('is a link that can carry multicast no longer', () => {
    apply(link(2, 'eth0'));
    expect(apply({ ...link(2, 'eth0'), multicast: false } as InterfaceChange)).toEqual(['eth0 up']);
  });

  it('tells one address from the same with another prefix length', () => {
    apply(link(2, 'eth0'), address(2, '192.0.2.1/24'), address(2, '192.0.2.1/32'));
    expect(apply(deleted(address(2, '192.0.2.1/32')))).toEqual(['eth0 - 192.0.2.1/32']);
  });
});

describe('a link', () => {
  it('takes its addresses with it when it goes', () => {
    apply(link(2, 'eth0'), link(3, 'eth1'), address(2, '192.0.2.1/24'), address(3, '192.0.2.2/24'));
    expect(apply(deleted(link(2, 'eth0')))).toEqual(['eth0 gone', 'eth0 - 192.0.2.1/24']);
    expect(table.link('eth0' as InterfaceName)).toBeNull();
    expect(table.link('eth1' as InterfaceName)).toMatchObject({ index: 3 });
  });

  it('that is renamed is gone under its old name and there under the new', () => {
    apply(link(2, 'eth0'), address(2, '192.0.2.1/24'));
    expect(apply(link(2, 'lan0'))).toEqual([
      'eth0 gone',
      'eth0 - 192.0.2.1/24',
      'lan0 up',
      'lan0 + 192.0.2.1/24',
    ]);
  });

  it('keeps its hardware address when a message does not mention it', () => {
    apply(link(2, 'wlan0'));
    const silent: InterfaceChange = {
      type: 'new-link',
      index: 2,
      name: 'wlan0' as InterfaceName,
      up: true,
      multicast: true,
      macAddress: null,
    };
    expect(apply(silent)).toEqual([]);
    expect(table.link('wlan0' as InterfaceName)?.macAddress).toBe(macAddress);
  });
});

describe('a new listing', () => {
  it('reports what has changed since, and nothing else', () => {
    apply(link(2, 'eth0'), link(3, 'eth1'), address(2, '192.0.2.1/24'), address(2, '192.0.2.9/32'));
    expect(
      replace(
        link(2, 'eth0', false),
        link(4, 'eth2'),
        address(2, '192.0.2.1/24'),
        address(4, '192.0.2.3/24'),
      ),
    ).toEqual(['eth1 gone', 'eth0 - 192.0.2.9/32', 'eth0 down', 'eth2 up', 'eth2 + 192.0.2.3/24']);
  });

  it('sees that a link of the same name is another one', () => {
    apply(link(2, 'eth0'), address(2, '192.0.2.1/24'));
    expect(replace(link(9, 'eth0'), address(9, '192.0.2.1/24'))).toEqual([
      'eth0 gone',
      'eth0 - 192.0.2.1/24',
      'eth0 up',
      'eth0 + 192.0.2.1/24',
    ]);
    expect(table.link('eth0' as InterfaceName)?.index).toBe(9);
  });

  it('sees two links that have exchanged their names', () => {
    apply(link(2, 'eth0'), link(3, 'eth1'));
    expect(replace(link(2, 'eth1'), link(3, 'eth0'))).toEqual([
      'eth0 gone',
      'eth1 gone',
      'eth1 up',
      'eth0 up',
    ]);
    expect(table.link('eth0' as InterfaceName)?.index).toBe(3);
  });
});
