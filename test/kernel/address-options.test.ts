/** What an address can be besides an address: IPv6, flags, a peer, lifetimes. */
import { describe, expect } from 'vitest';
import type { Duration } from '../../src/base/units.ts';
import { seconds, zero } from '../../src/base/units.ts';
import type { IpAddress } from '../../src/model/address.ts';
import type { VirtualAddress } from '../../src/model/config.ts';
import type { AddressOutcome } from '../../src/ports/network.ts';
import type { Station } from './station.ts';
import { cableTest, eth0, virtualAddress } from './station.ts';

/** An address as `ip -json` shows it; absent members are false or not there. */
interface ShownAddress {
  readonly local: string;
  readonly address?: string;
  readonly prefixlen: number;
  readonly label?: string;
  readonly valid_life_time: number;
  readonly preferred_life_time: number;
  readonly [flag: string]: unknown;
}

const forever = 0xffff_ffff;
const minutes = seconds(600);

function shown(station: Station, address: string): ShownAddress | undefined {
  const [link] = JSON.parse(station.host.ip('-json address show dev eth0')) as [
    { readonly addr_info: readonly ShownAddress[] },
  ];
  return link.addr_info.find(({ local }) => local === address);
}

function hold(
  station: Station,
  address: VirtualAddress,
  lifetime: Duration | null = minutes,
): readonly (string | null)[] {
  return errors(station.network.changeAddresses([{ type: 'hold', id: 1, address, lifetime }]));
}

function release(station: Station, address: VirtualAddress): readonly (string | null)[] {
  return errors(station.network.changeAddresses([{ type: 'release', id: 1, address }]));
}

function errors(outcomes: readonly AddressOutcome[]): readonly (string | null)[] {
  return outcomes.map(({ error }) => error && `${error.code}: ${error.call}`);
}

const ipv6 = virtualAddress('2001:db8::5/64');

describe('holding IPv6 addresses', () => {
  cableTest('takes them into use at once, with a lifetime that is renewed', (near) => {
    expect(hold(near, ipv6, seconds(100))).toEqual([null]);
    expect(shown(near, '2001:db8::5')).toMatchObject({ prefixlen: 64, nodad: true });
    expect(shown(near, '2001:db8::5')).not.toHaveProperty('tentative');
    expect(shown(near, '2001:db8::5')?.valid_life_time).toBeLessThanOrEqual(100);
    expect(hold(near, ipv6)).toEqual([null]);
    expect(shown(near, '2001:db8::5')?.valid_life_time).toBeGreaterThan(500);
    expect(release(near, ipv6)).toEqual([null]);
    expect(shown(near, '2001:db8::5')).toBeUndefined();
    expect(release(near, ipv6)).toEqual([null]);
  });

  cableTest('leaves one of a single host deprecated, also when renewed', (near) => {
    const address = virtualAddress('2001:db8::5');
    for (let round = 0; round < 2; round += 1) {
      expect(hold(near, address)).toEqual([null]);
      expect(shown(near, '2001:db8::5')).toMatchObject({ prefixlen: 128, deprecated: true });
    }
  });

  cableTest('goes together with those of IPv4', (near) => {
    const addresses = ['192.0.2.5', '2001:db8::5', '192.0.2.6', '2001:db8::6'].map((text) =>
      virtualAddress(text),
    );
    const requests = addresses.map((address, id) => ({ type: 'hold', id, address }) as const);
    const outcomes = near.network.changeAddresses(
      requests.map((request) => ({ ...request, lifetime: minutes })),
    );
    expect(outcomes).toEqual(addresses.map((address, id) => ({ id, address, error: null })));
    for (const { address } of addresses) expect(shown(near, address)).toBeDefined();
  });

  cableTest('ends by itself with the lifetime', (near) => {
    hold(near, ipv6, seconds(1));
    expect(near.receiveUntil(() => near.events.length > 0)).toBe(true);
    expect(near.events).toEqual([
      { type: 'address-vanished', interface: eth0, address: '2001:db8::5', prefixLength: 64 },
    ]);
    expect(shown(near, '2001:db8::5')).toBeUndefined();
  });

  cableTest('tells what the kernel does not take', (near) => {
    expect(hold(near, virtualAddress('2001:db8::5/129'))).toEqual([
      'EINVAL: hold 2001:db8::5/129 on eth0 (ipv6: Invalid prefix length)',
    ]);
  });
});

