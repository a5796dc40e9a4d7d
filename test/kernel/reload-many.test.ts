/**
 * A reload as a difference, with all the virtual routers that an interface can have: of an
 * unchanged file it is seen nowhere, of a changed one only where the change is. What leaves is
 * timed by the kernel of the host at the other end, what is touched is told by `ip monitor`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { parseArp } from '../../src/wire/arp.ts';
import { ethernetHeaderLength, etherTypes, parseEthernetHeader } from '../../src/wire/ethernet.ts';
import { parsePacket } from '../../src/wire/vrrp-packet.ts';
import { readPcap } from '../conformance/pcap.ts';
import { Program, until, type PrintedLine } from './program.ts';
import { Baton } from './site.ts';
import { cableTest, type Station } from './station.ts';

const instances = 255;
const intervalMs = 100;
/** Where an advert is left out, it is more; a Backup waits three intervals and Skew_Time. */
const gapLimitMs = 2 * intervalMs;
const quietMs = 2_000;
/** In as long a time again: enough that a touch by each would stand out. */
const reloads = 5;

/** In a user namespace of somebody else than root, who can't give up groups, tcpdump refuses. */
const obstacle = readFileSync('/proc/self/setgroups', 'utf8').startsWith('deny')
  ? 'tcpdump works for root only, not for root of a user namespace'
  : null;

function configuration(addressOf: (id: number) => string): string {
  // Without a second burst, every ARP is one of a reload; with a priority, what is measured is
  // what Baton does, and not what else the machine has to do.
  const global = `global_defs {
    vrrp_garp_master_delay 0
    vrrp_rt_priority 50
    vrrp_rlimit_rttime 5000000
}
`;
  const blocks = Array.from({ length: instances }, (_, index) => {
    const id = index + 1;
    return `vrrp_instance VI_${id} {
    version 3
    state MASTER
    interface eth0
    virtual_router_id ${id}
    priority 255
    advert_int ${intervalMs / 1_000}
    virtual_ipaddress {
        ${addressOf(id)}
    }
}
`;
  });
  return global + blocks.join('');
}

function usualAddress(id: number): string {
  return `198.51.100.${id}`;
}

interface Advert {
  readonly atMs: number;
  readonly virtualRouterId: number;
}

/** What was heard on the wire, in order; times count from the first frame. */
interface Heard {
  readonly adverts: readonly Advert[];
  /** The addresses that were claimed by gratuitous ARPs. */
  readonly claimed: readonly string[];
}

function heardIn(captureFile: string): Heard {
  const adverts: Advert[] = [];
  const claimed: string[] = [];
  for (const { timeS, octets } of readPcap(readFileSync(captureFile))) {
    const payload = octets.subarray(ethernetHeaderLength);
    if (parseEthernetHeader(octets)?.etherType === etherTypes.arp) {
      claimed.push(parseArp(payload)?.senderProtocol ?? 'unreadable');
      continue;
    }
    const parsed = parsePacket(payload);
    if (!parsed.ok) continue;
    const { virtualRouterId } = parsed.value.advert;
    adverts.push({ atMs: timeS * 1_000, virtualRouterId });
  }
  return { adverts, claimed };
}

/** The longest time between two adverts of each virtual router, by VRID less one. */
function longestGapsMs(adverts: readonly Advert[]): readonly number[] {
  const endMs = adverts.at(-1)?.atMs ?? Infinity;
  const lastMs = Array.from({ length: instances }, () => adverts[0]?.atMs ?? 0);
  const gapsMs = lastMs.map(() => 0);
  const note = (index: number, atMs: number): void => {
    gapsMs[index] = Math.max(gapsMs[index] ?? 0, atMs - (lastMs[index] ?? 0));
    lastMs[index] = atMs;
  };
  for (const { atMs, virtualRouterId } of adverts) note(virtualRouterId - 1, atMs);
  for (const index of lastMs.keys()) note(index, endMs);
  return gapsMs;
}

