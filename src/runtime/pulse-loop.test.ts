import { describe, expect, it } from 'vitest';
import { FakeNetwork } from '../../test/fakes/fake-network.ts';
import { config, eth0, instanceConfig } from '../../test/scenario/configuration.ts';
import { between, instant, milliseconds, seconds, type Instant } from '../base/units.ts';
import { Core } from '../core/core.ts';
import { isIpv4, vrrpGroupIpv4, type Ipv4Address, type MacAddress } from '../model/address.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { CoreEvent } from '../model/core-event.ts';
import { emitPacket, packetLength } from '../wire/vrrp-packet.ts';
import { runPulse } from './pulse-loop.ts';
import { Pulse } from './pulse.ts';

const channel: AdvertChannel = { interface: eth0, family: 'IPv4', protocol: 'vrrp' };
const macAddress = '02:00:00:00:00:0a' as MacAddress;
/** To look at the clock takes a little time, so that who stays awake gets on. */
const lookTakes = 10;
/** RFC 3768 section 6.1, at priority 100. */
const takeoverAt = seconds(3.609375);

/** A host whose time passes while it waits; it is stopped at `stopAt`. */
class Host extends FakeNetwork {
  now = instant(0);
  readonly rehearsals: Instant[] = [];
  readonly waits: Instant[] = [];
  /** Adverts of a better master, by the time at which they arrive. */
  adverts: Instant[] = [];
  private readonly stopAt: Instant;
  private stopAsked = false;
  private readonly clock = {
    now: (): Instant => (this.now = instant(this.now + lookTakes)),
    wallClockMs: () => 0,
  };

  constructor(stopAt: Instant) {
    super();
    this.stopAt = stopAt;
  }

  run(): this {
    this.interfaces.set(eth0, macAddress);
    const place = { interface: eth0 };
    const link = { present: true, up: true, multicast: true, macAddress };
    const address = { address: '192.0.2.1' as Ipv4Address, prefixLength: 24 };
    const standing = { secondary: false, tentative: false, own: false, renewedAt: null };
    this.events.push(
      { type: 'link-changed', ...place, ...link },
      { type: 'address-appeared', ...place, ...address, ...standing },
    );
    const errands = { send: () => undefined, receive: () => this.stopRequest() };
    const settings = config({ instances: [instanceConfig({ priority: 100 })] });
    const ports = { clock: this.clock, network: this, errands };
    const pulse = new Pulse(ports, new Core(settings), settings);
    pulse.start();
    const rehearse = (): void => void this.rehearsals.push(this.now);
    runPulse(pulse, { clock: this.clock, network: this, rehearse });
    return this;
  }

  override wait(deadline: Instant | null): void {
    const arrival = this.adverts[0] ?? this.stopAt;
    const until = Math.min(deadline ?? arrival, arrival, this.stopAt);
    this.now = instant(Math.max(this.now, until));
    this.waits.push(this.now);
    if (this.adverts[0] !== undefined && this.adverts[0] <= this.now) {
      this.adverts.shift();
      this.packets.push({ channel, packet: advertOf(200) });
    }
  }

  private stopRequest(): CoreEvent | null {
    if (this.now < this.stopAt || this.stopAsked) return null;
    this.stopAsked = true;
    return { type: 'stop-requested' };
  }
}

function advertOf(priority: number): Uint8Array {
  const instance = instanceConfig();
  const advert = {
    version: 2,
    virtualRouterId: instance.virtualRouterId,
    priority,
    advertisementIntervalSeconds: 1,
    authentication: { type: 0, data: '0'.repeat(16) },
    addresses: instance.virtualAddresses.map((one) => one.address).filter(isIpv4),
  } as const;
  const packet = new Uint8Array(packetLength(advert));
  const source = '192.0.2.2' as Ipv4Address;
  emitPacket(packet, { source, destination: vrrpGroupIpv4, identification: 1, advert });
  return packet;
}

describe('the pulse loop', () => {
  it('rehearses a take-over twice, shortly before it, and is awake when it is due', () => {
    const host = new Host(instant(seconds(3.7))).run();
    const leads = host.rehearsals.map((moment) => between(moment, instant(takeoverAt)));
    expect(leads.map((lead) => Math.round(lead / milliseconds(1)))).toEqual([20, 3]);
    const lastSleep = host.waits.filter((moment) => moment <= takeoverAt).at(-1) ?? instant(0);
    expect(between(lastSleep, instant(takeoverAt))).toBeGreaterThan(milliseconds(0.2));
    expect(host.calls.filter((call) => call.includes('priority 100'))).toHaveLength(1);
  });

  it('rehearses nothing while a master is heard', () => {
    const host = new Host(instant(seconds(5.5)));
    host.adverts = [1, 2, 3, 4, 5].map((second) => instant(seconds(second)));
    expect(host.run().rehearsals).toEqual([]);
    expect(host.calls.filter((call) => call.includes('priority'))).toEqual([]);
  });

  it('ends when the core has finished', () => {
    expect(new Host(instant(seconds(1))).run().waits.at(-1)).toBeLessThan(seconds(1.1));
  });
});
