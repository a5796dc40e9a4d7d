/** Timers (RFC 3768 section 6.1, RFC 9568 section 6.1): silence to the first advert. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { instance } from './configuration.ts';
import { toleranceMs, type Lab } from './lab.ts';
import { addresses, advertFrame, type Vrrp } from './packets.ts';
import { Speaker } from './speaker.ts';

const baton = addresses.d.ipv4;

interface Silence {
  /** Also the last part of the virtual address. */
  readonly virtualRouterId: number;
  readonly version: 2 | 3;
  readonly priority: number;
  /** Seconds. */
  readonly interval: number;
  /** What is said last. */
  readonly last: Vrrp;
  readonly expectedMs: number;
}

/** Several virtual routers at once; each hears one advert, and then none. */
async function silence(lab: Lab, rows: readonly Silence[]): Promise<void> {
  const address = (id: number): string => `192.0.2.${200 + id}`;
  const text = rows.map(({ virtualRouterId: id, version, priority, interval }) =>
    instance({
      ...{ name: `VI_${id}`, virtualRouterId: id, version, priority, interval },
      addresses: [`${address(id)}/24`],
    }),
  );
  const frameOf = ({ virtualRouterId, version, interval }: Silence, advert: Vrrp): Uint8Array => {
    const own = { virtualRouterId, version, interval: version === 2 ? interval : interval * 100 };
    return advertFrame({ ...own, addresses: [address(virtualRouterId)], ...advert });
  };
  // Another one is master until Baton has begun to listen.
  const speakers = rows.map(
    (one) => new Speaker(lab.injector, frameOf(one, { ...owner, ...one.last, priority: 255 }), 50),
  );
  await lab.start(text.join(''));
  // It practises at first, and reads its packets late then.
  await sleep(1_500);
  for (const speaker of speakers) speaker.stop();
  for (const one of rows) lab.injector.send(frameOf(one, one.last));
  for (const { virtualRouterId, expectedMs } of rows) {
    const limitMs = expectedMs + 5_000;
    const first = await lab.wire.advert({ source: baton, virtualRouterId, limitMs });
    const last = lab.wire
      .adverts(addresses.x.ipv4)
      .findLast(({ vrrp, atMs }) => vrrp.virtualRouterId === virtualRouterId && atMs < first.atMs);
    const actualMs = first.atMs - (last?.atMs ?? NaN);
    expect(actualMs, `VRID ${virtualRouterId}`).toBeGreaterThan(expectedMs - 5);
    expect(actualMs, `VRID ${virtualRouterId}`).toBeLessThan(expectedMs + 50 + toleranceMs);
  }
}

const owner = { priority: 255 };
const zero = { priority: 0 };

const row = (
  virtualRouterId: number,
  version: 2 | 3,
  priority: number,
  interval: number,
  last: Vrrp,
  expectedMs: number,
): Silence => ({ virtualRouterId, version, priority, interval, last, expectedMs });

export const timers: readonly Case[] = [
  {
    id: 'TM-01',
    what: 'version 2, 1 s, priority 1, 100, 150, 254: 3.996, 3.609, 3.414, 3.008 s',
    run: (lab) =>
      silence(lab, [
        row(1, 2, 1, 1, owner, 3_996.09),
        row(2, 2, 100, 1, owner, 3_609.38),
        row(3, 2, 150, 1, owner, 3_414.06),
        row(4, 2, 254, 1, owner, 3_007.81),
      ]),
  },
  {
    id: 'TM-02',
    what: 'version 2, 5 s, priority 100: 15.609 s; after priority 0: 0.609 s',
    run: (lab) =>
      silence(lab, [row(1, 2, 100, 5, owner, 15_609.38), row(2, 2, 100, 5, zero, 609.38)]),
  },
  {
    id: 'TM-03',
    what: 'version 3, 100 cs, priority 100, 150: 3.609, 3.414 s',
    run: (lab) =>
      silence(lab, [row(1, 3, 100, 1, owner, 3_609.38), row(2, 3, 150, 1, owner, 3_414.06)]),
  },
  {
    id: 'TM-04',
    what: 'version 3, 50 cs, priority 100, after priority 0: 0.305 s',
    run: (lab) => silence(lab, [row(1, 3, 100, 0.5, zero, 304.69)]),
  },
  {
    id: 'TM-05',
    what: "version 3, own 300 cs, the master's 30 cs, priority 100: 1.083 s",
    run: (lab) => silence(lab, [row(1, 3, 100, 3, { ...owner, interval: 30 }, 1_082.81)]),
  },
  {
    id: 'TM-06',
    what: 'version 3, 10 cs, priority 100: 0.361 s',
    run: (lab) => silence(lab, [row(1, 3, 100, 0.1, owner, 360.94)]),
  },
  {
    id: 'TM-07',
    what: 'version 3, own 300 cs, learned 30: as Master adverts each 3 s that say 300',
    run: async (lab) => {
      await lab.start(instance({ version: 3, interval: 3 }));
      lab.injector.send(advertFrame({ version: 3, interval: 30 }));
      const first = await lab.wire.advert({ source: baton });
      const next = await lab.wire.advert({
        source: baton,
        from: lab.wire.frames.indexOf(first) + 1,
      });
      expect(Math.abs(next.atMs - first.atMs - 3_000)).toBeLessThan(50 + toleranceMs);
      expect([first.vrrp.interval, next.vrrp.interval]).toEqual([300, 300]);
    },
  },
  {
    id: 'TM-08',
    what: 'the same started anew, in silence: 10.83 s by its own interval',
    run: async (lab) => {
      const configuration = instance({ version: 3, interval: 3 });
      const before = await lab.start(configuration);
      lab.injector.send(advertFrame({ version: 3, interval: 30 }));
      await sleep(300);
      before.signal('SIGTERM');
      await before.ended();
      await lab.start(configuration);
      const { earliestMs, latestMs } = await lab.enteredStateAt();
      const first = await lab.wire.advert({ source: baton, limitMs: 15_000 });
      expect(first.atMs - earliestMs).toBeGreaterThan(10_828 - 5);
      expect(first.atMs - latestMs).toBeLessThan(10_828 + 50 + toleranceMs);
    },
  },
  {
    id: 'TM-09',
    what: 'version 3, 1 cs, under load: no take-over in 10 s that the log does not tell of',
    run: async (lab) => {
      const speed = { version: 3, interval: 0.01 } as const;
      await lab.startPeer(instance({ ...speed, priority: 255, state: 'MASTER' }));
      await lab.wire.advert({ source: addresses.p.ipv4 });
      const program = await lab.start(instance({ ...speed, priority: 254 }));
      const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
      await sleep(10_000);
      busy.kill('SIGKILL');
      const taken = (await lab.instance()).counters.becameMaster;
      const told = program.lines.filter(({ text }) => text.includes('Entering MASTER STATE'));
      expect(told).toHaveLength(taken);
    },
  },
];