/** Lines of `ip monitor address`, by address: how often it was set, or had its lifetime renewed. */
function settings(lines: readonly PrintedLine[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of lines) {
    const address = /^\d+: eth0 +inet (\S+)\/32 /.exec(text)?.[1] ?? text;
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}

interface Stretch extends Heard {
  /** What `ip monitor address` has told meanwhile. */
  readonly touched: readonly PrintedLine[];
}

interface Place {
  readonly near: Station;
  readonly far: Station;
  readonly baton: Baton;
  readonly captureFile: string;
}

/** What is heard and told while `action` goes on, and for `atLeastMs`. */
async function observed(
  { near, far, captureFile }: Place,
  atLeastMs: number,
  action: () => Promise<void> = () => Promise.resolve(),
): Promise<Stretch> {
  const words = ['-n', '-B', '16384', '-i', 'eth0', '--time-stamp-precision=nano'];
  const filter = 'ip proto 112 or arp';
  const monitor = Program.start(near.host, ['ip', '-oneline', 'monitor', 'address']);
  const capture = Program.start(far.host, ['tcpdump', ...words, '-w', captureFile, filter]);
  try {
    await Promise.all([monitor.printed('eth0'), capture.printed('listening on')]);
    const from = monitor.lines.length;
    await Promise.all([action(), sleep(atLeastMs)]);
    const touched = monitor.lines.slice(from);
    await capture.end();
    expect(capture.text).toContain('0 packets dropped by kernel');
    return { ...heardIn(captureFile), touched };
  } finally {
    await Promise.all([capture.end(), monitor.end()]);
  }
}

/**
 * Every virtual router sends on time. Where the machine itself makes them late while nothing
 * happens, it is not asked for more than as much again.
 */
function expectOnTime(quiet: Stretch, other: Stretch, what: string): void {
  const [quietGapMs, gapMs] = [quiet, other].map((one) => Math.max(...longestGapsMs(one.adverts)));
  console.log(`longest gap ${what}: ${gapMs?.toFixed(1)} ms, before: ${quietGapMs?.toFixed(1)} ms`);
  expect(gapMs).toBeLessThan(Math.max(gapLimitMs, 2 * (quietGapMs ?? 0)));
}

function deletedFrom(lines: readonly PrintedLine[]): readonly string[] {
  return lines.map(({ text }) => text).filter((text) => text.startsWith('Deleted'));
}

async function play(place: Place): Promise<void> {
  const { near, baton } = place;
  const held = (): readonly string[] =>
    [...near.host.ip('-4 -oneline address show dev eth0').matchAll(/inet (198\.51\.\S+)\/32 /g)]
      .map(([, address = '']) => address)
      .toSorted();
  const usual = Array.from({ length: instances }, (_, index) => usualAddress(index + 1)).toSorted();
  baton.configure(configuration(usualAddress));
  const program = baton.start(['-l']);
  await program.printed('Startup complete');
  await until('all addresses', () => held().length === instances);
  const reload = async (): Promise<void> => {
    const from = program.lines.length;
    program.signal('SIGHUP');
    await program.printed('Reload complete', from);
  };

  const quiet = await observed(place, quietMs);
  const rounds = quiet.adverts.length / instances;
  expect(rounds).toBeGreaterThan(quietMs / intervalMs / 2);
  const same = await observed(place, quietMs, async () => {
    for (let count = 0; count < reloads; count += 1) await reload();
  });
  expectOnTime(quiet, same, 'over reloads of an unchanged file');
  expect(same.claimed).toEqual([]);
  expect(held()).toEqual(usual);
  expect(deletedFrom(same.touched)).toEqual([]);
  const touches = settings(same.touched);
  expect([...touches.keys()].toSorted()).toEqual(usual);
  for (let id = 1; id <= instances; id += 1) {
    const adverts = same.adverts.filter((advert) => advert.virtualRouterId === id).length;
    // Lifetimes are renewed with adverts, and the two may not be counted from the same one on.
    expect.soft(touches.get(usualAddress(id)), `VRID ${id}`).toBeLessThan(adverts + reloads);
  }

  const changedId = 77;
  const newAddress = '198.51.101.77';
  baton.configure(configuration((id) => (id === changedId ? newAddress : usualAddress(id))));
  const changed = await observed(place, quietMs / 2, reload);
  expectOnTime(quiet, changed, 'over a reload that changes one');
  expect(new Set(changed.claimed)).toEqual(new Set([newAddress]));
  const deleted = deletedFrom(changed.touched);
  expect(deleted).toHaveLength(1);
  expect(deleted[0]).toContain(usualAddress(changedId));
  const gone = new Set([usualAddress(changedId)]);
  expect(held()).toEqual([...usual.filter((one) => !gone.has(one)), newAddress].toSorted());
}

describe('a reload with 255 virtual routers', () => {
  cableTest(
    'delays no advert, and touches no address but what has changed',
    async (near, far) => {
      const directory = mkdtempSync(join(tmpdir(), 'baton-reload-'));
      const baton = new Baton(near.host, directory);
      try {
        await play({ near, far, baton, captureFile: join(directory, 'wire.pcap') });
      } finally {
        await baton.end();
        rmSync(directory, { recursive: true });
      }
    },
    { obstacle },
  );
});
