import { describe, expect, it } from 'vitest';
import { FakeNetwork } from '../../test/fakes/fake-network.ts';
import {
  config,
  eth0,
  instanceConfig,
  scriptConfig,
  virtualAddress,
} from '../../test/scenario/configuration.ts';
import { after, instant, milliseconds, seconds, type Duration } from '../base/units.ts';
import { Core } from '../core/core.ts';
import { vrrpGroupIpv4, type Ipv4Address, type MacAddress } from '../model/address.ts';
import type { Config } from '../model/config.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { ErrandEffect } from '../model/effect.ts';
import type { Succession } from '../model/succession.ts';
import { emitPacket, packetLength } from '../wire/vrrp-packet.ts';
import { Pulse } from './pulse.ts';

const channel: AdvertChannel = { interface: eth0, family: 'IPv4', protocol: 'vrrp' };
const macAddress = '02:00:00:00:00:0a' as MacAddress;

/** One virtual router for each VRID, with an address of its own. */
function routers(count: number): Config {
  return config({
    instances: Array.from({ length: count }, (_, place) =>
      instanceConfig({
        name: `VI_${place + 1}`,
        virtualRouterId: place + 1,
        virtualAddresses: [virtualAddress(`10.0.0.${place + 1}`)],
      }),
    ),
  });
}

class Bench {
  now = instant(0);
  readonly network = new FakeNetwork();
  readonly errands: ErrandEffect[] = [];
  readonly returning: CoreEvent[] = [];
  readonly pulse: Pulse;

  constructor(settings: Config) {
    this.network.interfaces.set('eth0', macAddress);
    const place = { interface: eth0 };
    const link = { present: true, up: true, multicast: true, macAddress };
    const address = { address: '192.0.2.1' as Ipv4Address, prefixLength: 24 };
    const standing = { secondary: false, tentative: false, own: false, renewedAt: null };
    this.network.events.push(
      { type: 'link-changed', ...place, ...link },
      { type: 'address-appeared', ...place, ...address, ...standing },
    );
    const ports = {
      clock: { now: () => this.now, wallClockMs: () => 0 },
      network: this.network,
      errands: {
        send: (effects: readonly ErrandEffect[]) => this.errands.push(...effects),
        receive: () => this.returning.shift() ?? null,
      },
    };
    this.pulse = new Pulse(ports, new Core(settings), settings);
  }

  wait(time: Duration): this {
    this.now = after(this.now, time);
    return this;
  }

  /** What a turn asks of the network. */
  turn(): string[] {
    this.network.calls.length = 0;
    this.pulse.turn();
    return [...this.network.calls];
  }

  arrive(virtualRouterId: number, priority: number): void {
    const advert = {
      version: 2,
      virtualRouterId,
      priority,
      advertisementIntervalSeconds: 1,
      authentication: { type: 0, data: '0'.repeat(16) },
      addresses: [`10.0.0.${virtualRouterId}` as Ipv4Address],
    } as const;
    const packet = new Uint8Array(packetLength(advert));
    const source = '192.0.2.2' as Ipv4Address;
    emitPacket(packet, { source, destination: vrrpGroupIpv4, identification: 1, advert });
    this.network.packets.push({ channel, packet });
  }

  logs(word: string): string[] {
    return this.errands.flatMap((effect) =>
      effect.type === 'write-log' && effect.text.includes(word) ? [effect.text] : [],
    );
  }
}

function started(settings: Config): Bench {
  const bench = new Bench(settings);
  expect(bench.pulse.start()).toBeNull();
  return bench;
}

const downInterval = milliseconds(3609.375);
const far = seconds(10);

describe('the start', () => {
  it('tells the core what there is, and joins', () => {
    const { network, pulse } = started(routers(1));
    expect(network.calls).toContain('join eth0');
    expect(pulse.nextDeadline()).toBe(downInterval);
    expect(pulse.finished).toBe(false);
  });

  it('fails where the network can not be had', () => {
    const bench = new Bench(routers(1));
    bench.network.startError = { code: 'EPERM', call: 'socket' };
    expect(bench.pulse.start()).toEqual({ code: 'EPERM', call: 'socket' });
    expect(bench.network.calls).toEqual([]);
  });
});

/** What the Baton of this bench leaves to another one. */
function successionOf(bench: Bench): Succession {
  bench.returning.push({ type: 'succession-requested', id: 1, notAfter: after(bench.now, far) });
  bench.turn();
  for (const effect of bench.errands) {
    if (effect.type === 'report-succession' && effect.outcome.ok) return effect.outcome.value;
  }
  throw new Error('it has not given way');
}

describe('who takes the place of another', () => {
  it('hears the adverts that came after that one had ended', () => {
    const before = started(routers(1));
    before.arrive(1, 200);
    before.turn();
    const succession = successionOf(before.wait(seconds(1)));
    const bench = new Bench(routers(1));
    expect(bench.pulse.open()).toBeNull();
    bench.wait(seconds(1)).arrive(1, 200);
    bench.pulse.begin(succession);
    expect(bench.pulse.nextDeadline()).toBe(after(bench.now, downInterval));
    const alone = new Bench(routers(1));
    expect(alone.pulse.open()).toBeNull();
    alone.wait(seconds(1)).pulse.begin(succession);
    expect(alone.pulse.nextDeadline()).toBe(downInterval);
  });
});

