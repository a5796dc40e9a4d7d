/** Transmission: what Baton's own frames look like (RFC 9568 sections 5 and 7.2). */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { instance, instance6 } from './configuration.ts';
import { toleranceMs, type Lab } from './lab.ts';
import { addresses, advertFrame, dissect, group, type Frame } from './packets.ts';
import { vector } from './vectors.ts';
import type { Advertised } from './wire.ts';

const baton = addresses.d.ipv4;

/** The first advert of a virtual router that is alone. */
async function firstAdvert(lab: Lab, configuration: string): Promise<Advertised> {
  await lab.start(configuration);
  return lab.wire.advert({ limitMs: 20_000 });
}

async function adverts(lab: Lab, count: number, limitMs = 30_000): Promise<readonly Advertised[]> {
  await lab.wire.frame('enough adverts', () => lab.wire.adverts().length >= count, { limitMs });
  return lab.wire.adverts().slice(0, count);
}

/**
 * A frame without what differs from host to host: MAC addresses, IP identification and checksum.
 */
function comparable(frame: Frame): string {
  const text = Buffer.from(frame.octets).toString('hex');
  return `${text.slice(24, 36)}....${text.slice(40, 48)}....${text.slice(52)}`;
}

function gapsMs(frames: readonly Frame[]): readonly number[] {
  return frames.slice(1).map((frame, index) => frame.atMs - (frames[index]?.atMs ?? NaN));
}

/** `baton check` of a configuration that it must refuse; the value is what it says. */
async function refusal(lab: Lab, configuration: string): Promise<string> {
  const check = lab.track(lab.baton.command('check', lab.file('refused.conf', configuration)));
  expect(await check.ended()).not.toBe(0);
  return check.text;
}

async function accepted(lab: Lab, configuration: string): Promise<void> {
  const check = lab.track(lab.baton.command('check', lab.file('accepted.conf', configuration)));
  expect(await check.ended(), check.text).toBe(0);
}

