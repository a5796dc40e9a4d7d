/** The state machine (RFC 9568 section 6.4, RFC 3768 section 6.4). */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baton } from '../kernel/site.ts';
import type { Case } from './case.ts';
import { instance, type InstanceText } from './configuration.ts';
import { toleranceMs, type Lab } from './lab.ts';
import { addresses, advertFrame, arpRequest, type Frame } from './packets.ts';
import { Speaker } from './speaker.ts';
import { isGratuitousArp, type Advertised } from './wire.ts';

const baton = addresses.d.ipv4;
const peer = addresses.p.ipv4;
const address = '192.0.2.10';
const v3 = { version: 3 } as const;

/** Milliseconds of Skew_Time of version 2. */
const skewMs = (priority: number): number => ((256 - priority) / 256) * 1_000;
const downMs = (priority: number): number => 3_000 + skewMs(priority);

/** How early a frame may be: the other side's clock is not ours. */
const earlyMs = 5;

function within(actualMs: number, expectedMs: number, slackMs = 50 + toleranceMs): void {
  expect(actualMs).toBeGreaterThan(expectedMs - earlyMs);
  expect(actualMs).toBeLessThan(expectedMs + slackMs);
}

/** Between two adverts of Baton's: they keep to a grid, so a late one is followed by one sooner. */
function interval(actualMs: number, expectedMs: number): void {
  expect(actualMs).toBeGreaterThan(expectedMs - toleranceMs);
  expect(actualMs).toBeLessThan(expectedMs + 50 + toleranceMs);
}

/** Between entering the present state and a frame that comes later lies this time. */
async function waitedMs(lab: Lab, expectedMs: number, frame: () => Promise<Frame>): Promise<void> {
  const { earliestMs, latestMs } = await lab.enteredStateAt();
  const { atMs } = await frame();
  expect(atMs - earliestMs).toBeGreaterThan(expectedMs - earlyMs);
  expect(atMs - latestMs).toBeLessThan(expectedMs + 50 + toleranceMs);
}

/** From the last frame that was sent to it until Baton's first advert. */
async function takeoverMs(lab: Lab, limitMs = 20_000): Promise<number> {
  const first = await lab.wire.advert({ source: baton, limitMs });
  const last = lab.wire.adverts(addresses.x.ipv4).findLast(({ atMs }) => atMs < first.atMs);
  return first.atMs - (last?.atMs ?? NaN);
}

/** Sends one advert, and returns Baton's next frames within 50 ms, as they came. */
async function answersTo(lab: Lab, frame: Uint8Array): Promise<readonly Frame[]> {
  const from = lab.wire.frames.length;
  lab.injector.send(frame);
  await sleep(400);
  const sent = lab.wire.frames.slice(from);
  const heard = sent.find(({ vrrp, ip }) => vrrp !== null && ip?.source === addresses.x.ipv4);
  return sent.filter(
    ({ sourceMac, atMs }) =>
      sourceMac === addresses.d.mac && atMs - (heard?.atMs ?? NaN) < 50 + toleranceMs,
  );
}

const advertsOf = (frames: readonly Frame[]): number =>
  frames.filter(({ vrrp }) => vrrp !== null).length;
const arpsOf = (frames: readonly Frame[]): number =>
  frames.filter(({ arp }) => arp !== null).length;

/** Waits for the moment after Baton's next advert: none is due for most of a second. */
async function afterAdvert(lab: Lab, source = baton): Promise<Advertised> {
  return lab.wire.advert({ source, from: lab.wire.frames.length, limitMs: 3_000 });
}

/** Both hold a link between them that is cut until both are Master, and then mended. */
async function splitAndHeal(lab: Lab, own: InstanceText, other: InstanceText): Promise<number> {
  await lab.start(instance(own));
  await lab.startPeer(instance(other));
  lab.plug(lab.p, false);
  await lab.inState('Master');
  const masterThere = async (): Promise<boolean> => {
    const [there] = (await lab.peer.snapshot()).instances;
    return there?.state === 'Master';
  };
  const deadline = Date.now() + 10_000;
  while (!(await masterThere())) {
    expect(Date.now()).toBeLessThan(deadline);
    await sleep(50);
  }
  const from = lab.wire.frames.length;
  lab.plug(lab.p, true);
  return from;
}

