/**
 * Interoperation: 30 s steady, fail-over, fail-back. One master at any time outside
 * the gap of a take-over, nothing counted as an error on Baton's side, nothing
 * complained of on the other.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { until } from '../kernel/program.ts';
import type { Case } from './case.ts';
import { instance } from './configuration.ts';
import { errorCounters, total } from './counters.ts';
import type { Lab } from './lab.ts';
import { customMember, memberOf, type Kind, type Member, type Seat } from './member.ts';
import { address4, address6, modes, type Mode } from './modes.ts';
import { addresses } from './packets.ts';
import { Pair } from './pair.ts';

const steadyMs = 30_000;
const limitMs = 180_000;

const ownSeat = (lab: Lab): Seat => ({ host: lab.d, self: addresses.d, other: addresses.p });
const otherSeat = (lab: Lab): Seat => ({ host: lab.p, self: addresses.p, other: addresses.d });

interface Encounter {
  readonly mode: Mode;
  readonly kind: Kind;
  readonly own: number;
  readonly other: number;
}

function meet(
  lab: Lab,
  { mode, kind, own, other }: Encounter,
): { pair: Pair; baton: Member; peer: Member } {
  const baton = memberOf('Baton', lab, ownSeat(lab), { mode, priority: own });
  const peer = memberOf(kind, lab, otherSeat(lab), { mode, priority: other });
  return { pair: new Pair(lab, mode, baton, peer), baton, peer };
}

/** The whole course; the better one is stopped and brought back. */
async function play(lab: Lab, encounter: Encounter): Promise<void> {
  const { pair, baton, peer } = meet(lab, encounter);
  const { own, other } = encounter;
  const [master, backup] = own > other ? [baton, peer] : [peer, baton];
  const [high, low] = own > other ? [own, other] : [other, own];
  await peer.start();
  await baton.start();
  await pair.settlesOn(master, pair.downMs(low));
  await pair.staysOn(master, steadyMs);
  if (baton === master) {
    await baton.stop();
    await pair.settlesOn(backup, pair.skewMs(low));
    await baton.start();
    await pair.settlesOn(master, pair.downMs(high));
  } else {
    await peer.stop();
    await pair.settlesOn(backup, pair.skewMs(low));
    await peer.start();
    await pair.settlesOn(master, pair.downMs(high) + 2_000);
  }
  expect(await errorCounters(lab)).toEqual({});
  expect(peer.log).not.toMatch(
    /reject|incorrect|mismatch|(?:bad|wrong|invalid) \w*(?:checksum|version)/i,
  );
  await Promise.all([baton.stop(), peer.stop()]);
}

function course(id: string, what: string, encounter: Encounter): Case {
  return {
    id,
    what,
    limitMs,
    run: (lab) => play(lab, encounter),
  };
}

const keepalived = (mode: Mode, own: number): Encounter => ({
  ...{ mode, kind: 'keepalived', own },
  other: 100,
});

/** Two modes at once: one host's daemon speaks both. */
function both(first: Mode, second: Mode): Mode {
  return {
    ...first,
    configuration: (side) =>
      first.configuration(side) +
      second
        .configuration(side)
        .replace('VI_1', 'VI_2')
        .replace('virtual_router_id 51', 'virtual_router_id 52'),
  };
}

