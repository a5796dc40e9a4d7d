/** ARP, neighbour discovery, and whether packets to the addresses are taken. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { instance, instance6 } from './configuration.ts';
import { toleranceMs, type Lab } from './lab.ts';
import { addresses, advertFrame, arpRequest, dissect, type Frame } from './packets.ts';
import { Speaker } from './speaker.ts';
import { vector } from './vectors.ts';
import { isGratuitousArp } from './wire.ts';

const address = '192.0.2.10';
const address6 = '2001:db8:0:1::10';
const vmac4 = '00:00:5e:00:01:3d';
const vmac6 = '00:00:5e:00:02:3f';

const withVmac = (priority = 100): string =>
  instance({ virtualRouterId: 61, priority, lines: ['use_vmac'], addresses: [`${address}/24`] });
const withVmac6 = instance6({ virtualRouterId: 63, lines: ['use_vmac'] });

/** A burst is the frames that come within 50 ms of its first; their times in milliseconds. */
function bursts(
  frames: readonly Frame[],
): readonly { readonly atMs: number; readonly count: number }[] {
  const found: { atMs: number; count: number }[] = [];
  for (const { atMs } of frames) {
    const last = found.at(-1);
    if (last !== undefined && atMs - last.atMs < 50 + toleranceMs) last.count += 1;
    else found.push({ atMs, count: 1 });
  }
  return found;
}

/** Counts and distances of the bursts of one address, in seconds from the first one. */
function rhythm(lab: Lab): readonly (readonly [number, number])[] {
  const found = bursts(lab.wire.gratuitousArps(address));
  const first = found[0]?.atMs ?? NaN;
  return found.map(({ atMs, count }) => [Math.round((atMs - first) / 100) / 10, count]);
}

function expectRhythm(lab: Lab, wanted: readonly (readonly [number, number])[]): void {
  const [end] = wanted.at(-1) ?? [0];
  const actual = rhythm(lab).filter(([seconds]) => seconds < end + 1);
  expect(actual.map(([, count]) => count)).toEqual(wanted.map(([, count]) => count));
  for (const [index, [seconds]] of wanted.entries()) {
    expect(Math.abs((actual[index]?.[0] ?? NaN) - seconds)).toBeLessThan(0.2);
  }
}

/** Pings from H; how many answers came. */
async function answers(lab: Lab, target: string, count = 3): Promise<number> {
  const words = ['-n', '-c', String(count), '-i', '0.2', '-W', '1', target];
  const text = await lab.output(lab.h, 'ping', ...words);
  return Number(/(\d+) received/.exec(text)?.[1]);
}

/** What H's kernel has as the neighbour's MAC address. */
function neighbourMac(lab: Lab, target: string): string | null {
  const [row] = JSON.parse(lab.h.ip(`-j neighbour show ${target} dev eth0`)) as [
    { lladdr?: string }?,
  ];
  return row?.lladdr ?? null;
}

/** The longest time in which no answer came, in milliseconds, while H pings each 20 ms. */
async function outageMs(lab: Lab, act: () => Promise<void>, limitMs: number): Promise<number> {
  const ping = lab.run(lab.h, 'ping', '-n', '-i', '0.02', address);
  await lab.wire.frame('an echo reply', ({ icmpType }) => icmpType === 0);
  await sleep(500);
  const from = lab.wire.frames.length;
  await act();
  await sleep(limitMs);
  ping.signal('SIGINT');
  await ping.ended();
  const replies = lab.wire.frames.slice(from - 10).filter(({ icmpType }) => icmpType === 0);
  const gaps = replies.slice(1).map(({ atMs }, index) => atMs - (replies[index]?.atMs ?? NaN));
  return Math.max(...gaps);
}

