/** Unicast, as keepalived has it: no RFC knows it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { instance, instance6, type InstanceText } from './configuration.ts';
import { errorCounters, moved, total } from './counters.ts';
import { toleranceMs } from './lab.ts';
import { addresses, advertFrame, dissect } from './packets.ts';
import { vector } from './vectors.ts';

const { d, p, x } = addresses;
const here = { destination: d.ipv4, destinationMac: d.mac };

const peers = (source: string, ...others: readonly string[]): readonly string[] => [
  `unicast_src_ip ${source}`,
  'unicast_peer {',
  ...others.map((other) => `  ${other}`),
  '}',
];

function unicast(text: InstanceText, ...others: readonly string[]): string {
  const { lines = [] } = text;
  return instance({ ...text, lines: [...peers(d.ipv4, ...others), ...lines] });
}

export const unicasting: readonly Case[] = [
  {
    id: 'UN-01',
    what: "version 2: to the peer's address and its MAC address, TTL 255",
    run: async (lab) => {
      await lab.start(unicast({}, p.ipv4));
      const advert = await lab.wire.advert();
      expect(advert).toMatchObject({
        sourceMac: d.mac,
        destinationMac: p.mac,
        ip: { source: d.ipv4, destination: p.ipv4, timeToLive: 255 },
      });
    },
  },
  {
    id: 'UN-02',
    what: 'version 3 over IPv4: the message is the vector v3-ipv4-unicast',
    run: async (lab) => {
      await lab.start(unicast({ version: 3, virtualRouterId: 56, priority: 150 }, p.ipv4));
      const advert = await lab.wire.advert();
      expect(advert.vrrp.hex).toBe(dissect(0, vector('v3-ipv4-unicast')).vrrp?.hex);
    },
  },
  {
    id: 'UN-03',
    what: 'an advert by multicast is dropped',
    run: async (lab) => {
      await lab.startAsMaster(unicast({}, p.ipv4));
      lab.injector.send(advertFrame());
      await sleep(500);
      // The kernel keeps what is sent to a group that nobody here has joined.
      const { state, counters } = await lab.instance();
      expect({ state, received: counters.advertsReceived }).toEqual({
        state: 'Master',
        received: 0,
      });
    },
  },
  {
    id: 'UN-04',
    what: "version 3 over IPv4: the old checksum form is taken, and one's own stays",
    run: async (lab) => {
      await lab.startAsMaster(
        unicast({ version: 3, virtualRouterId: 56, priority: 150 }, p.ipv4, x.ipv4),
      );
      const old = { version: 3, virtualRouterId: 56, checksum: 'group' } as const;
      lab.injector.send(advertFrame(old, here));
      await lab.inState('Backup', { limitMs: 1_000 + toleranceMs });
      const from = lab.wire.frames.length;
      const advert = await lab.wire.advert({ source: d.ipv4, from });
      const [own] = lab.wire
        .adverts(d.ipv4)
        .filter(({ ip, atMs }) => ip?.destination === p.ipv4 && atMs >= advert.atMs);
      expect(own?.vrrp.hex).toBe(dissect(0, vector('v3-ipv4-unicast')).vrrp?.hex);
    },
  },
  {
    id: 'UN-05',
    what: 'IPv6: from the configured address, hop limit 255',
    run: async (lab) => {
      await lab.start(instance6({ lines: peers(d.ipv6, p.ipv6) }));
      const advert = await lab.wire.advert();
      expect(advert.ip).toMatchObject({ source: d.ipv6, destination: p.ipv6, timeToLive: 255 });
    },
  },
  {
    id: 'UN-06',
    what: 'check_unicast_src: an advert of no peer is dropped',
    run: async (lab) => {
      await lab.startAsMaster(unicast({ lines: ['check_unicast_src'] }, p.ipv4));
      const before = await errorCounters(lab);
      lab.injector.send(advertFrame({}, here));
      await sleep(500);
      expect(total(moved(before, await errorCounters(lab)))).toBe(1);
      expect((await lab.instance()).state).toBe('Master');
      lab.injector.send(advertFrame({}, { ...here, source: p.ipv4 }));
      await lab.inState('Backup', { limitMs: 1_000 + toleranceMs });
    },
  },
  {
    id: 'UN-07',
    what: 'a peer answers that it is unreachable: the other one still gets every advert',
    run: async (lab) => {
      const program = await lab.startAsMaster(unicast({}, p.ipv4, addresses.h.ipv4));
      const from = lab.wire.frames.length;
      await sleep(10_200);
      const sent = lab.wire.frames.slice(from).filter(({ vrrp }) => vrrp !== null);
      const unreachable = lab.wire.frames.filter(({ icmpType }) => icmpType === 3);
      expect(unreachable.length).toBeGreaterThan(0);
      for (const destination of [p.ipv4, addresses.h.ipv4]) {
        const count = sent.filter(({ ip }) => ip?.destination === destination).length;
        expect(Math.abs(count - 10)).toBeLessThanOrEqual(1);
      }
      const complaints = program.lines.filter(({ text }) => text.includes("can't send"));
      expect(complaints.length).toBeLessThanOrEqual(1);
    },
  },
];
