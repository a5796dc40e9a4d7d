import { describe, expect, it } from 'vitest';
import { FakeNetwork } from '../../test/fakes/fake-network.ts';
import { eth0, virtualAddress } from '../../test/scenario/configuration.ts';
import { after, instant, milliseconds, seconds } from '../base/units.ts';
import { vrrpGroupIpv4, type InterfaceName, type Ipv4Address } from '../model/address.ts';
import type { MacAddress } from '../model/address.ts';
import type { Vrrp2Advert } from '../model/advert.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type {
  AnnounceAddresses,
  HoldAddresses,
  PulseEffect,
  ReleaseAddresses,
  SendAdvert,
} from '../model/effect.ts';
import { PulseExecutor, type ExecutionEvent } from './pulse-executor.ts';

const eth1 = 'eth1' as InterfaceName;

/** 1,700,000,000.25 seconds after 1970. */
const clock = { now: () => instant(0), wallClockMs: () => 1_700_000_000_250 };

function channelOn(name: InterfaceName): AdvertChannel {
  return { interface: name, family: 'IPv4', protocol: 'vrrp' };
}

function fakeNetwork(): FakeNetwork {
  const network = new FakeNetwork();
  network.interfaces.set('eth0', '02:00:00:00:00:0a' as MacAddress);
  return network;
}

function advert(virtualRouterId: number, priority = 100, name = eth0): SendAdvert {
  return {
    type: 'send-advert',
    channel: channelOn(name),
    source: '192.0.2.1' as Ipv4Address,
    destination: vrrpGroupIpv4,
    timeToLive: 255,
    authenticationHeader: null,
    hmac: null,
    advert: {
      version: 2,
      virtualRouterId,
      priority,
      advertisementIntervalSeconds: 1,
      authentication: { type: 0, data: '0'.repeat(16) },
      addresses: ['192.0.2.10' as Ipv4Address],
    },
  };
}

const addresses = (texts: readonly string[]) => texts.map((text) => virtualAddress(text));

const hold = (id: number, ...texts: string[]): HoldAddresses => ({
  type: 'hold-addresses',
  id,
  addresses: addresses(texts),
  lifetime: seconds(2),
});

const release = (id: number, ...texts: string[]): ReleaseAddresses => ({
  type: 'release-addresses',
  id,
  addresses: addresses(texts),
});

const announce = (repeat: number, ...texts: string[]): AnnounceAddresses => ({
  type: 'announce-addresses',
  addresses: addresses(texts),
  repeat,
});

const arp = (address: string) => `arp eth0 ${address} is at 02:00:00:00:00:0a`;
const done = (id: number): ExecutionEvent => ({ type: 'effect-settled', id, error: null });