export const interoperation: readonly Case[] = [
  course('IO-01', 'keepalived, version 2, Baton 150', keepalived(modes.v2, 150)),
  course('IO-02', 'keepalived, version 2, Baton 50', keepalived(modes.v2, 50)),
  course('IO-03', 'keepalived, version 3, IPv4, 50 cs, Baton 150', keepalived(modes.v3, 150)),
  course('IO-04', 'keepalived, version 3, IPv4, 50 cs, Baton 50', keepalived(modes.v3, 50)),
  course('IO-05', 'keepalived, version 3, IPv6, Baton 150', keepalived(modes.v6, 150)),
  course('IO-06', 'keepalived, version 3, IPv6, Baton 50', keepalived(modes.v6, 50)),
  {
    id: 'IO-07',
    what: "virtual MAC with keepalived, both families: the client's neighbour entry never changes",
    limitMs,
    run: async (lab) => {
      // keepalived leaves it to the operator that its host asks in its own name.
      lab.p.run(() => {
        writeFileSync('/proc/sys/net/ipv4/conf/eth0/arp_announce', '2');
      });
      const mode = both(modes.vmac, modes.vmac6);
      const { pair, baton, peer } = meet(lab, keepalived(mode, 150));
      await peer.start();
      await baton.start();
      await pair.settlesOn(baton, pair.downMs(100));
      const ping = [
        lab.run(lab.h, 'ping', '-n', '-i', '0.1', address4),
        lab.run(lab.h, 'ping', '-n', '-i', '0.1', address6),
      ];
      const macs = new Set<string>();
      const look = (): void => {
        const rows = JSON.parse(lab.h.ip('-j neighbour show dev eth0')) as readonly {
          readonly dst: string;
          readonly lladdr?: string;
        }[];
        for (const { dst, lladdr } of rows) {
          if ((dst === address4 || dst === address6) && lladdr !== undefined) {
            macs.add(`${dst} ${lladdr}`);
          }
        }
      };
      const timer = setInterval(look, 100);
      await sleep(5_000);
      await baton.stop();
      await pair.settlesOn(peer, pair.skewMs(100));
      await sleep(5_000);
      await baton.start();
      await pair.settlesOn(baton, pair.downMs(150));
      await sleep(5_000);
      clearInterval(timer);
      for (const one of ping) one.signal('SIGINT');
      expect(macs).toEqual(
        new Set([`${address4} 00:00:5e:00:01:33`, `${address6} 00:00:5e:00:02:34`]),
      );
    },
  },
  {
    id: 'IO-08',
    what: 'keepalived with nopreempt leaves Baton alone; with preempt_delay 4 it takes over later',
    limitMs,
    run: async (lab) => {
      const mode = modes.v2;
      const other =
        (line: string) =>
        (priority: number): string =>
          instance({ priority, lines: [line], addresses: [`${address4}/24`] });
      const seat = otherSeat(lab);
      const own = memberOf('Baton', lab, ownSeat(lab), { mode, priority: 100 });
      const shy = customMember('keepalived', lab, seat, {
        mode,
        priority: 150,
        text: other('nopreempt'),
      });
      await own.start();
      const first = new Pair(lab, mode, own, shy);
      await first.settlesOn(own, first.downMs(100));
      await shy.start();
      await first.staysOn(own, 6_000);
      await shy.stop();
      await sleep(500);
      const late = customMember(
        'keepalived',
        lab,
        { host: lab.h, self: addresses.h, other: addresses.d },
        { mode, priority: 150, text: other('preempt_delay 4') },
      );
      const startedMs = Date.now();
      await late.start();
      const second = new Pair(lab, mode, own, late);
      await second.settlesOn(late, 4_000 + second.downMs(150));
      const taken = lab.wire.adverts(addresses.h.ipv4).find(({ atMs }) => atMs > startedMs);
      expect((taken?.atMs ?? NaN) - startedMs).toBeGreaterThan(4_000);
      expect(await errorCounters(lab)).toEqual({});
    },
  },
  {
    id: 'IO-09',
    what: 'keepalived by unicast: version 2, version 3, IPv6',
    limitMs: 3 * limitMs,
    run: async (lab) => {
      // One after the other on the same network: only one is there at a time.
      for (const mode of [modes.unicastV2, modes.unicastV3, modes.unicastV6]) {
        await play(lab, keepalived(mode, 150));
      }
    },
  },
  {
    id: 'IO-10',
    what: 'FRR, version 3, IPv4 and IPv6, Baton 200',
    limitMs: 2 * limitMs,
    run: async (lab) => {
      for (const mode of [modes.v3, modes.v6]) {
        await play(lab, { mode, kind: 'FRR', own: 200, other: 150 });
      }
    },
  },
  {
    id: 'IO-11',
    what: 'FRR, version 3, IPv4 and IPv6, Baton 50',
    limitMs: 2 * limitMs,
    run: async (lab) => {
      for (const mode of [modes.v3, modes.v6]) {
        await play(lab, { mode, kind: 'FRR', own: 50, other: 150 });
      }
    },
  },
  course('IO-12', 'FRR, version 2, Baton 50', { mode: modes.v2, kind: 'FRR', own: 50, other: 150 }),
  {
    id: 'IO-13',
    what: 'Baton 120, keepalived 100, FRR 150, version 3: each is killed in turn',
    limitMs,
    run: async (lab) => {
      const mode = modes.v3;
      const third: Seat = { host: lab.h, self: addresses.h, other: addresses.d };
      const own = memberOf('Baton', lab, ownSeat(lab), { mode, priority: 120 });
      const low = memberOf('keepalived', lab, otherSeat(lab), { mode, priority: 100 });
      const high = memberOf('FRR', lab, third, { mode, priority: 150 });
      for (const member of [low, own, high]) await member.start();
      const pair = new Pair(lab, mode, high, own, low);
      await pair.settlesOn(high, pair.downMs(100));
      await high.crash();
      await pair.settlesOn(own, pair.downMs(120));
      await own.crash();
      await pair.settlesOn(low, pair.downMs(100));
      await own.start();
      await pair.settlesOn(own, pair.downMs(120));
      expect(await errorCounters(lab)).toEqual({});
    },
  },
  {
    id: 'IO-14',
    what: 'keepalived with another interval, 30 and 300 cs, both ways round',
    limitMs,
    run: async (lab) => {
      const text =
        (interval: number) =>
        (priority: number): string =>
          instance({ version: 3, priority, interval, addresses: [`${address4}/24`] });
      const slow = { ...modes.v3, interval: 3 };
      const own = customMember('Baton', lab, ownSeat(lab), {
        ...{ mode: slow, priority: 100 },
        text: text(3),
      });
      const other = customMember('keepalived', lab, otherSeat(lab), {
        ...{ mode: slow, priority: 150 },
        text: text(0.3),
      });
      await other.start();
      await lab.wire.advert({ source: addresses.p.ipv4 });
      await own.start();
      await sleep(2_000);
      expect((await lab.instance()).masterAdvertisementIntervalMs).toBe(300);
      await other.crash();
      const first = await lab.wire.advert({ source: addresses.d.ipv4 });
      const last = lab.wire.adverts(addresses.p.ipv4).at(-1);
      // 3 * 30 cs + Skew_Time of the learned interval, not of 300 cs.
      const gapMs = first.atMs - (last?.atMs ?? NaN);
      expect(gapMs).toBeGreaterThan(1_083 - 10);
      expect(gapMs).toBeLessThan(1_083 + 250);
      await other.start();
      const pair = new Pair(lab, slow, own, other);
      await pair.settlesOn(other, 10_000);
      expect(total(await errorCounters(lab))).toBe(
        (await errorCounters(lab))['advertisement-interval'] ?? 0,
      );
    },
  },
  {
    id: 'IO-15',
    what: 'the RFC 9568 checksum against keepalived 2.2.7: two masters, and Baton names the cause',
    limitMs,
    run: async (lab) => {
      const lines = ['v3_checksum_as_v2 on'];
      const program = await lab.start(
        instance({ version: 3, priority: 150, lines, addresses: [`${address4}/24`] }),
      );
      const text = (priority: number): string =>
        instance({ version: 3, priority, addresses: [`${address4}/24`] });
      const peer = customMember('keepalived', lab, otherSeat(lab), {
        ...{ mode: modes.v3, priority: 100 },
        text,
      });
      await peer.start();
      // Baton's adverts, all refused, keep keepalived's own from leaving: it says little.
      await lab.hasAddress(lab.p, address4, true, 15_000);
      await lab.hasAddress(lab.d, address4, true, 1_000);
      await until('it says so', () => peer.log.includes('Entering MASTER STATE'));
      expect((await lab.instance()).state).toBe('Master');
      await program.printed('another form of the version 3 checksum');
    },
  },
];
