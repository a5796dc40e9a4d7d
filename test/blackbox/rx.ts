/**
 * Receive checks (RFC 9568 section 7.1, RFC 3768 section 7.1). Baton is Master with
 * priority 100; what is sent to it has priority 200, so that taking it would show.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { Case } from './case.ts';
import { instance, instance6, password } from './configuration.ts';
import { errorCounters, moved, total, type Counters } from './counters.ts';
import { toleranceMs, type Lab } from './lab.ts';
import { addresses, advertFrame, ipFrame, virtual, type Journey, type Vrrp } from './packets.ts';
import { Speaker } from './speaker.ts';

const baton = addresses.d.ipv4;
const v3 = { version: 3, virtualRouterId: 53 } as const;
/** No second burst of gratuitous ARPs, which would look like an answer. */
const once = ['garp_master_delay 0'];
const v3Instance = instance({ version: 3, virtualRouterId: 53, lines: once });
const v6 = { version: 3, virtualRouterId: 54, addresses: virtual.ipv6 } as const;
const v6Instance = instance6({ virtualRouterId: 54, lines: once });

/** How long what was sent may take to show. */
const settlingMs = 300;

/** Sends the frames, and says which counters have moved; nothing else may have happened. */
async function withoutEffect(lab: Lab, frames: readonly Uint8Array[]): Promise<Counters> {
  const [before, counters] = [await lab.instance(), await errorCounters(lab)];
  // What it has sent as it became Master is seen by now.
  await sleep(500);
  const { length } = lab.wire.frames;
  const beganMs = Date.now();
  for (const frame of frames) lab.injector.send(frame);
  await sleep(settlingMs);
  const after = await lab.instance();
  expect(after.state).toBe(before.state);
  expect(after.counters.becameMaster).toBe(before.counters.becameMaster);
  // At most the adverts that were due anyway.
  const { instances } = await lab.baton.snapshot();
  const due = instances.length * (1 + Math.floor((Date.now() - beganMs) / 1_000));
  const answers = lab.wire.frames
    .slice(length)
    .filter(({ sourceMac }) => sourceMac === addresses.d.mac);
  expect(answers.filter(({ vrrp }) => vrrp !== null).length).toBeLessThanOrEqual(due);
  expect(answers.filter(({ arp }) => arp !== null)).toEqual([]);
  return moved(counters, await errorCounters(lab));
}

/** A case in which adverts are dropped, each counted once under this name. */
function dropped(
  id: string,
  what: string,
  configuration: string,
  counter: string,
  adverts: readonly (readonly [Vrrp, Journey?])[],
): Case {
  return {
    id,
    what,
    run: async (lab) => {
      await lab.startAsMaster(configuration);
      // The burst of gratuitous ARPs a while after becoming Master is no answer.
      const frames = adverts.map(([advert, journey]) => advertFrame(advert, journey));
      expect(await withoutEffect(lab, frames)).toEqual({ [counter]: adverts.length });
    },
  };
}

/** A case in which one advert is taken: Baton yields. */
function taken(
  id: string,
  what: string,
  configuration: string,
  advert: Vrrp,
  counters: Counters = {},
): Case {
  return {
    id,
    what,
    run: async (lab) => {
      await lab.startAsMaster(configuration);
      const before = await errorCounters(lab);
      lab.injector.send(advertFrame(advert));
      await lab.inState('Backup', { limitMs: 1_000 + toleranceMs });
      expect(moved(before, await errorCounters(lab))).toEqual(counters);
    },
  };
}

const plain = instance({ lines: once });
const withPassword = instance({ lines: [...once, ...password] });
const rightPassword = { authenticationType: 1, authenticationData: octets('s3cr3t') };

function octets(text: string): Uint8Array {
  const data = new Uint8Array(8);
  data.set(Buffer.from(text));
  return data;
}