describe('a take-over', () => {
  it('is advert, then addresses, then ARP, each flushed before the next', () => {
    const network = fakeNetwork();
    const events = new PulseExecutor(network, clock).execute([
      advert(51),
      hold(1, '192.0.2.10'),
      announce(2, '192.0.2.10'),
    ]);
    expect(network.calls).toEqual([
      'packet eth0 51 priority 100',
      'flush',
      'change hold 192.0.2.10',
      arp('192.0.2.10'),
      arp('192.0.2.10'),
      'flush',
    ]);
    expect(events).toEqual([done(1)]);
  });

  it('of 255 virtual routers costs two flushes and one change of addresses', () => {
    const network = fakeNetwork();
    const effects = Array.from({ length: 255 }, (_, place): PulseEffect[] => [
      advert(place + 1),
      hold(place, `10.0.0.${place + 1}`),
      announce(5, `10.0.0.${place + 1}`),
    ]).flat();
    const events = new PulseExecutor(network, clock).execute(effects);
    const kinds = network.calls.map((call) => call.split(' ')[0]);
    expect(kinds.filter((kind) => kind === 'flush')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'change')).toHaveLength(1);
    expect(kinds.indexOf('flush')).toBe(255);
    expect(kinds.indexOf('change')).toBe(256);
    expect(kinds.indexOf('arp')).toBe(257);
    expect(events).toEqual(Array.from({ length: 255 }, (_, place) => done(place)));
  });

  it('held up on its way to the guard gives no lease more time than it has left', () => {
    const network = fakeNetwork();
    const channel = { interface: eth0, family: 'IPv4', protocol: 'vrrp' } as const;
    const adverts = { channel, destinations: [], virtualRouterId: 51 };
    const of = {
      duration: milliseconds(250),
      adverts,
      outrankedAbove: null,
      source: null,
      addresses: [],
    };
    const [early, late] = [after(clock.now(), milliseconds(-1)), after(clock.now(), seconds(1))];
    const held = [
      { lease: { number: 1, ...of }, endsAt: early },
      { lease: { number: 2, ...of }, endsAt: late },
    ];
    const frame = { interfaces: [eth0] };
    new PulseExecutor(network, clock).execute([{ type: 'set-guard', id: 1, frame, held }]);
    expect(network.calls).toContain('guard eth0 1 over 2');
  });

  it('listens and asks last of all, and listens first', () => {
    const network = fakeNetwork();
    const probe = { interface: eth0, address: '192.0.2.11' as Ipv4Address, source: null };
    new PulseExecutor(network, clock).execute([
      { type: 'probe-addresses', probes: [probe] },
      { type: 'watch-addresses', id: 7, addresses: ['192.0.2.12' as Ipv4Address] },
      { type: 'watch-addresses', id: 8, addresses: ['192.0.2.11' as Ipv4Address] },
      announce(1, '192.0.2.10'),
    ]);
    expect(network.calls.slice(-5)).toEqual([
      arp('192.0.2.10'),
      'flush',
      'listen for 192.0.2.11',
      arp('0.0.0.0'),
      'flush',
    ]);
  });

  it('announces each address once before any a second time', () => {
    const network = fakeNetwork();
    const effects = [announce(3, '192.0.2.10', '192.0.2.11'), announce(2, '192.0.2.20')];
    new PulseExecutor(network, clock).execute(effects);
    const round = ['192.0.2.10', '192.0.2.11', '192.0.2.20'];
    const expected = [...round, ...round, '192.0.2.10', '192.0.2.11'].map(arp);
    expect(network.calls).toEqual(['flush', ...expected, 'flush']);
  });
});

describe('the order', () => {
  it('of a hold and a release is kept, and what is released is announced no more', () => {
    const network = fakeNetwork();
    new PulseExecutor(network, clock).execute([
      hold(1, '192.0.2.10', '192.0.2.11'),
      announce(1, '192.0.2.10', '192.0.2.11'),
      advert(51, 0),
      release(2, '192.0.2.10'),
    ]);
    const places = ['hold 192.0.2.10', 'release 192.0.2.10', arp('192.0.2.11')].map((text) =>
      network.calls.findIndex((call) => call.includes(text)),
    );
    expect(places).not.toContain(-1);
    expect(network.calls).not.toContain(arp('192.0.2.10'));
  });

  it('of what is announced and then released is: the addresses, and then the lease ends', () => {
    const network = fakeNetwork();
    const end = { type: 'end-lease', number: 7 } as const;
    new PulseExecutor(network, clock).execute([advert(51, 0), end, release(1, '192.0.2.10')]);
    expect(network.calls.slice(-2)).toEqual(['change release 192.0.2.10', 'leases end 7']);
  });

  it('of release and hold of one address is that of the effects', () => {
    const network = fakeNetwork();
    new PulseExecutor(network, clock).execute([release(1, '192.0.2.10'), hold(2, '192.0.2.10')]);
    expect(network.calls).toContain('change release 192.0.2.10, hold 192.0.2.10');
  });

  it('has the resignation leave before the interface is left', () => {
    const network = fakeNetwork();
    const leave = { type: 'leave-interface', channel: channelOn(eth0) } as const;
    new PulseExecutor(network, clock).execute([advert(51, 0), release(1, '192.0.2.10'), leave]);
    expect(network.calls).toEqual([
      'packet eth0 51 priority 0',
      'flush',
      'change release 192.0.2.10',
      'leave eth0',
      'flush',
    ]);
  });
});

