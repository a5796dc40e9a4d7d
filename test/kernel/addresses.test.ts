import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { after, between, seconds, toMilliseconds } from '../../src/base/units.ts';
import type { InterfaceName } from '../../src/model/address.ts';
import { isIpv4 } from '../../src/model/address.ts';
import type { VirtualAddress } from '../../src/model/config.ts';
import type { AddressOutcome, AddressRequest } from '../../src/ports/network.ts';
import { openNetlinkSocket } from '../../src/linux/netlink-socket.ts';
import { ReceiveBatch } from '../../src/linux/message-batch.ts';
import { allocate } from '../../src/linux/native-memory.ts';
import type { RtnetlinkMessage } from '../../src/wire/rtnetlink.ts';
import { addressOrigin } from '../../src/wire/rtnetlink.ts';
import { emitList } from '../../src/wire/rtnetlink-request.ts';
import type { Host } from './namespace.ts';
import type { Station } from './station.ts';
import { cableTest, clock, eth0, virtualAddress } from './station.ts';

const long = seconds(600);

function hold(address: VirtualAddress, lifetime = long, id = 1): AddressRequest {
  return { type: 'hold', id, address, lifetime };
}

function release(address: VirtualAddress, id = 1): AddressRequest {
  return { type: 'release', id, address };
}

/** The addresses of eth0, as `ip` shows them: "inet 192.0.2.5/32 scope global eth0". */
function shown(host: Host): readonly string[] {
  const lines = host.ip('-4 -oneline address show dev eth0').split('\n');
  return lines.flatMap((line) => /inet \S+/.exec(line)?.[0] ?? []);
}

function errors(outcomes: readonly AddressOutcome[]): readonly (string | null)[] {
  return outcomes.map(({ error }) => error && `${error.code}: ${error.call}`);
}

/** 10.0.0.0/32 and so many after it. */
function manyAddresses(count: number): readonly VirtualAddress[] {
  return Array.from({ length: count }, (_, number) =>
    virtualAddress(`10.0.${number >> 8}.${number & 255}`),
  );
}

/** Adds or deletes many addresses with one `ip`, as other software would. */
function changeFromOutside(host: Host, verb: 'add' | 'del', addresses: readonly VirtualAddress[]) {
  const input = addresses.map(({ address }) => `address ${verb} ${address}/32 dev eth0\n`).join('');
  host.run(() => execFileSync('ip', ['-batch', '-'], { input }));
}

function addressEvents(station: Station): readonly string[] {
  return station.events.flatMap((event) => {
    if (event.type === 'address-appeared') return `+ ${event.address}/${event.prefixLength}`;
    if (event.type === 'address-vanished') return `- ${event.address}/${event.prefixLength}`;
    return [];
  });
}

