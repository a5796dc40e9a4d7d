import { beforeEach, describe, expect, it } from 'vitest';
import { after, milliseconds, seconds, type Duration } from '../base/units.ts';
import { vrrpGroupIpv4, type Ipv4Address, type MacAddress } from '../model/address.ts';
import { emitEthernetHeader, ethernetHeaderLength, etherTypes } from '../wire/ethernet.ts';
import { emitPacket, packetLength } from '../wire/vrrp-packet.ts';
import { SimulatedGuard } from './simulated-guard.ts';
import { jiffy } from './simulated-kernel.ts';
import { VirtualClock } from './virtual-clock.ts';

const address = '192.0.2.100' as Ipv4Address;
const lease = milliseconds(2_500);

function advertFrame(virtualRouterId: number): Uint8Array {
  const advert = {
    version: 2,
    virtualRouterId,
    priority: 100,
    advertisementIntervalSeconds: 1,
    authentication: { type: 0, data: '0'.repeat(16) },
    addresses: [address],
  } as const;
  const frame = new Uint8Array(ethernetHeaderLength + packetLength(advert));
  const source = '02:00:00:00:00:01' as MacAddress;
  emitEthernetHeader(frame, 0, { destination: source, source, etherType: etherTypes.ipv4 });
  const ends = { source: '192.0.2.1' as Ipv4Address, destination: vrrpGroupIpv4 };
  emitPacket(frame.subarray(ethernetHeaderLength), { ...ends, identification: 1, advert });
  return frame;
}

describe('SimulatedGuard', () => {
  let clock: VirtualClock;
  let guard: SimulatedGuard;
  let changes: number;

  beforeEach(() => {
    clock = new VirtualClock();
    changes = 0;
    const beforeChange = (): void => {
      changes += 1;
    };
    guard = new SimulatedGuard({ clock, jiffy, beforeChange, told: () => undefined });
    guard.set([{ virtualRouterId: 51, ipv6: false, addresses: [address], lease }]);
    changes = 0;
  });

  const pass = (duration: Duration): Promise<void> => clock.runUntil(after(clock.now(), duration));

  it('lets nothing in before an advert has left, and nothing after its lease is over', async () => {
    expect(guard.lets(address)).toBe(false);
    await pass(milliseconds(7));
    guard.leaves(advertFrame(51));
    expect(guard.lets(address)).toBe(true);
    await pass((lease - jiffy) as Duration);
    expect(guard.lets(address)).toBe(true);
    await pass((2 * jiffy) as Duration);
    expect(guard.lets(address)).toBe(false);
    expect(changes).toBe(2);
  });

  it('is renewed by each advert of its virtual router, and by no other', async () => {
    for (let count = 0; count < 5; count += 1) {
      guard.leaves(advertFrame(51));
      await pass(seconds(2));
    }
    expect(guard.lets(address)).toBe(true);
    guard.leaves(advertFrame(52));
    await pass(seconds(1));
    expect(guard.lets(address)).toBe(false);
  });

  it('lets in what is for other addresses, and everything once it is taken away', () => {
    expect(guard.lets('192.0.2.1' as Ipv4Address)).toBe(true);
    guard.set([]);
    expect(guard.lets(address)).toBe(true);
    expect(guard.isEmpty).toBe(true);
  });

  it('keeps a lease that runs when its rules are written anew', () => {
    guard.leaves(advertFrame(51));
    guard.set([{ virtualRouterId: 51, ipv6: false, addresses: [address], lease }]);
    expect(guard.lets(address)).toBe(true);
  });
});
