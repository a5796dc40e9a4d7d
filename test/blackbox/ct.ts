/** What Baton counts and reports (RFC 2787, RFC 6527, RFC 8347). */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { instance, instance6 } from './configuration.ts';
import { errorCounters, moved } from './counters.ts';
import type { Lab } from './lab.ts';
import { addresses, advertFrame, ipFrame, virtual, type Journey, type Vrrp } from './packets.ts';

const v3 = { version: 3, virtualRouterId: 53, addresses: ['192.0.2.20'] } as const;
const v6 = { version: 3, virtualRouterId: 54, addresses: virtual.ipv6 } as const;

/** One of each kind of bad packet. */
const bad: readonly (readonly [string, Vrrp, Journey?])[] = [
  ['TTL', {}, { timeToLive: 254 }],
  ['hop limit', v6, { timeToLive: 254 }],
  ['version', { version: 1 }],
  ['other version', { version: 3 }],
  ['other version to 3', { version: 2, virtualRouterId: 53 }],
  ['type', { type: 2 }],
  ['type in version 3', { ...v3, type: 2 }],
  ['checksum', { spoil: 1 }],
  ['checksum in version 3', { ...v3, spoil: 1 }],
  ['checksum over IPv6', { ...v6, spoil: 1 }],
  ['count too large', { count: 3 }],
  ['count too small', { count: 1 }],
  ['too long', { trailer: new Uint8Array(4) }],
  ['no authentication data', { withoutAuthenticationData: true }],
  ['VRID', { virtualRouterId: 99 }],
  ['count 0', { ...v3, addresses: [] }],
  ['interval', { interval: 2 }],
  ['interval 0', { ...v3, interval: 0 }],
  ['unknown authentication', { authenticationType: 3 }],
  ['authentication', { authenticationType: 1 }],
  ['address list', { addresses: ['192.0.2.10', '192.0.2.12'] }],
  ['unicast', {}, { destination: addresses.d.ipv4, destinationMac: addresses.d.mac }],
];

async function newMasterReason(lab: Lab): Promise<string> {
  const { state, counters } = await lab.inState('Master');
  expect(state).toBe('Master');
  return counters.newMasterReason;
}

export const counting: readonly Case[] = [
  {
    id: 'CT-01',
    what: 'each kind of bad packet once: one error counter moves, by one',
    run: async (lab) => {
      await lab.startAsMaster(
        instance() +
          instance({ ...v3, name: 'VI_3', addresses: ['192.0.2.20/24'] }) +
          instance6({ name: 'VI_6', virtualRouterId: 54 }),
      );
      await lab.inState('Master', { name: 'VI_6' });
      const short = Uint8Array.from([0x21, 51, 200, 2, 0, 1, 0]);
      const journey = { source: addresses.x.ipv4, destination: '224.0.0.18' };
      const frames = [
        ...bad.map(([what, advert, way]) => [what, advertFrame(advert, way)] as const),
        ['7 octets', ipFrame(112, short, journey)] as const,
      ];
      for (const [what, frame] of frames) {
        const before = await errorCounters(lab);
        lab.injector.send(frame);
        await sleep(150);
        const after = moved(before, await errorCounters(lab));
        expect(Object.values(after), `${what}: ${JSON.stringify(after)}`).toEqual([1]);
      }
    },
  },
  {
    id: 'CT-02',
    what: '60 s with fail-overs: adverts sent and received, and priorities 0, are those on the wire',
    limitMs: 120_000,
    run: async (lab) => {
      await lab.start(instance());
      for (let round = 0; round < 3; round += 1) {
        await sleep(6_000);
        const peer = await lab.startPeer(instance({ priority: 150 }));
        await sleep(10_000);
        peer.signal('SIGTERM');
        await peer.ended();
        await sleep(4_000);
      }
      const { counters } = await lab.instance();
      const sent = lab.wire.adverts(addresses.d.ipv4);
      const heard = lab.wire.adverts(addresses.p.ipv4);
      const zeros = (list: typeof sent): number =>
        list.filter(({ vrrp }) => vrrp.priority === 0).length;
      expect(counters).toMatchObject({
        advertsSent: sent.length,
        advertsReceived: heard.length,
        priorityZeroSent: zeros(sent),
        priorityZeroReceived: zeros(heard),
      });
      expect(zeros(heard)).toBe(3);
    },
  },
  {
    id: 'CT-03',
    what: 'why it became Master: silence, priority 0, preemption, owner at the start',
    run: async (lab) => {
      const program = await lab.start(instance());
      expect(await newMasterReason(lab)).toBe('master-no-response');
      lab.injector.send(advertFrame());
      await lab.inState('Backup', { limitMs: 1_000 });
      lab.injector.send(advertFrame({ priority: 0 }));
      expect(await newMasterReason(lab)).toBe('priority');
      lab.injector.send(advertFrame());
      await lab.inState('Backup', { limitMs: 1_000 });
      for (let count = 0; count < 6; count += 1) {
        lab.injector.send(advertFrame({ priority: 50 }));
        await sleep(600);
      }
      expect(await newMasterReason(lab)).toBe('preempted');
      expect((await lab.instance()).counters.becameMaster).toBe(3);
      program.signal('SIGTERM');
      await program.ended();
      await lab.start(instance({ priority: 255, state: 'MASTER' }));
      expect(await newMasterReason(lab)).toBe('priority');
      expect((await lab.instance()).counters.becameMaster).toBe(1);
    },
  },
  {
    id: 'CT-04',
    what: 'status: state, master, learned interval, skew, down interval, VRID, version, addresses',
    run: async (lab) => {
      await lab.start(instance({ version: 3, interval: 3, virtualRouterId: 53 }));
      lab.injector.send(advertFrame({ version: 3, virtualRouterId: 53, interval: 30 }));
      await sleep(300);
      const status = await lab.instance();
      expect(status).toMatchObject({
        state: 'Backup',
        version: 3,
        family: 'IPv4',
        virtualRouterId: 53,
        effectivePriority: 100,
        master: { address: addresses.x.ipv4, priority: 200 },
        advertisementIntervalMs: 3_000,
        masterAdvertisementIntervalMs: 300,
        addresses: virtual.ipv4.map((address) => ({ address, held: false })),
      });
      // (256 - 100) * 30 cs / 256, and three intervals more (RFC 9568 section 6.1).
      expect(status.skewTimeMs).toBeCloseTo(182.8125, 2);
      expect(status.masterDownIntervalMs).toBeCloseTo(1_082.8125, 2);
    },
  },
];