describe('an address of either family', () => {
  cableTest('stays for good where no lifetime is set', (near) => {
    for (const address of [ipv6, virtualAddress('192.0.2.5')]) {
      expect(hold(near, address, null)).toEqual([null]);
      expect(shown(near, address.address)).toMatchObject({
        valid_life_time: forever,
        preferred_life_time: forever,
      });
      // And can be given one afterwards.
      expect(hold(near, address)).toEqual([null]);
      expect(shown(near, address.address)?.valid_life_time).toBeLessThanOrEqual(600);
    }
  });

  cableTest('can be deprecated before its time, from the start or later', (near) => {
    for (const text of ['2001:db8::5/64', '192.0.2.5']) {
      const address = virtualAddress(text, { preferredLifetime: seconds(30) });
      expect(hold(near, address)).toEqual([null]);
      const { preferred_life_time: preferred = 0 } = shown(near, address.address) ?? {};
      expect(preferred).toBeGreaterThan(20);
      expect(preferred).toBeLessThanOrEqual(30);
      expect(hold(near, { ...address, preferredLifetime: zero })).toEqual([null]);
      expect(shown(near, address.address)).toMatchObject({ deprecated: true });
    }
  });

  cableTest('can have a peer, and be renewed and released with it', (near) => {
    const peers = [
      { text: '192.0.2.5', peer: '198.51.100.9', prefixLength: 24 },
      { text: '2001:db8::5', peer: '2001:db8:1::9', prefixLength: 64 },
    ];
    for (const { text, peer, prefixLength } of peers) {
      const address = virtualAddress(text, {
        peer: { address: peer as IpAddress, prefixLength },
      });
      expect(hold(near, address)).toEqual([null]);
      expect(hold(near, address)).toEqual([null]);
      expect(shown(near, text)).toMatchObject({ address: peer, prefixlen: prefixLength });
      expect(release(near, address)).toEqual([null]);
      expect(shown(near, text)).toBeUndefined();
    }
    near.receive();
    expect(near.events).toEqual([]);
  });

  cableTest('has the flags that it is given', (near) => {
    const noRoute = { flags: ['noprefixroute'] } as const;
    hold(near, virtualAddress('198.51.100.5/24', noRoute));
    hold(near, virtualAddress('2001:db8:2::5/64', noRoute));
    expect(shown(near, '198.51.100.5')).toMatchObject({ noprefixroute: true });
    expect(shown(near, '2001:db8:2::5')).toMatchObject({ noprefixroute: true });
    expect(near.host.ip('route show')).not.toContain('198.51.100');
    expect(near.host.ip('-6 route show')).not.toContain('2001:db8:2');
    expect(hold(near, virtualAddress('2001:db8:3::5/64', { flags: ['home'] }))).toEqual([null]);
    const managing = { ...ipv6, flags: ['mngtmpaddr'] } as const;
    expect(hold(near, managing)).toEqual([null]);
    expect(shown(near, '2001:db8:3::5')).toMatchObject({ home: true });
    expect(shown(near, '2001:db8::5')).toMatchObject({ mngtmpaddr: true });
    const group = virtualAddress('239.1.2.3', { flags: ['autojoin'] });
    expect(hold(near, group)).toEqual([null]);
    expect(near.host.ip('maddress show dev eth0')).toContain('239.1.2.3');
  });
});