describe('holding addresses', () => {
  cableTest('puts them on with label, scope and broadcast address', (near) => {
    const plain = virtualAddress('192.0.2.5');
    const special = virtualAddress('198.51.100.5/24', {
      label: 'eth0:vip',
      scope: 253,
      broadcast: '198.51.100.255' as VirtualAddress['broadcast'],
    });
    const outcomes = near.network.changeAddresses([hold(plain), hold(special, long, 2)]);
    expect(outcomes).toEqual([
      { id: 1, address: plain, error: null },
      { id: 2, address: special, error: null },
    ]);
    const text = near.host.ip('-4 -oneline address show dev eth0').replaceAll(/\s+/g, ' ');
    expect(text).toContain('inet 192.0.2.5/32 scope global dynamic eth0');
    expect(text).toContain('inet 198.51.100.5/24 brd 198.51.100.255 scope link dynamic eth0:vip');
  });

  cableTest('marks them as ours in the kernel', (near) => {
    near.network.changeAddresses([hold(virtualAddress('192.0.2.5'))]);
    expect(originsOnEth0(near)).toEqual({ '192.0.2.1': null, '192.0.2.5': addressOrigin });
  });

  cableTest('again renews them, and they go when that ends', (near) => {
    const address = virtualAddress('192.0.2.5');
    const lifetime = seconds(1);
    near.network.changeAddresses([hold(address, lifetime)]);
    const from = clock.now();
    // Renewed past the end of the first lifetime, and of the second.
    while (between(from, clock.now()) < seconds(2.2)) {
      expect(near.receiveUntil(() => near.events.length > 0, 300)).toBe(false);
      expect(errors(near.network.changeAddresses([hold(address, lifetime)]))).toEqual([null]);
    }
    const last = clock.now();
    expect(near.receiveUntil(() => near.events.length > 0)).toBe(true);
    const gone = toMilliseconds(between(last, clock.now()));
    expect(addressEvents(near)).toEqual(['- 192.0.2.5/32']);
    expect(shown(near.host)).toEqual(['inet 192.0.2.1/24']);
    expect(gone).toBeGreaterThan(toMilliseconds(lifetime) - 50);
    // The kernel looks at most once a second, up to 0.25 s late, and without cause each 120 s only.
    expect(gone).toBeLessThan(toMilliseconds(lifetime) + 2_000);
  });

  cableTest('puts them on an interface that has just come', (near) => {
    near.host.ip('link add eth1 type veth peer name eth2');
    const address = virtualAddress('192.0.2.5', { interface: 'eth1' as InterfaceName });
    expect(errors(near.network.changeAddresses([hold(address)]))).toEqual([null]);
    expect(near.host.ip('address show dev eth1')).toContain('192.0.2.5/32');
  });

  cableTest('takes over an address that was there before', (near) => {
    near.host.ip('address add 192.0.2.5/32 dev eth0');
    near.forget();
    const outcomes = near.network.changeAddresses([hold(virtualAddress('192.0.2.5'))]);
    expect(errors(outcomes)).toEqual([null]);
    expect(originsOnEth0(near)['192.0.2.5']).toBe(addressOrigin);
    expect(near.host.ip('address show dev eth0')).toContain('valid_lft 600sec');
  });

  cableTest('in thousands takes them all, and tells of none', (near) => {
    const addresses = manyAddresses(1_000);
    const held = near.network.changeAddresses(
      addresses.map((address, id) => hold(address, long, id)),
    );
    expect(held.map(({ id }) => id)).toEqual(addresses.map((_, id) => id));
    expect(held.filter(({ error }) => error !== null)).toEqual([]);
    expect(shown(near.host)).toHaveLength(1 + addresses.length);

    const released = near.network.changeAddresses(addresses.map((address) => release(address)));
    expect(released.filter(({ error }) => error !== null)).toEqual([]);
    expect(shown(near.host)).toEqual(['inet 192.0.2.1/24']);
    near.receive();
    expect(near.events).toEqual([]);
  });

  cableTest('tells what fails and why, and does the rest', (near) => {
    const outcomes = near.network.changeAddresses([
      hold(virtualAddress('192.0.2.5')),
      hold(virtualAddress('192.0.2.6', { interface: 'eth9' as InterfaceName })),
      hold(virtualAddress('192.0.2.7/40')),
      hold(virtualAddress('192.0.2.8', { label: 'a-label-that-is-too-long' })),
      hold(virtualAddress('192.0.2.9')),
    ]);
    expect(errors(outcomes)).toEqual([
      null,
      'ENODEV: hold 192.0.2.6/32 on eth9 (no such interface)',
      'EINVAL: hold 192.0.2.7/40 on eth0 (ipv4: Invalid prefix length)',
      'ERANGE: hold 192.0.2.8/32 on eth0 (Attribute failed policy validation)',
      null,
    ]);
    expect(shown(near.host)).toEqual([
      'inet 192.0.2.1/24',
      'inet 192.0.2.5/32',
      'inet 192.0.2.9/32',
    ]);
  });
});

describe('releasing addresses', () => {
  cableTest('takes off what is there; the rest is no error', (near) => {
    const address = virtualAddress('192.0.2.5');
    near.network.changeAddresses([hold(address)]);
    const outcomes = near.network.changeAddresses([
      release(address),
      release(virtualAddress('192.0.2.6')),
      release(virtualAddress('192.0.2.7', { interface: 'eth9' as InterfaceName })),
    ]);
    expect(errors(outcomes)).toEqual([null, null, null]);
    expect(shown(near.host)).toEqual(['inet 192.0.2.1/24']);
  });

  cableTest('leaves the same address with another prefix length alone', (near) => {
    near.host.ip('address add 192.0.2.5/24 dev eth0');
    near.network.changeAddresses([release(virtualAddress('192.0.2.5/32'))]);
    expect(shown(near.host)).toContain('inet 192.0.2.5/24');
  });
});