export const announcements: readonly Case[] = [
  {
    id: 'GA-01',
    what: 'virtual MAC: the gratuitous ARP is the vector garp-request-vmac',
    run: async (lab) => {
      await lab.startAsMaster(withVmac());
      const arp = await lab.wire.frame('a gratuitous ARP', isGratuitousArp);
      const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
      expect(hex(arp.octets.subarray(0, 42))).toBe(hex(vector('garp-request-vmac')));
    },
  },
  {
    id: 'GA-02',
    what: 'defaults: 5 ARPs an address at once, 5 more after 5 s',
    run: async (lab) => {
      await lab.startAsMaster(instance());
      await sleep(7_000);
      expectRhythm(lab, [
        [0, 5],
        [5, 5],
      ]);
    },
  },
  {
    id: 'GA-03',
    what: 'repeat 2, delay 2, refresh 3: 2 at once, 2 after 2 s, then 1 each 3 s',
    run: async (lab) => {
      const lines = ['garp_master_repeat 2', 'garp_master_delay 2', 'garp_master_refresh 3'];
      await lab.startAsMaster(instance({ lines }));
      await sleep(13_500);
      expectRhythm(lab, [
        [0, 2],
        [2, 2],
        [3, 1],
        [6, 1],
        [9, 1],
        [12, 1],
      ]);
    },
  },
  {
    id: 'GA-04',
    what: 'virtual MAC: an ARP request gets one reply, with the virtual MAC in both places',
    run: async (lab) => {
      await lab.startAsMaster(withVmac());
      await sleep(300);
      const from = lab.wire.frames.length;
      lab.injector.send(arpRequest(address));
      await sleep(500);
      const replies = lab.wire.frames
        .slice(from)
        .filter(({ arp }) => arp?.operation === 2 && arp.senderAddress === address);
      expect(replies).toHaveLength(1);
      expect(replies[0]).toMatchObject({ sourceMac: vmac4, arp: { senderMac: vmac4 } });
    },
  },
  {
    id: 'GA-05',
    what: 'a Backup does not answer an ARP request',
    run: async (lab) => {
      const speaker = new Speaker(lab.injector, advertFrame(), 1_000);
      await lab.start(instance());
      lab.injector.send(arpRequest(address));
      await sleep(1_000);
      speaker.stop();
      expect(lab.wire.frames.filter(({ arp }) => arp?.operation === 2)).toEqual([]);
    },
  },
  {
    id: 'GA-06',
    what: 'virtual MAC, 60 s of traffic: no ARP ever tells the physical MAC',
    limitMs: 100_000,
    run: async (lab) => {
      await lab.startAsMaster(withVmac());
      const ping = lab.run(lab.h, 'ping', '-n', '-i', '0.2', address);
      for (let second = 0; second < 60; second += 1) {
        await sleep(1_000);
        // Now and then H has to ask again.
        if (second % 5 === 0) lab.h.ip('neighbour flush dev eth0');
      }
      ping.signal('SIGINT');
      await ping.ended();
      const told = lab.wire.frames.filter(({ arp }) => arp?.senderAddress === address);
      expect(told.length).toBeGreaterThan(10);
      expect(new Set(told.map(({ arp }) => arp?.senderMac))).toEqual(new Set([vmac4]));
    },
  },
  {
    id: 'GA-07',
    what: 'IPv6, virtual MAC: the neighbour advertisement is the vector una-R-O, for each address',
    run: async (lab) => {
      await lab.startAsMaster(withVmac6);
      const unsolicited =
        (target: string) =>
        (frame: Frame): boolean =>
          frame.neighbour?.target === target && frame.ip?.destination === 'ff02::1';
      const global = await lab.wire.frame('an advertisement', unsolicited(address6));
      const local = await lab.wire.frame('an advertisement', unsolicited('fe80::10'));
      const wanted = dissect(0, vector('una-R-O'));
      const essence = ({ sourceMac, destinationMac, ip, neighbour }: Frame): unknown => ({
        ...{ sourceMac, destinationMac, neighbour },
        source: ip?.source,
        timeToLive: ip?.timeToLive,
        payload: Buffer.from(ip?.payload ?? []).toString('hex'),
      });
      expect(essence(global)).toEqual(essence(wanted));
      expect(local.neighbour).toMatchObject({ flags: 0xa0, mac: vmac6 });
    },
  },
  {
    id: 'GA-08',
    what: 'IPv6, virtual MAC: a solicitation is answered R S O with the virtual MAC',
    run: async (lab) => {
      await lab.startAsMaster(withVmac6);
      await sleep(300);
      const from = lab.wire.frames.length;
      lab.h.ip('neighbour flush dev eth0');
      expect(await answers(lab, address6)).toBe(3);
      const reply = lab.wire.frames
        .slice(from)
        .find(
          ({ neighbour }) => neighbour?.type === 'advertisement' && neighbour.target === address6,
        );
      expect(reply).toMatchObject({ sourceMac: vmac6, neighbour: { flags: 0xe0, mac: vmac6 } });
    },
  },
  {
    id: 'GA-09',
    what: 'IPv6: a Backup does not answer a solicitation',
    run: async (lab) => {
      const advert = advertFrame({
        version: 3,
        virtualRouterId: 63,
        addresses: ['fe80::10', address6],
      });
      const speaker = new Speaker(lab.injector, advert, 1_000);
      await lab.start(instance6({ virtualRouterId: 63 }));
      expect(await answers(lab, address6)).toBe(0);
      speaker.stop();
      expect((await lab.instance()).state).toBe('Backup');
      expect(lab.wire.neighbourAdvertisements(address6)).toEqual([]);
    },
  },
  {
    id: 'GA-10',
    what: 'IPv6: it joins the solicited-node group as it takes over',
    run: async (lab) => {
      await lab.startAsMaster(instance6({ virtualRouterId: 63 }));
      await lab.wire.frame(
        'MLDv2 report of ff02::1:ff00:10',
        ({ ip }) =>
          ip?.protocol === 58 &&
          ip.payload[0] === 143 &&
          Buffer.from(ip.payload).toString('hex').includes('ff0200000000000000000001ff000010'),
      );
    },
  },
  {
    id: 'GA-11',
    what: 'no_accept: no echo reply; ARP and solicitations are answered',
    run: async (lab) => {
      await lab.startAsMaster(
        instance({ name: 'four', version: 3, virtualRouterId: 61, lines: ['no_accept'] }) +
          instance6({ name: 'six', virtualRouterId: 63, lines: ['no_accept'] }),
      );
      await lab.inState('Master', { name: 'six' });
      lab.h.ip('neighbour flush dev eth0');
      expect(await answers(lab, address)).toBe(0);
      expect(await answers(lab, address6)).toBe(0);
      expect(neighbourMac(lab, address)).toBe(addresses.d.mac);
      expect(neighbourMac(lab, address6)).toBe(addresses.d.mac);
      expect(await answers(lab, addresses.d.ipv4)).toBe(3);
    },
  },
  {
    id: 'GA-12',
    what: 'accept, the default: an echo reply',
    run: async (lab) => {
      await lab.startAsMaster(
        instance({ name: 'four', version: 3, virtualRouterId: 61 }) +
          instance6({ name: 'six', virtualRouterId: 63 }),
      );
      await lab.inState('Master', { name: 'six' });
      expect(await answers(lab, address)).toBe(3);
      expect(await answers(lab, address6)).toBe(3);
    },
  },
  {
    id: 'GA-13',
    what: 'pings each 20 ms: lost for Skew_Time on SIGTERM, for Master_Down_Interval on SIGKILL',
    run: async (lab) => {
      const words = { virtualRouterId: 61, addresses: [`${address}/24`] };
      const master = instance({ ...words, priority: 150 });
      const slackMs = 100 + toleranceMs;
      const first = await lab.startPeer(master);
      await lab.start(instance(words));
      await lab.wire.advert({ source: addresses.p.ipv4 });
      const planned = await outageMs(
        lab,
        async () => {
          first.signal('SIGTERM');
          await first.ended();
        },
        2_000,
      );
      expect(planned).toBeLessThan(610 + slackMs);
      expect(neighbourMac(lab, address)).toBe(addresses.d.mac);
      const second = await lab.startPeer(master);
      await lab.hasAddress(lab.p, address, true, 10_000);
      await sleep(1_500);
      const sudden = await outageMs(
        lab,
        () => {
          second.signal('SIGKILL');
          return Promise.resolve();
        },
        6_000,
      );
      expect(sudden).toBeLessThan(3_610 + slackMs);
      expect(neighbourMac(lab, address)).toBe(addresses.d.mac);
    },
  },
  {
    id: 'GA-14',
    what: 'a reload adds and removes an address: announced, in the next advert, state kept',
    run: async (lab) => {
      const program = await lab.startAsMaster(instance({ addresses: ['192.0.2.10/24'] }));
      // Its first advert is not to be taken for the one after the reload.
      await lab.wire.advert({ from: 0 });
      const reload = async (list: readonly string[]): Promise<number> => {
        lab.baton.configure(instance({ addresses: list.map((one) => `${one}/24`) }));
        const from = lab.wire.frames.length;
        const lines = program.lines.length;
        program.signal('SIGHUP');
        await program.printed('Reload complete', lines);
        return from;
      };
      const added = await reload(['192.0.2.10', '192.0.2.12']);
      const advert = await lab.wire.advert({ from: added });
      expect(advert.vrrp.addresses).toEqual(['192.0.2.10', '192.0.2.12']);
      await lab.wire.frame('ARP', ({ arp }) => arp?.senderAddress === '192.0.2.12', {
        from: added,
      });
      expect(lab.d.has('192.0.2.12')).toBe(true);
      const removed = await reload(['192.0.2.12']);
      expect((await lab.wire.advert({ from: removed })).vrrp.addresses).toEqual(['192.0.2.12']);
      expect(lab.d.has('192.0.2.10')).toBe(false);
      const { state, counters } = await lab.instance();
      expect({ state, became: counters.becameMaster }).toEqual({ state: 'Master', became: 1 });
    },
  },
  {
    id: 'GA-15',
    what: 'however it ends, no address and no macvlan is left; a start after SIGKILL cleans up',
    run: async (lab) => {
      const links = (): string => lab.d.ip('-o link show');
      const first = await lab.startAsMaster(withVmac());
      expect(lab.d.has(address)).toBe(true);
      first.signal('SIGTERM');
      await first.ended();
      expect(lab.d.has(address)).toBe(false);
      expect(links()).not.toContain('macvlan');
      expect(links()).not.toContain('vrrp.61');

      const second = await lab.startAsMaster(withVmac());
      second.signal('SIGKILL');
      await second.ended();
      const better = advertFrame({ virtualRouterId: 61, addresses: [address] });
      const speaker = new Speaker(lab.injector, better, 1_000);
      const third = await lab.start(withVmac());
      await lab.hasAddress(lab.d, address, false, 5_000);
      third.signal('SIGTERM');
      await third.ended();
      speaker.stop();
      expect(links()).not.toContain('vrrp.61');
    },
  },
];