describe('a failure', () => {
  it('of a join is its answer', () => {
    const network = fakeNetwork();
    network.joinError = { code: 'ENODEV', call: 'join on eth0' };
    const executor = new PulseExecutor(network, clock);
    const joined = { ...channelOn(eth0), groups: [vrrpGroupIpv4], receiveBufferOctets: null };
    const join = { type: 'join-interface', id: 7, channel: joined } as const;
    expect(executor.execute([join])).toEqual([
      { type: 'effect-settled', id: 7, error: 'join on eth0: ENODEV' },
    ]);
    network.joinError = null;
    expect(executor.execute([join])).toEqual([done(7)]);
  });

  it('of a send is told with the interface that it happened on', () => {
    const network = fakeNetwork();
    const error = { code: 'ENETDOWN', call: 'send' };
    network.failures = [{ interface: eth1, error }];
    expect(new PulseExecutor(network, clock).execute([advert(51, 100, eth1)])).toEqual([
      { type: 'send-failed', interface: 'eth1', error: 'send: ENETDOWN' },
    ]);
  });

  it('of one address is the answer to its effect alone, and that address is not announced', () => {
    const network = fakeNetwork();
    network.refused.set('192.0.2.11', { code: 'EPERM', call: 'hold' });
    const executor = new PulseExecutor(network, clock);
    const events = executor.execute([
      hold(1, '192.0.2.10', '192.0.2.11'),
      announce(1, '192.0.2.10', '192.0.2.11'),
      hold(2, '192.0.2.20'),
    ]);
    const error = '192.0.2.11 on eth0: hold: EPERM';
    expect(events).toEqual([{ type: 'effect-settled', id: 1, error }, done(2)]);
    expect(network.calls).toContain(arp('192.0.2.10'));
    expect(network.calls).not.toContain(arp('192.0.2.11'));
  });

  it('of an address keeps it from being announced until it has been set', () => {
    const network = fakeNetwork();
    network.refused.set('192.0.2.10', { code: 'EPERM', call: 'hold' });
    const executor = new PulseExecutor(network, clock);
    executor.execute([hold(1, '192.0.2.10')]);
    executor.execute([announce(1, '192.0.2.10')]);
    expect(network.calls).not.toContain(arp('192.0.2.10'));
    network.refused.clear();
    executor.execute([hold(2, '192.0.2.10'), announce(1, '192.0.2.10')]);
    expect(network.calls).toContain(arp('192.0.2.10'));
  });

  it('to find the hardware address leaves the announcement out', () => {
    const network = fakeNetwork();
    network.interfaces.clear();
    expect(new PulseExecutor(network, clock).execute([announce(1, '192.0.2.10')])).toEqual([]);
    expect(network.calls).toEqual(['flush', 'flush']);
  });
});

describe('the executor', () => {
  it('has nothing left over for the next time', () => {
    const network = fakeNetwork();
    const executor = new PulseExecutor(network, clock);
    executor.execute([advert(51), hold(1, '192.0.2.10'), announce(1, '192.0.2.10')]);
    network.calls.length = 0;
    expect(executor.execute([])).toEqual([]);
    expect(network.calls).toEqual(['flush']);
  });

  it('answers for an effect without addresses too', () => {
    const network = fakeNetwork();
    expect(new PulseExecutor(network, clock).execute([hold(1), release(2)])).toEqual([
      done(1),
      done(2),
    ]);
    expect(network.calls).toEqual(['flush']);
  });

  it('watches and forgets processes', () => {
    const network = fakeNetwork();
    new PulseExecutor(network, clock).execute([
      { type: 'watch-process', service: 'nginx', processId: 7 },
      { type: 'unwatch-process', service: 'nginx' },
    ]);
    expect(network.calls).toEqual(['watch nginx 7', 'unwatch nginx', 'flush']);
  });

  it('numbers its packets from 1, and never 0', () => {
    const network = fakeNetwork();
    const identifications: number[] = [];
    network.queuePacket = (_, packet) => {
      identifications.push(new DataView(packet.buffer, packet.byteOffset).getUint16(4));
    };
    const executor = new PulseExecutor(network, clock);
    for (let count = 0; count < 0x1_0001; count += 1) executor.execute([advert(51)]);
    expect(identifications[0]).toBe(1);
    expect(identifications.slice(0xfffd, 0x1_0001)).toEqual([0xfffe, 0xffff, 1, 2]);
  });

  it('has room for the longest advert there can be', () => {
    const network = fakeNetwork();
    const { advert: one, ...effect } = advert(51);
    const many = Array.from({ length: 255 }, (_, place) => `10.0.0.${place}` as Ipv4Address);
    new PulseExecutor(network, clock).execute([
      { ...effect, advert: { ...(one as Vrrp2Advert), addresses: many } },
    ]);
    expect(network.calls[0]).toBe('packet eth0 51 priority 100');
  });
});