describe('news of IPv6 addresses', () => {
  cableTest('is not what we did ourselves, however late the kernel tells of it', (near) => {
    const hostAddress = virtualAddress('2001:db8::6');
    const change = (...words: readonly ('hold' | 'release')[]): void => {
      near.network.changeAddresses(
        words.map((type, id) => ({ type, id, address: hostAddress, lifetime: minutes })),
      );
    };
    change('hold');
    change('hold');
    expect(near.receiveUntil(() => near.events.length > 0, 100)).toBe(false);
    change('release');
    change('hold', 'release', 'hold');
    expect(near.receiveUntil(() => near.events.length > 0, 100)).toBe(false);
    change('release');
    expect(near.receiveUntil(() => near.events.length > 0, 100)).toBe(false);
  });

  cableTest('is at once what others do, also to ours', (near) => {
    hold(near, ipv6);
    near.host.ip('address del 2001:db8::5/64 dev eth0');
    near.host.ip('address add 2001:db8::6/64 dev eth0 nodad');
    expect(near.receiveUntil(() => near.events.length > 1)).toBe(true);
    const common = { interface: eth0, prefixLength: 64 };
    expect(near.events).toEqual([
      { ...common, type: 'address-vanished', address: '2001:db8::5' },
      {
        ...common,
        type: 'address-appeared',
        address: '2001:db8::6',
        secondary: false,
        tentative: false,
        own: false,
        renewedAt: null,
      },
    ]);
    near.forget();
    expect(hold(near, ipv6)).toEqual([null]);
    near.host.ip('link set eth0 down');
    expect(near.receiveUntil(() => near.events.length > 2)).toBe(true);
    expect(near.events).toContainEqual({
      ...common,
      type: 'address-vanished',
      address: '2001:db8::5',
    });
  });

  cableTest('tells that an address is tentative, and when it is so no more', (near) => {
    near.host.ip('address add fe80::1/64 dev eth0');
    near.receive();
    const news = { type: 'address-appeared', address: 'fe80::1' };
    expect(near.receiveUntil(() => near.events.length > 1)).toBe(true);
    expect(near.events).toMatchObject([
      { ...news, tentative: true },
      { ...news, tentative: false },
    ]);
  });

  cableTest('tells of ours that another host has, where duplicates are looked for', (near, far) => {
    far.host.ip('address add 2001:db8::5/64 dev eth0 nodad');
    const looked = { ...ipv6, detectDuplicates: true };
    // The kernel takes off one that is there for a time only.
    expect(hold(near, looked)).toEqual([null]);
    expect(near.receiveUntil(() => near.events.length > 0)).toBe(true);
    expect(near.events).toMatchObject([{ type: 'address-duplicate', address: '2001:db8::5' }]);
    near.forget();
    // One that is there for good stays, tentative from the start to the end.
    expect(hold(near, looked, null)).toEqual([null]);
    const failed = (): boolean => shown(near, '2001:db8::5')?.['dadfailed'] === true;
    while (!failed()) expect(near.receiveUntil(() => near.events.length > 0, 50)).toBe(false);
    // Once it is unique, it is told as usable.
    expect(release(near, looked)).toEqual([null]);
    far.host.ip('address del 2001:db8::5/64 dev eth0');
    expect(hold(near, looked)).toEqual([null]);
    expect(near.receiveUntil(() => near.events.length > 0)).toBe(true);
    expect(near.events).toMatchObject([
      { type: 'address-appeared', address: '2001:db8::5', tentative: false, own: true },
    ]);
  });
});

describe('at the start', () => {
  cableTest('an address that an earlier run has left is told as our own', (near) => {
    hold(near, ipv6);
    hold(near, virtualAddress('192.0.2.5'));
    near.host.run(() => {
      near.network.stop();
      expect(near.network.start()).toBeNull();
    });
    near.receive();
    const own = near.events.filter((event) => event.type === 'address-appeared' && event.own);
    expect(own.map((event) => ('address' in event ? event.address : '')).toSorted()).toEqual([
      '192.0.2.5',
      '2001:db8::5',
    ]);
  });
});