describe('a turn', () => {
  it('before the deadline does nothing', () => {
    const bench = started(routers(1));
    expect(bench.wait(milliseconds(3609.374)).turn()).toEqual([]);
  });

  it('at the deadline of 255 virtual routers serves them together', () => {
    const calls = started(routers(255)).wait(downInterval).turn();
    const count = (kind: string) => calls.filter((call) => call.startsWith(kind)).length;
    expect(count('packet')).toBe(255);
    expect(count('arp')).toBe(255 * 5);
    expect(count('change')).toBe(1);
    expect(count('flush')).toBe(2);
    expect(calls.findIndex((call) => call.startsWith('change'))).toBe(257);
  });

  it('hears all that has arrived before it acts on a deadline', () => {
    const bench = started(routers(255));
    bench.network.packetsAtOnce = 10;
    // Nobody looked for a minute, and the adverts wait in the socket's buffer.
    bench.wait(seconds(60));
    for (let virtualRouterId = 1; virtualRouterId <= 255; virtualRouterId += 1) {
      bench.arrive(virtualRouterId, 200);
    }
    expect(bench.turn()).toEqual([]);
    expect(bench.network.packets).toEqual([]);
    expect(bench.logs('MASTER')).toEqual([]);
  });

  it('looks once more at a deadline, and no more often when nothing has arrived', () => {
    const bench = started(routers(1));
    let looks = 0;
    bench.network.receive = () => {
      looks += 1;
    };
    bench.turn();
    expect(looks).toBe(1);
    bench.wait(downInterval).turn();
    expect(looks).toBe(3);
  });

  it('is not kept from a deadline by a flood', () => {
    const bench = started(routers(1));
    bench.network.packetsAtOnce = 1;
    bench.wait(downInterval);
    for (let count = 0; count < 1_000; count += 1) bench.arrive(99, 200);
    expect(bench.turn()).toContain('packet eth0 1 priority 100');
    expect(bench.network.packets.length).toBeGreaterThan(0);
  });

  it('takes what came back from the errands, in order, but not without end', () => {
    const scripts = [scriptConfig()];
    const tracks = [{ kind: 'script', name: 'check', weight: 0, reverse: false }] as const;
    const bench = started(config({ scripts, instances: [instanceConfig({ tracks })] }));
    const outcome = { type: 'exited', status: 0 } as const;
    for (let count = 0; count < 300; count += 1) {
      bench.returning.push({ type: 'script-finished', script: 'check', outcome });
    }
    bench.turn();
    expect(bench.logs('BACKUP STATE')).toHaveLength(1);
    expect(bench.returning).toHaveLength(300 - 256);
    // Nobody will wake it for those that are left.
    expect(bench.pulse.nextDeadline()).toBe(bench.now);
    bench.turn();
    expect(bench.returning).toEqual([]);
    expect(bench.pulse.nextDeadline()).toBeGreaterThan(bench.now);
  });

  it('hands slow effects over after it has done the prompt ones', () => {
    const bench = started(routers(1));
    bench.wait(downInterval);
    const before: string[] = [];
    const { errands } = bench;
    errands.length = 0;
    bench.network.changeAddresses = (requests) => {
      before.push(...errands.map((effect) => effect.type));
      return requests.map(({ id, address }) => ({ id, address, error: null }));
    };
    bench.turn();
    expect(before).toEqual([]);
    expect(bench.logs('Entering MASTER STATE')).toHaveLength(1);
  });

  it('gives the core the answers to its effects', () => {
    const bench = started(routers(1));
    bench.wait(downInterval).turn();
    bench.network.refused.set('10.0.0.1', { code: 'EPERM', call: 'hold' });
    bench.network.failures = [{ interface: eth0, error: { code: 'ENOBUFS', call: 'send' } }];
    bench.wait(seconds(1)).turn();
    expect(bench.logs("can't")).toEqual([
      "(VI_1) can't send on eth0: send: ENOBUFS",
      "(VI_1) addresses can't be set: 10.0.0.1 on eth0: hold: EPERM",
    ]);
  });

  it('counts what it can not read', () => {
    const bench = started(routers(1));
    bench.network.packets.push({ channel, packet: new Uint8Array(7) });
    bench.returning.push({ type: 'snapshot-requested', id: 3 });
    bench.turn();
    const report = bench.errands.find((effect) => effect.type === 'report-snapshot');
    expect(report?.id).toBe(3);
    expect(report?.snapshot.drops).toEqual({ 'ip-header': 1 });
  });
});

describe('the end', () => {
  it('comes when all is taken down', () => {
    const bench = started(routers(2));
    bench.wait(downInterval).turn();
    bench.returning.push({ type: 'stop-requested' });
    expect(bench.turn()).toEqual([
      'packet eth0 1 priority 0',
      'packet eth0 2 priority 0',
      'flush',
      'change release 10.0.0.1, release 10.0.0.2',
      'leases end 1, end 2',
      'guard off',
      'flush',
    ]);
    expect(bench.pulse.finished).toBe(true);
    expect(bench.errands.at(-1)?.type).toBe('finish');
    expect(bench.pulse.nextDeadline()).toBeNull();
  });
});