async function stateOf(daemon: Baton): Promise<string | undefined> {
  return (await daemon.snapshot()).instances[0]?.state;
}

export const states: readonly Case[] = [
  {
    id: 'SM-01',
    what: 'alone: silent in Backup, first advert 3.609 s after the start',
    run: async (lab) => {
      await lab.start(instance());
      await waitedMs(lab, downMs(100), () => lab.wire.advert());
    },
  },
  {
    id: 'SM-02',
    what: 'priority 255: advert and gratuitous ARP within 100 ms of the start',
    run: async (lab) => {
      const program = await lab.start(instance({ priority: 255, state: 'MASTER' }));
      const started = await program.printed('Startup complete');
      const advert = await lab.wire.advert();
      const arp = await lab.wire.frame('a gratuitous ARP', isGratuitousArp);
      for (const { atMs } of [advert, arp]) {
        expect(atMs - started.atMs).toBeLessThan(100 + toleranceMs);
      }
      expect((await lab.instance()).state).toBe('Master');
    },
  },
  {
    id: 'SM-03',
    what: 'Master_Down_Timer fires: advert, then ARP for each address; next advert an interval later',
    run: async (lab) => {
      await lab.start(instance());
      const first = await lab.wire.advert();
      const second = await lab.wire.advert({ from: lab.wire.frames.indexOf(first) + 1 });
      interval(second.atMs - first.atMs, 1_000);
      const own = lab.wire.frames.filter(({ sourceMac }) => sourceMac === addresses.d.mac);
      // Before that it asks who has the addresses (RFC 5227), and claims nothing by it.
      const kinds = own.filter((frame) => frame.vrrp !== null || isGratuitousArp(frame));
      expect(kinds[0]).toBe(first);
      expect(kinds.slice(1, 3).map(({ arp }) => arp?.senderAddress)).toEqual([
        '192.0.2.10',
        '192.0.2.11',
      ]);
      for (const one of ['192.0.2.10', '192.0.2.11']) expect(lab.d.has(one)).toBe(true);
    },
  },
  {
    id: 'SM-04',
    what: 'a better master each second: Backup for 30 s',
    run: async (lab) => {
      const speaker = new Speaker(lab.injector, advertFrame(), 1_000);
      await lab.start(instance());
      await sleep(30_000);
      speaker.stop();
      expect(await lab.instance()).toMatchObject({
        state: 'Backup',
        counters: { becameMaster: 0, advertsSent: 0 },
      });
    },
  },
  {
    id: 'SM-05',
    what: 'equal priority from a lower and from a higher address: Backup both times',
    run: async (lab) => {
      for (const source of ['192.0.1.50', '192.0.2.50']) {
        const equal = advertFrame({ priority: 100 }, { source });
        const speaker = new Speaker(lab.injector, equal, 1_000);
        const program = await lab.start(instance());
        await sleep(5_000);
        speaker.stop();
        expect((await lab.instance()).state).toBe('Backup');
        await program.end();
      }
      expect(lab.wire.adverts(baton)).toEqual([]);
    },
  },
  {
    id: 'SM-06',
    what: 'a master of priority 50 is preempted exactly at the first Master_Down_Timer',
    run: async (lab) => {
      const speaker = new Speaker(lab.injector, advertFrame({ priority: 50 }), 1_000);
      await lab.start(instance());
      await waitedMs(lab, downMs(100), () => lab.wire.advert({ source: baton }));
      speaker.stop();
    },
  },
  {
    id: 'SM-07',
    what: 'nopreempt: a master of priority 50 is left alone',
    run: async (lab) => {
      const speaker = new Speaker(lab.injector, advertFrame({ priority: 50 }), 1_000);
      await lab.start(instance({ lines: ['nopreempt'] }));
      await sleep(8_000);
      speaker.stop();
      expect((await lab.instance()).state).toBe('Backup');
      expect(lab.wire.adverts(baton)).toEqual([]);
    },
  },
  {
    id: 'SM-08',
    what: 'the owner takes over at once from priority 200, nopreempt or not',
    run: async (lab) => {
      const speaker = new Speaker(lab.injector, advertFrame(), 1_000);
      const program = await lab.start(
        instance({ priority: 255, state: 'MASTER', lines: ['nopreempt'] }),
      );
      const started = await program.printed('Startup complete');
      const first = await lab.wire.advert({ source: baton });
      speaker.stop();
      expect(first.atMs - started.atMs).toBeLessThan(100 + toleranceMs);
    },
  },
  {
    id: 'SM-09',
    what: 'a Backup hears priority 0: Master after Skew_Time',
    run: async (lab) => {
      await lab.start(instance());
      lab.injector.send(advertFrame({ priority: 0 }));
      within(await takeoverMs(lab), skewMs(100));
    },
  },
  {
    id: 'SM-10',
    what: 'a Master hears priority 0: an advert at once, the next a whole interval after it',
    run: async (lab) => {
      await lab.startAsMaster(instance());
      await afterAdvert(lab);
      await sleep(500);
      const from = lab.wire.frames.length;
      lab.injector.send(advertFrame({ priority: 0 }));
      const zero = await lab.wire.advert({ priority: 0, from });
      const answer = await lab.wire.advert({
        source: baton,
        from: lab.wire.frames.indexOf(zero) + 1,
      });
      within(answer.atMs - zero.atMs, 0);
      const next = await lab.wire.advert({
        source: baton,
        from: lab.wire.frames.indexOf(answer) + 1,
      });
      interval(next.atMs - answer.atMs, 1_000);
    },
  },
  {
    id: 'SM-11',
    what: 'a Master hears priority 200: Backup, no priority 0, addresses gone and silent in 200 ms',
    run: async (lab) => {
      await lab.startAsMaster(instance());
      const from = lab.wire.frames.length;
      lab.injector.send(advertFrame());
      await sleep(200);
      lab.injector.send(arpRequest(address));
      await sleep(200 + toleranceMs);
      expect((await lab.instance()).state).toBe('Backup');
      expect(lab.d.has(address)).toBe(false);
      const since = lab.wire.frames.slice(from);
      expect(since.filter(({ vrrp }) => vrrp?.priority === 0)).toEqual([]);
      expect(since.filter(({ arp }) => arp?.operation === 2)).toEqual([]);
    },
  },
  {
    id: 'SM-12',
    what: 'Master at .1 hears equal priority from .50: Backup',
    run: async (lab) => {
      await lab.startAsMaster(instance());
      lab.injector.send(advertFrame({ priority: 100 }));
      await lab.inState('Backup', { limitMs: 1_000 });
    },
  },
  {
    id: 'SM-13',
    what: 'Master at .200, version 3, hears equal priority from .50: stays, advert within 50 ms',
    run: async (lab) => {
      lab.d.ip(`address del ${baton}/24 dev eth0`);
      lab.d.ip('address add 192.0.2.200/24 dev eth0');
      await lab.startAsMaster(instance(v3));
      await afterAdvert(lab, '192.0.2.200');
      expect(advertsOf(await answersTo(lab, advertFrame({ ...v3, priority: 100 })))).toBe(1);
      expect((await lab.instance()).state).toBe('Master');
    },
  },
  {
    id: 'SM-14',
    what: 'Master, version 3, hears priority 50: advert within 50 ms',
    run: async (lab) => {
      await lab.startAsMaster(instance(v3));
      await afterAdvert(lab);
      expect(advertsOf(await answersTo(lab, advertFrame({ ...v3, priority: 50 })))).toBe(1);
    },
  },
  {
    id: 'SM-15',
    what: 'Master, version 2, strict_mode, hears priority 50: nothing extra, its timer unchanged',
    run: async (lab) => {
      await lab.startAsMaster(instance({ lines: ['strict_mode on'] }));
      const before = await afterAdvert(lab);
      expect(await answersTo(lab, advertFrame({ priority: 50 }))).toEqual([]);
      const next = await lab.wire.advert({
        source: baton,
        from: lab.wire.frames.indexOf(before) + 1,
      });
      interval(next.atMs - before.atMs, 1_000);
    },
  },
  {
    id: 'SM-16',
    what: "Master, version 2, keepalived's way, hears priority 50: an advert and 5 ARPs an address",
    run: async (lab) => {
      await lab.startAsMaster(instance());
      await afterAdvert(lab);
      const answers = await answersTo(lab, advertFrame({ priority: 50 }));
      expect(advertsOf(answers)).toBe(1);
      expect(arpsOf(answers)).toBe(10);
    },
  },
  {
    id: 'SM-17',
    what: 'Master, SIGTERM: one priority 0, addresses gone, nothing after it, exit 0',
    run: async (lab) => {
      const program = await lab.startAsMaster(instance());
      program.signal('SIGTERM');
      expect(await program.ended()).toBe(0);
      await sleep(1_500);
      const last = lab.wire.adverts(baton).slice(-2);
      expect(last.map(({ vrrp }) => vrrp.priority)).toEqual([100, 0]);
      expect(lab.d.has(address)).toBe(false);
    },
  },
  {
    id: 'SM-18',
    what: 'Backup, SIGTERM: no advert',
    run: async (lab) => {
      const program = await lab.start(instance());
      program.signal('SIGTERM');
      expect(await program.ended()).toBe(0);
      await sleep(500);
      expect(lab.wire.adverts()).toEqual([]);
    },
  },
  {
    id: 'SM-19',
    what: 'link down: Fault, addresses gone; up: Backup, Master only after Master_Down_Interval',
    run: async (lab) => {
      await lab.startAsMaster(instance());
      lab.switch.ip('link set port-d down');
      await lab.inState('Fault', { limitMs: 3_000 });
      expect(lab.d.has(address)).toBe(false);
      const from = lab.wire.frames.length;
      lab.switch.ip('link set port-d up');
      await lab.inState('Backup', { limitMs: 3_000 });
      await waitedMs(lab, downMs(100), () => lab.wire.advert({ source: baton, from }));
    },
  },
  {
    id: 'SM-20',
    what: 'the master is killed: Master after Master_Down_Interval from its last advert',
    run: async (lab) => {
      const other = await lab.startPeer(instance({ priority: 255, state: 'MASTER' }));
      await lab.start(instance());
      await sleep(2_000);
      other.signal('SIGKILL');
      const first = await lab.wire.advert({ source: baton });
      const last = lab.wire.adverts(peer).at(-1);
      within(first.atMs - (last?.atMs ?? NaN), downMs(100));
    },
  },
  {
    id: 'SM-21',
    what: 'Master with nopreempt hears priority 200: Backup',
    run: async (lab) => {
      await lab.startAsMaster(instance({ lines: ['nopreempt'] }));
      lab.injector.send(advertFrame());
      await lab.inState('Backup', { limitMs: 1_000 });
    },
  },
  {
    id: 'SM-22',
    what: 'a better router starts: Master 3.414 s later, the other one silent from then on',
    run: async (lab) => {
      await lab.startPeer(instance());
      await lab.wire.advert({ source: peer });
      await lab.start(instance({ priority: 150 }));
      await waitedMs(lab, downMs(150), () => lab.wire.advert({ source: baton }));
      const first = await lab.wire.advert({ source: baton });
      await sleep(3_000);
      const afterwards = lab.wire.adverts(peer).filter(({ atMs }) => atMs > first.atMs + 200);
      expect(afterwards).toEqual([]);
    },
  },
  {
    id: 'SM-23',
    what: 'three routers: the best dies, only the second best ever advertises',
    run: async (lab) => {
      const best = await lab.startPeer(instance({ priority: 200 }));
      await lab.wire.advert({ source: peer });
      await lab.start(instance({ priority: 150 }));
      const third = new Baton(lab.h, lab.subdirectory('third'));
      third.configure(instance());
      await lab.track(third.start()).printed('Startup complete');
      await sleep(1_500);
      best.signal('SIGKILL');
      await lab.inState('Master');
      await sleep(2_000);
      expect(lab.wire.adverts(addresses.h.ipv4)).toEqual([]);
      expect(await stateOf(third)).toBe('Backup');
    },
  },
  {
    id: 'SM-24',
    what: 'a partition heals, 150 and 100: one master within an interval, the other says no 0',
    run: async (lab) => {
      const text = { ...v3, interval: 0.5 };
      const from = await splitAndHeal(lab, { ...text, priority: 150 }, { ...text, priority: 100 });
      await sleep(500 + 100 + toleranceMs);
      expect(await stateOf(lab.baton)).toBe('Master');
      expect(await stateOf(lab.peer)).toBe('Backup');
      const zeros = lab.wire.frames.slice(from).filter(({ vrrp }) => vrrp?.priority === 0);
      expect(zeros).toEqual([]);
    },
  },
  {
    id: 'SM-25',
    what: 'a partition heals, equal priority: the higher address wins, adverts and ARPs at once',
    run: async (lab) => {
      const from = await splitAndHeal(lab, {}, {});
      await sleep(1_000 + 100 + toleranceMs);
      expect(await stateOf(lab.baton)).toBe('Backup');
      expect(await stateOf(lab.peer)).toBe('Master');
      const since = lab.wire.frames.slice(from);
      // Where it heard the other first, it answered; else its own advert was the first word.
      const loser = since.find(({ vrrp, ip }) => vrrp !== null && ip?.source === baton);
      if (loser === undefined) return;
      const after = since.slice(since.indexOf(loser) + 1);
      const answer = after.find(({ vrrp, ip }) => vrrp !== null && ip?.source === peer);
      within((answer?.atMs ?? NaN) - loser.atMs, 0);
      expect(after.some(({ arp }) => arp?.senderMac === addresses.p.mac)).toBe(true);
    },
  },
  {
    id: 'SM-26',
    what: 'a tracked script fails, 150 becomes 50: the next advert says so, the other takes over',
    run: async (lab) => {
      const flag = lab.file('healthy', '');
      await lab.start(
        `vrrp_script healthy {\n  script "/usr/bin/test -e ${flag}"\n  interval 1\n  weight -100\n}\n` +
          instance({ priority: 150, lines: ['track_script {', '  healthy', '}'] }),
      );
      await lab.startPeer(instance());
      await lab.inState('Master');
      rmSync(flag);
      const lowered = await lab.wire.advert({ source: baton, priority: 50 });
      const before = lab.wire.adverts(baton).findLast(({ atMs }) => atMs < lowered.atMs);
      expect(lowered.atMs - (before?.atMs ?? NaN)).toBeLessThan(1_000 + 50 + toleranceMs);
      await lab.inState('Backup');
      await lab.wire.advert({ source: peer });
      expect(await stateOf(lab.peer)).toBe('Master');
    },
  },
  {
    id: 'SM-27',
    what: 'Master, version 3, 100 losing adverts in 1 s: a reply each at most, its own go on',
    run: async (lab) => {
      await lab.startAsMaster(instance(v3));
      await sleep(6_000);
      const from = lab.wire.frames.length;
      const startedMs = Date.now();
      const losing = advertFrame({ ...v3, priority: 50 });
      for (let count = 0; count < 100; count += 1) {
        lab.injector.send(losing);
        await sleep(10);
      }
      await sleep(2_000);
      const seconds = (Date.now() - startedMs) / 1_000;
      const own = lab.wire.frames
        .slice(from)
        .filter(({ sourceMac }) => sourceMac === addresses.d.mac);
      expect(advertsOf(own)).toBeLessThanOrEqual(100 + Math.ceil(seconds) + 1);
      // At most the configured 5 an address for each losing advert, and again each 5 s.
      expect(arpsOf(own)).toBeLessThanOrEqual((100 + Math.ceil(seconds / 5) + 1) * 2 * 5);
      expect((await lab.instance()).state).toBe('Master');
      const last = own.filter(({ vrrp }) => vrrp !== null).slice(-2);
      interval((last[1]?.atMs ?? NaN) - (last[0]?.atMs ?? NaN), 1_000);
    },
  },
  {
    id: 'SM-28',
    what: 'three virtual routers, one preempted: the others go on',
    run: async (lab) => {
      const text = (id: number): string =>
        instance({ name: `VI_${id}`, virtualRouterId: id, addresses: [`192.0.2.${20 + id}/24`] });
      await lab.startAsMaster([1, 2, 3].map(text).join(''));
      for (const name of ['VI_2', 'VI_3']) await lab.inState('Master', { name });
      lab.injector.send(advertFrame({ virtualRouterId: 2, addresses: ['192.0.2.22'] }));
      await lab.inState('Backup', { name: 'VI_2', limitMs: 1_000 });
      const from = lab.wire.frames.length;
      for (const virtualRouterId of [1, 3]) {
        await lab.wire.advert({ source: baton, virtualRouterId, from, limitMs: 2_000 });
        expect((await lab.instance(`VI_${virtualRouterId}`)).counters.releasedMaster).toBe(0);
      }
      await lab.hasAddress(lab.d, '192.0.2.22', false, 1_000);
      expect(lab.d.has('192.0.2.21') && lab.d.has('192.0.2.23')).toBe(true);
    },
  },
];