describe('news of addresses', () => {
  cableTest('is not what we did ourselves', (near) => {
    const address = virtualAddress('192.0.2.5');
    near.network.changeAddresses([hold(address)]);
    near.network.changeAddresses([hold(address)]);
    near.network.changeAddresses([release(address)]);
    near.network.changeAddresses([hold(address), release(address), hold(address)]);
    near.receive();
    expect(near.events).toEqual([]);
  });

  cableTest('is at once what others do', (near) => {
    near.network.changeAddresses([hold(virtualAddress('192.0.2.5'))]);
    near.host.ip('address del 192.0.2.5/32 dev eth0');
    near.receive();
    expect(near.events).toEqual([
      { type: 'address-vanished', interface: eth0, address: '192.0.2.5', prefixLength: 32 },
    ]);
    near.forget();
    near.host.ip('address add 192.0.2.6/24 dev eth0');
    near.receive();
    expect(near.events).toEqual([
      {
        type: 'address-appeared',
        interface: eth0,
        address: '192.0.2.6',
        prefixLength: 24,
        secondary: true,
        tentative: false,
        own: false,
        renewedAt: null,
      },
    ]);
  });

  cableTest('ends a wait', (near) => {
    const later = `setTimeout(() => require('node:child_process').execFileSync(
      'ip', ['address', 'add', '192.0.2.6/24', 'dev', 'eth0']), 200)`;
    const child = near.host.run(() => spawn(process.execPath, ['-e', later]));
    const from = clock.now();
    near.network.wait(after(from, seconds(10)));
    expect(toMilliseconds(between(from, clock.now()))).toBeLessThan(5_000);
    near.receive();
    expect(addressEvents(near)).toEqual(['+ 192.0.2.6/24']);
    child.kill();
  });

  cableTest('is not lost between two changes of our own', (near) => {
    const address = virtualAddress('192.0.2.5');
    near.network.changeAddresses([hold(address)]);
    near.host.ip('address del 192.0.2.5/32 dev eth0');
    near.network.changeAddresses([hold(address)]);
    near.receive();
    expect(addressEvents(near)).toEqual(['- 192.0.2.5/32']);
    expect(shown(near.host)).toContain('inet 192.0.2.5/32');
  });

  cableTest('is what a change of ours brought about besides', (near) => {
    // The first address of a network is its primary one, and takes the others with it.
    near.network.changeAddresses([hold(virtualAddress('198.51.100.1/24'))]);
    near.host.ip('address add 198.51.100.2/24 dev eth0');
    near.forget();
    near.host.run(() => {
      execFileSync('sysctl', ['-q', '-w', 'net.ipv4.conf.eth0.promote_secondaries=0']);
    });
    near.network.changeAddresses([release(virtualAddress('198.51.100.1/24'))]);
    near.receive();
    expect(addressEvents(near)).toEqual(['- 198.51.100.2/24']);
  });
});

describe('a flood of news', () => {
  const tiny = { monitorBufferOctets: 1 };

  cableTest(
    'that the kernel had to drop is made up for from the lists',
    (near) => {
      const many = manyAddresses(300);
      changeFromOutside(near.host, 'add', many);
      expect(droppedNotifications(near.host)).toBeGreaterThan(0);
      near.receive();
      expect(addressEvents(near)).toEqual(many.map(({ address }) => `+ ${address}/32`));

      near.forget();
      changeFromOutside(near.host, 'del', many.slice(0, 100));
      changeFromOutside(near.host, 'add', [virtualAddress('10.9.9.9')]);
      near.receive();
      expect([...addressEvents(near)].sort()).toEqual(
        ['+ 10.9.9.9/32', ...many.slice(0, 100).map(({ address }) => `- ${address}/32`)].sort(),
      );

      near.forget();
      near.host.ip('address del 10.9.9.9/32 dev eth0');
      near.receive();
      expect(addressEvents(near)).toEqual(['- 10.9.9.9/32']);
    },
    tiny,
  );

  cableTest(
    'that came to nothing is none, whatever part of it was still told',
    (near) => {
      const many = manyAddresses(300);
      changeFromOutside(near.host, 'add', many);
      changeFromOutside(near.host, 'del', many);
      expect(droppedNotifications(near.host)).toBeGreaterThan(0);
      near.receive();
      near.receive();
      expect(near.events).toEqual([]);
    },
    tiny,
  );

  cableTest(
    'that we caused ourselves is still none',
    (near) => {
      const many = manyAddresses(300);
      near.network.changeAddresses(many.map((address) => hold(address)));
      expect(droppedNotifications(near.host)).toBeGreaterThan(0);
      near.receive();
      near.network.changeAddresses(many.slice(0, 200).map((address) => release(address)));
      near.receive();
      expect(near.events).toEqual([]);
      changeFromOutside(near.host, 'del', many.slice(299));
      near.receive();
      expect(addressEvents(near)).toEqual([`- ${many[299]?.address}/32`]);
    },
    tiny,
  );
});

/** IFA_PROTO of each address of eth0, by the address. */
function originsOnEth0(station: Station): Readonly<Record<string, number | null>> {
  const batch = new ReceiveBatch({ capacity: 16, datagramOctets: 1 << 15 });
  const opened = station.host.run(() =>
    openNetlinkSocket({ groups: 0, batch, receiveBufferOctets: 1 << 20 }),
  );
  if (!opened.ok) throw new Error(opened.error.call);
  const request = allocate(128);
  opened.value.send(request, emitList(request.view, 0, { sequence: 1, what: 'addresses' }));
  const messages: RtnetlinkMessage[] = [];
  while (opened.value.receive(messages) > 0);
  opened.value.close();
  return Object.fromEntries(
    messages.flatMap((message) =>
      message.type === 'new-address' && isIpv4(message.address) && message.address !== '127.0.0.1'
        ? [[message.address, message.origin]]
        : [],
    ),
  );
}

/** How many messages did not fit into a netlink socket of this host. */
function droppedNotifications(host: Host): number {
  const table = host.run(() => readFileSync('/proc/thread-self/net/netlink', 'utf8'));
  const [header = '', ...rows] = table.trim().split('\n');
  const column = header.trim().split(/\s+/).indexOf('Drops');
  return rows.reduce((sum, row) => sum + Number(row.trim().split(/\s+/)[column]), 0);
}
