import { beforeEach, describe, expect, it } from 'vitest';
import { after, milliseconds, seconds, type Duration } from '../base/units.ts';
import { vrrpGroupIpv4 } from '../model/address.ts';
import type { InterfaceName, Ipv4Address, MacAddress } from '../model/address.ts';
import { virtualAddress } from '../model/defaults.ts';
import type { Advert } from '../model/advert.ts';
import type { Lease } from '../model/lease.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from '../wire/ethernet.ts';
import { emitPacket, packetLength } from '../wire/vrrp-packet.ts';
import { SimulatedGuard } from './simulated-guard.ts';
import { jiffy } from './simulated-kernel.ts';
import { VirtualClock } from './virtual-clock.ts';

const address = '192.0.2.100' as Ipv4Address;
const eth0 = 'eth0' as InterfaceName;
const frame = { interfaces: [eth0] };
const duration = milliseconds(2_500);
const lease: Lease = {
  number: 1,
  duration,
  adverts: {
    channel: { interface: eth0, family: 'IPv4', protocol: 'vrrp' },
    destinations: [vrrpGroupIpv4],
    virtualRouterId: 51,
  },
  outrankedAbove: 100,
  source: null,
  addresses: [virtualAddress(address, eth0)],
};

function advertOf(virtualRouterId: number, priority: number): Advert {
  return {
    version: 2,
    virtualRouterId,
    priority,
    advertisementIntervalSeconds: 1,
    authentication: { type: 0, data: '0'.repeat(16) },
    addresses: [address],
  };
}

function advertFrame(virtualRouterId: number, priority = 100): Uint8Array {
  const advert = advertOf(virtualRouterId, priority);
  const octets = new Uint8Array(ethernetHeaderLength + packetLength(advert));
  const source = '02:00:00:00:00:01' as MacAddress;
  emitEthernetHeader(octets, 0, { destination: source, source, etherType: etherTypes.ipv4 });
  const ends = { source: '192.0.2.1' as Ipv4Address, destination: vrrpGroupIpv4 };
  emitPacket(octets.subarray(ethernetHeaderLength), { ...ends, identification: 1, advert });
  return octets;
}

/** Of another virtual router of the same VRID, as its address list shows. */
function otherAdvertFrame(): Uint8Array {
  const octets = advertFrame(51, 101);
  const lastOfAddress = ethernetHeaderLength + 20 + 8 + 3;
  octets[lastOfAddress] = 7;
  return octets;
}

describe('SimulatedGuard', () => {
  let clock: VirtualClock;
  let guard: SimulatedGuard;

  const guardOf = (available: boolean): SimulatedGuard =>
    new SimulatedGuard({
      ...{ clock, jiffy, available, beforeChange: () => undefined, told: () => undefined },
    });

  beforeEach(() => {
    clock = new VirtualClock();
    guard = guardOf(true);
    guard.set(frame, []);
    guard.change([{ type: 'take', lease, begunBy: advertOf(51, 100) }]);
  });

  const pass = (time: Duration): Promise<void> => clock.runUntil(after(clock.now(), time));

  it('lets nothing in or out once a lease is over, adverts neither', async () => {
    await pass((duration - jiffy) as Duration);
    expect(guard.lets(address)).toBe(true);
    await pass((2 * jiffy) as Duration);
    expect(guard.lets(address)).toBe(false);
    expect(guard.letsOut(advertFrame(51))).toBe(false);
    expect(guard.lapsed([1])).toEqual([1]);
  });

  it('is renewed by each advert of its virtual router, and by no other', async () => {
    for (let count = 0; count < 5; count += 1) {
      expect(guard.letsOut(advertFrame(51))).toBe(true);
      await pass(seconds(2));
    }
    expect(guard.lets(address)).toBe(true);
    expect(guard.letsOut(advertFrame(52))).toBe(true);
    expect(guard.letsOut(advertFrame(51, 0))).toBe(true);
    await pass(seconds(1));
    expect(guard.lets(address)).toBe(false);
  });

  it('is silenced by a better advert, until the next of its own leaves', async () => {
    for (const ignored of [advertFrame(51, 100), advertFrame(52, 101), otherAdvertFrame()]) {
      guard.hears(ignored);
      expect(guard.lets(address)).toBe(true);
    }
    guard.hears(advertFrame(51, 101));
    expect(guard.lets(address)).toBe(false);
    expect(guard.lapsed([1])).toEqual([]);
    expect(guard.letsOut(advertFrame(51))).toBe(true);
    expect(guard.lets(address)).toBe(true);
    guard.hears(advertFrame(51, 101));
    await pass(duration);
    expect(guard.lets(address)).toBe(false);
  });

  it('has no lease for adverts that have not left', () => {
    guard.change([
      { type: 'take', lease: { ...lease, number: 2 }, begunBy: null },
      { type: 'end', number: 1 },
    ]);
    expect(guard.lets(address)).toBe(false);
    expect(guard.lapsed([1, 2])).toEqual([1, 2]);
  });

  it('lets in what is for other addresses, and everything once it is taken away', () => {
    expect(guard.lets('192.0.2.1' as Ipv4Address)).toBe(true);
    guard.set(null, []);
    expect(guard.lets(address)).toBe(true);
    expect(guard.isEmpty).toBe(true);
    expect(guard.lapsed([1])).toBeNull();
    expect(guard.change([])?.code).toBe('ENOENT');
  });

  it('keeps what is left of a lease when it is made anew', async () => {
    guard.set(frame, [{ lease, remaining: seconds(1) }]);
    await pass(milliseconds(990));
    expect(guard.lets(address)).toBe(true);
    await pass(milliseconds(20));
    expect(guard.lets(address)).toBe(false);
  });

  it('can not be had in every kernel', () => {
    expect(guardOf(false).set(frame, [])?.code).toBe('EOPNOTSUPP');
  });
});