export const reception: readonly Case[] = [
  dropped('RX-01', 'version 2, TTL 254: dropped, a TTL error', plain, 'ip-ttl', [
    [{}, { timeToLive: 254 }],
  ]),
  dropped('RX-02', 'IPv6, hop limit 254: dropped, a TTL error', v6Instance, 'ip-ttl', [
    [v6, { timeToLive: 254 }],
  ]),
  dropped(
    'RX-03',
    'version nibble 0, 1, 4, 15: dropped, version errors',
    plain,
    'version',
    [0, 1, 4, 15].map((version) => [{ version }]),
  ),
  dropped('RX-04', 'version 3 to a version 2 router: dropped, a version error', plain, 'version', [
    [{ version: 3 }],
  ]),
  dropped(
    'RX-05',
    'version 2 to a version 3 router: dropped, a version error',
    v3Instance,
    'version',
    [[{ version: 2, virtualRouterId: 53 }]],
  ),
  dropped(
    'RX-06',
    'type 0, 2, 15 in both versions: dropped, type errors',
    plain + instance({ ...v3, name: 'VI_3', lines: once, addresses: ['192.0.2.20/24'] }),
    'packet-type',
    [0, 2, 15].flatMap(
      (type) => [[{ type }], [{ ...v3, type, addresses: ['192.0.2.20'] }]] as const,
    ),
  ),
  dropped('RX-07', 'version 2, wrong checksum: dropped, a checksum error', plain, 'checksum', [
    [{ spoil: 0x0101 }],
  ]),
  dropped(
    'RX-08',
    'version 3 over IPv4, a checksum wrong in every form: dropped, a checksum error',
    v3Instance,
    'checksum',
    [[{ ...v3, spoil: 0x0101 }]],
  ),
  dropped(
    'RX-09',
    'IPv6, a wrong checksum and one without pseudo-header: dropped, checksum errors',
    v6Instance,
    'checksum',
    [[{ ...v6, spoil: 0x0101 }], [{ ...v6, checksum: 'message' }]],
  ),
  {
    id: 'RX-10',
    what: '7 octets of VRRP: dropped, a length error',
    run: async (lab) => {
      await lab.startAsMaster(plain);
      const { source, destination } = { source: addresses.x.ipv4, destination: '224.0.0.18' };
      const short = Uint8Array.from([0x21, 51, 200, 2, 0, 1, 0]);
      const frame = ipFrame(112, short, { source, destination });
      expect(await withoutEffect(lab, [frame])).toEqual({ 'packet-length': 1 });
    },
  },
  dropped('RX-11', 'count 3 with 2 addresses: dropped, a length error', plain, 'packet-length', [
    [{ count: 3 }],
  ]),
  dropped(
    'RX-12',
    'count 1 with 2 addresses, and 4 octets too many: dropped, length errors',
    plain,
    'packet-length',
    [[{ count: 1 }], [{ trailer: new Uint8Array(4) }]],
  ),
  dropped(
    'RX-13',
    'version 2 without authentication data: dropped, a length error',
    plain,
    'packet-length',
    [[{ withoutAuthenticationData: true }]],
  ),
  dropped('RX-14', 'VRID 99: no effect on any instance, a VRID error', plain, 'virtual-router-id', [
    [{ virtualRouterId: 99 }],
  ]),
  {
    id: 'RX-15',
    what: 'version 3, count 0: ignored, counted',
    run: async (lab) => {
      await lab.startAsMaster(v3Instance);
      const frame = advertFrame({ ...v3, count: 0, addresses: [] });
      expect(total(await withoutEffect(lab, [frame]))).toBe(1);
    },
  },
  {
    id: 'RX-16',
    what: 'version 2, another interval: dropped, an interval error, logged',
    run: async (lab) => {
      const program = await lab.startAsMaster(plain);
      const frames = [advertFrame({ interval: 2 })];
      expect(await withoutEffect(lab, frames)).toEqual({ 'advertisement-interval': 1 });
      await program.printed('advertisement-interval');
    },
  },
  {
    id: 'RX-17',
    what: 'version 3, another interval: taken, learned, remarked each time, logged once',
    run: async (lab) => {
      const program = await lab.start(instance({ ...v3, interval: 3 }));
      const speaker = new Speaker(lab.injector, advertFrame({ ...v3, interval: 200 }), 300);
      await sleep(2_000);
      speaker.stop();
      await sleep(settlingMs);
      const { state, masterAdvertisementIntervalMs, counters } = await lab.instance();
      expect(state).toBe('Backup');
      expect(masterAdvertisementIntervalMs).toBe(2_000);
      expect(counters.advertsReceived).toBeGreaterThan(3);
      expect(counters.remarks['advertisement-interval']).toBe(counters.advertsReceived);
      const lines = program.lines.filter(({ text }) => text.includes('advertisement-interval'));
      expect(lines).toHaveLength(1);
    },
  },
  {
    id: 'RX-18',
    what: 'version 3, interval 0: dropped, counted; no storm of take-overs',
    run: async (lab) => {
      await lab.startAsMaster(v3Instance);
      const frame = advertFrame({ ...v3, interval: 0 });
      expect(total(await withoutEffect(lab, [frame, frame, frame]))).toBe(3);
    },
  },
  dropped(
    'RX-19',
    'authentication type 3: dropped, an invalid type',
    plain,
    'authentication-type-unknown',
    [[{ authenticationType: 3 }]],
  ),
  dropped(
    'RX-20',
    'authentication where there is none: dropped, a mismatch',
    plain,
    'authentication-type-mismatch',
    [[rightPassword]],
  ),
  {
    id: 'RX-21',
    what: 'a wrong password, and none: dropped, a failure and a mismatch',
    run: async (lab) => {
      await lab.startAsMaster(withPassword);
      const wrong = advertFrame({ ...rightPassword, authenticationData: octets('secret') });
      expect(await withoutEffect(lab, [wrong, advertFrame()])).toEqual({
        'authentication-failure': 1,
        'authentication-type-mismatch': 1,
      });
    },
  },
  taken('RX-22', 'the right password: taken', withPassword, rightPassword),
  dropped('RX-23', 'version 2, one address differs: dropped, a list error', plain, 'address-list', [
    [{ addresses: ['192.0.2.10', '192.0.2.12'] }],
  ]),
  taken(
    'RX-24',
    'version 3, one address differs: taken, remarked',
    v3Instance,
    { ...v3, addresses: ['192.0.2.10', '192.0.2.12'] },
    { 'address-list': 1 },
  ),
  taken('RX-25', 'version 2, addresses in another order: taken', plain, {
    addresses: virtual.ipv4.toReversed(),
  }),
  taken('RX-26', 'version 3, reserved bits set: taken', v3Instance, { ...v3, reserved: 15 }),
  {
    id: 'RX-27',
    what: 'IPv6, the first address is no link-local one: taken, logged',
    run: async (lab) => {
      const program = await lab.startAsMaster(v6Instance);
      lab.injector.send(advertFrame({ ...v6, addresses: virtual.ipv6.toReversed() }));
      await lab.inState('Backup', { limitMs: 1_000 + toleranceMs });
      await program.printed('link-local');
    },
  },
  dropped('RX-28', 'an advert by unicast to a multicast instance: dropped', plain, 'destination', [
    [{}, { destination: baton, destinationMac: addresses.d.mac }],
  ]),
  {
    id: 'RX-29',
    what: 'version 3 over IPv4: both checksum forms are taken, and counted by form',
    run: async (lab) => {
      await lab.startAsMaster(v3Instance);
      lab.injector.send(advertFrame({ ...v3, checksum: 'message' }));
      await lab.inState('Backup', { limitMs: 1_000 + toleranceMs });
      lab.injector.send(advertFrame(v3));
      await sleep(settlingMs);
      const { counters } = await lab.instance();
      expect(counters.checksums).toEqual({ message: 1, 'pseudo-header': 1 });
      expect(counters.advertsReceived).toBe(2);
    },
  },
  {
    id: 'RX-30',
    what: 'strict about the checksum form: the other one is dropped, a checksum error',
    run: async (lab) => {
      const strict = (virtualRouterId: number, form: string, address: string): string =>
        instance({
          ...{ name: form, version: 3, virtualRouterId, addresses: [`${address}/24`] },
          lines: [...once, `v3_checksum_accept ${form}`],
        });
      await lab.startAsMaster(
        strict(1, 'pseudo_header', '192.0.2.10') + strict(2, 'message', '192.0.2.20'),
      );
      await lab.inState('Master', { name: 'message' });
      const other = [
        advertFrame({ ...v3, virtualRouterId: 1, checksum: 'message', addresses: ['192.0.2.10'] }),
        advertFrame({ ...v3, virtualRouterId: 2, addresses: ['192.0.2.20'] }),
      ];
      expect(await withoutEffect(lab, other)).toEqual({ checksum: 2 });
      lab.injector.send(advertFrame({ ...v3, virtualRouterId: 1, addresses: ['192.0.2.10'] }));
      await lab.inState('Backup', { name: 'pseudo_header', limitMs: 1_000 + toleranceMs });
    },
  },
  {
    id: 'RX-31',
    what: 'the owner hears priority 100 and stays; of a second owner it tells, and does not flap',
    run: async (lab) => {
      const program = await lab.startAsMaster(instance({ priority: 255, state: 'MASTER' }));
      lab.injector.send(advertFrame({ priority: 100 }));
      await sleep(settlingMs);
      expect((await lab.instance()).state).toBe('Master');
      lab.injector.send(advertFrame({ priority: 255 }));
      await program.printed('owner');
      await sleep(2_000);
      // It may have yielded, and taken over again once the other one was silent.
      const { becameMaster, releasedMaster } = (await lab.instance()).counters;
      expect(becameMaster).toBeLessThanOrEqual(2);
      expect(releasedMaster).toBeLessThanOrEqual(1);
    },
  },
  {
    id: 'RX-32',
    what: '10,000 random packets: all counted, no more memory; then a good one is taken',
    run: async (lab) => {
      const program = await lab.startAsMaster(
        plain +
          instance({ ...v3, name: 'VI_3', addresses: ['192.0.2.20/24'] }) +
          instance6({ name: 'VI_6', virtualRouterId: 54 }),
      );
      await lab.inState('Master', { name: 'VI_6' });
      const residentKib = (): number =>
        Number(
          /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.processId}/status`, 'utf8'))?.[1],
        );
      const [memory, before] = [residentKib(), await errorCounters(lab)];
      const random = seededRandom(32);
      const whole = (limit: number): number => Math.floor(random.next() * limit);
      const count = 10_000;
      for (let index = 0; index < count; index += 1) {
        const payload = Uint8Array.from({ length: whole(201) }, () => whole(256));
        const four = index % 2 === 0;
        const source = four ? addresses.x.ipv4 : addresses.x.linkLocal;
        const destination = four ? '224.0.0.18' : 'ff02::12';
        lab.injector.send(ipFrame(112, payload, { source, destination }));
        if (index % 50 === 49) await sleep(5);
      }
      await sleep(1_000);
      expect(total(moved(before, await errorCounters(lab)))).toBe(count);
      expect(residentKib() - memory).toBeLessThan(64 * 1_024);
      lab.injector.send(advertFrame());
      await lab.inState('Backup', { limitMs: 1_000 + toleranceMs });
    },
  },
  taken(
    'RX-33',
    'version 3 over IPv4 with 255 addresses: taken, nothing but a list remark',
    v3Instance,
    { ...v3, addresses: Array.from({ length: 255 }, (_, index) => `198.51.100.${index}`) },
    { 'address-list': 1 },
  ),
  {
    id: 'RX-34',
    what: '1,000 bad adverts in 1 s: all counted, a few log lines, own adverts on time',
    run: async (lab) => {
      const program = await lab.startAsMaster(plain);
      await sleep(1_000);
      const [before, lines] = [await errorCounters(lab), program.lines.length];
      const from = lab.wire.frames.length;
      const frame = advertFrame({ spoil: 1 });
      for (let burst = 0; burst < 100; burst += 1) {
        for (let index = 0; index < 10; index += 1) lab.injector.send(frame);
        await sleep(10);
      }
      await sleep(2_000);
      expect(moved(before, await errorCounters(lab))).toEqual({ checksum: 1_000 });
      expect(program.lines.length - lines).toBeLessThan(10);
      const own = lab.wire.frames
        .slice(from)
        .filter(({ vrrp, ip }) => vrrp !== null && ip?.source === baton);
      for (const [index, { atMs }] of own.entries()) {
        const gap = atMs - (own[index - 1]?.atMs ?? atMs - 1_000);
        expect(Math.abs(gap - 1_000)).toBeLessThan(50 + toleranceMs);
      }
      expect(own.length).toBeGreaterThanOrEqual(3);
    },
  },
];