export const transmission: readonly Case[] = [
  {
    id: 'TX-01',
    what: 'a version 2 advert is the vector v2-none, octet for octet',
    run: async (lab) => {
      const advert = await firstAdvert(lab, instance({ priority: 150 }));
      expect(comparable(advert)).toBe(comparable(dissect(0, vector('v2-none'))));
    },
  },
  {
    id: 'TX-02',
    what: 'a version 3 message over IPv4 is the vector v3-ipv4-pseudo, 16 octets',
    run: async (lab) => {
      const text = { version: 3, priority: 150, virtualRouterId: 53, interval: 0.5 } as const;
      const advert = await firstAdvert(lab, instance(text));
      expect(advert.vrrp.hex).toBe(dissect(0, vector('v3-ipv4-pseudo')).vrrp?.hex);
      expect(advert.ip?.payload).toHaveLength(16);
    },
  },
  {
    id: 'TX-03',
    what: 'with v3_checksum_as_v2 it is the vector v3-ipv4-rfc9568',
    run: async (lab) => {
      const advert = await firstAdvert(
        lab,
        instance({
          version: 3,
          priority: 150,
          virtualRouterId: 53,
          interval: 0.5,
          lines: ['v3_checksum_as_v2 on'],
        }),
      );
      expect(advert.vrrp.hex).toBe(dissect(0, vector('v3-ipv4-rfc9568')).vrrp?.hex);
    },
  },
  {
    id: 'TX-04',
    what: 'a version 3 message over IPv6 is the vector v3-ipv6, from the link-local address',
    run: async (lab) => {
      const advert = await firstAdvert(lab, instance6({ priority: 150, virtualRouterId: 54 }));
      expect(advert.vrrp.hex).toBe(dissect(0, vector('v3-ipv6')).vrrp?.hex);
      expect(advert.destinationMac).toBe(group.ipv6.mac);
      expect(advert.ip).toMatchObject({
        source: addresses.d.linkLocal,
        destination: group.ipv6.address,
        timeToLive: 255,
        protocol: 112,
      });
    },
  },
  {
    id: 'TX-05',
    what: 'every advert has TTL 255, protocol 112, the group, and a good IP checksum',
    run: async (lab) => {
      await lab.start(instance());
      for (const advert of await adverts(lab, 10)) {
        expect(advert.destinationMac).toBe(group.ipv4.mac);
        expect(advert.ip).toMatchObject({
          destination: group.ipv4.address,
          timeToLive: 255,
          protocol: 112,
          intact: true,
        });
      }
    },
  },
  {
    id: 'TX-06',
    what: 'with use_vmac adverts come from the virtual MAC address, the last one too',
    run: async (lab) => {
      const lines = ['use_vmac'];
      const program = await lab.start(
        instance({ name: 'A', virtualRouterId: 61, lines, addresses: ['192.0.2.10/24'] }) +
          instance({
            ...{ name: 'B', virtualRouterId: 62, version: 3, lines },
            addresses: ['192.0.2.11/24'],
          }) +
          instance6({ name: 'C', virtualRouterId: 63, lines }),
      );
      const macs = { 61: '00:00:5e:00:01:3d', 62: '00:00:5e:00:01:3e', 63: '00:00:5e:00:02:3f' };
      for (const id of [61, 62, 63] as const) await lab.wire.advert({ virtualRouterId: id });
      program.signal('SIGTERM');
      expect(await program.ended()).toBe(0);
      for (const id of [61, 62, 63] as const) {
        await lab.wire.advert({ virtualRouterId: id, priority: 0 });
        const sent = lab.wire.adverts().filter(({ vrrp }) => vrrp.virtualRouterId === id);
        expect(new Set(sent.map(({ sourceMac }) => sourceMac))).toEqual(new Set([macs[id]]));
      }
    },
  },
  {
    id: 'TX-07',
    what: "without it they come from the interface's own MAC address",
    run: async (lab) => {
      const advert = await firstAdvert(lab, instance());
      expect(advert.sourceMac).toBe(addresses.d.mac);
    },
  },
  {
    id: 'TX-08',
    what: 'their source is the primary address, never a virtual one',
    run: async (lab) => {
      for (const last of [201, 202, 203]) lab.d.ip(`address add 192.0.2.${last}/24 dev eth0`);
      await lab.start(instance());
      const sent = await adverts(lab, 6);
      expect(new Set(sent.map(({ ip }) => ip?.source))).toEqual(new Set([baton]));
    },
  },
  {
    id: 'TX-09',
    what: 'one address and twenty: their count, order and the length are right',
    run: async (lab) => {
      const list = Array.from({ length: 20 }, (_, index) => `192.0.2.${210 + index}`);
      await lab.start(
        instance({ name: 'one', virtualRouterId: 1, addresses: ['192.0.2.10/24'] }) +
          instance({
            name: 'twenty',
            virtualRouterId: 20,
            addresses: list.map((address) => `${address}/24`),
          }),
      );
      const one = await lab.wire.advert({ virtualRouterId: 1 });
      expect(one.vrrp).toMatchObject({ count: 1, addresses: ['192.0.2.10'] });
      expect(one.ip?.payload).toHaveLength(16 + 4);
      const twenty = await lab.wire.advert({ virtualRouterId: 20 });
      expect(twenty.vrrp).toMatchObject({ count: 20, addresses: list });
      expect(twenty.ip?.payload).toHaveLength(16 + 80);
    },
  },
  {
    id: 'TX-10',
    what: 'adverts each second: their mean is 1.000 s ± 1 %, none is off by more than 50 ms',
    run: async (lab) => {
      await lab.start(instance());
      const gaps = gapsMs(await adverts(lab, 21, 40_000));
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      expect(mean).toBeGreaterThan(990);
      expect(mean).toBeLessThan(1_010);
      expect(Math.min(...gaps)).toBeGreaterThan(1_000 - 50 - toleranceMs);
      expect(Math.max(...gaps)).toBeLessThan(1_000 + 50 + toleranceMs);
    },
  },
  {
    id: 'TX-11',
    what: 'adverts each 10 cs: 100 ± 2 in 10 s, and they say so',
    run: async (lab) => {
      const first = await firstAdvert(lab, instance({ version: 3, interval: 0.1 }));
      await sleep(10_500);
      const sent = lab.wire.adverts().filter(({ atMs }) => atMs <= first.atMs + 10_000);
      expect(sent.length).toBeGreaterThanOrEqual(98);
      expect(sent.length).toBeLessThanOrEqual(102);
      expect(new Set(sent.map(({ vrrp }) => vrrp.interval))).toEqual(new Set([10]));
    },
  },
  {
    id: 'TX-12',
    what: 'version 3: 4095 and 1 cs are on the wire as such, 4096 and 0 are refused by their range',
    run: async (lab) => {
      await lab.start(
        instance({
          name: 'long',
          version: 3,
          virtualRouterId: 1,
          interval: 40.95,
          priority: 255,
          state: 'MASTER',
        }) +
          instance({
            ...{ name: 'short', version: 3, virtualRouterId: 2, interval: 0.01 },
            addresses: ['192.0.2.20/24'],
          }),
      );
      expect((await lab.wire.advert({ virtualRouterId: 1 })).vrrp.interval).toBe(4095);
      expect((await lab.wire.advert({ virtualRouterId: 2 })).vrrp.interval).toBe(1);
      const refused = (interval: number): Promise<string> =>
        refusal(lab, instance({ version: 3, interval }));
      expect(await refused(40.96)).toMatch(/0\.01 to 40\.95/);
      expect(await refused(0)).toMatch(/0\.01 to/);
    },
  },
  {
    id: 'TX-13',
    what: 'version 2: 1 and 255 s are taken; 256, 0 and 0.5 s are refused',
    run: async (lab) => {
      for (const interval of [1, 255]) await accepted(lab, instance({ interval }));
      for (const interval of [256, 0, 0.5]) {
        expect(await refusal(lab, instance({ interval }))).toMatch(/advert_int/);
      }
    },
  },
  {
    id: 'TX-14',
    what: 'priority 0 and 256, VRID 0 and 256 are refused',
    run: async (lab) => {
      for (const priority of [0, 256]) {
        expect(await refusal(lab, instance({ priority }))).toMatch(/priority/);
      }
      for (const virtualRouterId of [0, 256]) {
        expect(await refusal(lab, instance({ virtualRouterId }))).toMatch(/virtual_router_id/);
      }
    },
  },
  {
    id: 'TX-15',
    what: 'a Backup of a better master says nothing in 10 s',
    run: async (lab) => {
      const timer = setInterval(() => {
        lab.injector.send(advertFrame());
      }, 500);
      try {
        await lab.start(instance());
        await sleep(10_000);
      } finally {
        clearInterval(timer);
      }
      expect(lab.wire.adverts(baton)).toEqual([]);
      expect(lab.wire.gratuitousArps('192.0.2.10')).toEqual([]);
      expect((await lab.instance()).state).toBe('Backup');
    },
  },
  {
    id: 'TX-16',
    what: 'it joins the groups by IGMPv3 and MLDv2 within a second',
    run: async (lab) => {
      await lab.start(
        instance({ name: 'four', virtualRouterId: 4 }) +
          instance6({ name: 'six', virtualRouterId: 6 }),
      );
      const startedMs = Date.now();
      const report =
        (protocol: number, type: number, member: string) =>
        (frame: Frame): boolean => {
          if (frame.ip?.protocol !== protocol || frame.ip.payload[0] !== type) return false;
          return Buffer.from(frame.ip.payload).toString('hex').includes(member);
        };
      const igmp = await lab.wire.frame('IGMPv3 report', report(2, 0x22, 'e0000012'));
      const mld = await lab.wire.frame(
        'MLDv2 report',
        report(58, 143, 'ff020000000000000000000000000012'),
      );
      for (const { atMs } of [igmp, mld])
        expect(atMs - startedMs).toBeLessThan(1_000 + toleranceMs);
    },
  },
  {
    id: 'TX-17',
    what: 'the 4 reserved bits of version 3 are 0 in every advert',
    run: async (lab) => {
      await lab.start(
        instance({ name: 'four', version: 3, virtualRouterId: 4, interval: 0.1 }) +
          instance6({ name: 'six', virtualRouterId: 6, interval: 0.1 }),
      );
      for (const { vrrp } of await adverts(lab, 40)) expect(vrrp.hex[8]).toBe('0');
    },
  },
];
