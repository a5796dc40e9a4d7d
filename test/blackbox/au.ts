/** Authentication of version 2: a password, and the Authentication Header (RFC 2338, RFC 2402). */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { authenticationHeader, instance, password } from './configuration.ts';
import { errorCounters, moved, total } from './counters.ts';
import { toleranceMs, type Lab } from './lab.ts';
import { memberOf, type Member } from './member.ts';
import { modes, type Mode } from './modes.ts';
import { addresses, advertFrame, authenticatedFrame, dissect } from './packets.ts';
import { Pair } from './pair.ts';
import { vector } from './vectors.ts';

const key = 's3cr3t';
const withHeader = instance({ virtualRouterId: 52, lines: authenticationHeader });

/** Baton on D and keepalived on P, with these priorities. */
function pairWith(
  lab: Lab,
  mode: Mode,
  priorities: { readonly own: number; readonly other: number },
): { readonly pair: Pair; readonly own: Member; readonly other: Member } {
  const seats = {
    own: { host: lab.d, self: addresses.d, other: addresses.p },
    other: { host: lab.p, self: addresses.p, other: addresses.d },
  };
  const own = memberOf('Baton', lab, seats.own, { mode, priority: priorities.own });
  const other = memberOf('keepalived', lab, seats.other, { mode, priority: priorities.other });
  return { pair: new Pair(lab, mode, own, other), own, other };
}

/** The master is stopped, the other takes over; it comes back, and takes over again. */
async function thereAndBack(pair: Pair, master: Member, backup: Member): Promise<void> {
  await pair.settlesOn(master, pair.downMs(100));
  await pair.staysOn(master, 30_000);
  await master.stop();
  await pair.settlesOn(backup, pair.skewMs(100));
  await pair.staysOn(backup, 30_000);
  await master.start();
  await pair.settlesOn(master, pair.downMs(100));
}

export const authentication: readonly Case[] = [
  {
    id: 'AU-01',
    what: 'PASS: the message is the vector v2-pass',
    run: async (lab) => {
      await lab.start(
        instance({ priority: 150, lines: password, addresses: ['192.0.2.10/24', '192.0.2.11/24'] }),
      );
      const advert = await lab.wire.advert();
      const wanted = dissect(0, vector('v2-pass')).vrrp;
      // The vector has the same addresses and the same password.
      expect(advert.vrrp.hex).toBe(wanted?.hex);
    },
  },
  {
    id: 'AU-02',
    what: 'PASS with keepalived, 30 s in each role: one master, no authentication errors',
    limitMs: 120_000,
    run: async (lab) => {
      const { pair, own, other } = pairWith(lab, modes.v2Pass, { own: 150, other: 100 });
      await Promise.all([own.start(), other.start()]);
      await thereAndBack(pair, own, other);
      expect(total(await errorCounters(lab))).toBe(0);
      expect(other.log).not.toMatch(/auth/i);
    },
  },
  {
    id: 'AU-03',
    what: 'AH: the first frame is the vector v2-ah but for source MAC and identification',
    run: async (lab) => {
      await lab.start(
        instance({ virtualRouterId: 52, priority: 150, lines: authenticationHeader }),
      );
      const advert = await lab.wire.advert();
      const wanted = dissect(0, vector('v2-ah'));
      expect(advert.vrrp.hex).toBe(wanted.vrrp?.hex);
      expect(advert.authenticationHeader).toEqual({ spi: addresses.d.ipv4, sequence: 1 });
      const identification = (octets: Uint8Array): string =>
        Buffer.from(octets.subarray(18, 20)).toString('hex');
      expect(identification(advert.octets)).toBe(identification(wanted.octets));
      const hex = (octets: Uint8Array): string => Buffer.from(octets.subarray(12)).toString('hex');
      expect(hex(advert.octets)).toBe(hex(wanted.octets));
    },
  },
  {
    id: 'AU-04',
    what: "AH: Backup of keepalived; then it continues keepalived's sequence, which takes it",
    run: async (lab) => {
      const { pair, own, other } = pairWith(lab, modes.v2Header, { own: 100, other: 150 });
      await other.start();
      await own.start();
      await pair.settlesOn(other, pair.downMs(150));
      expect(total(await errorCounters(lab))).toBe(0);
      await other.stop();
      await pair.settlesOn(own, pair.skewMs(100));
      const sequences = lab.wire
        .adverts()
        .map(({ authenticationHeader: header }) => header?.sequence);
      expect(sequences).toEqual(sequences.toSorted((left, right) => (left ?? 0) - (right ?? 0)));
      expect(new Set(sequences).size).toBe(sequences.length);
      const from = lab.wire.frames.length;
      await other.start();
      await pair.settlesOn(other, pair.downMs(150));
      // It waited for its own timer: it has heard Baton and not started as if alone.
      expect(lab.wire.frames.slice(from).some(({ vrrp }) => vrrp?.priority === 100)).toBe(true);
    },
  },
  {
    id: 'AU-05',
    what: 'AH: a flipped bit and a wrong key are dropped, authentication failures',
    run: async (lab) => {
      await lab.startAsMaster(withHeader);
      const before = await errorCounters(lab);
      const advert = { virtualRouterId: 52 };
      lab.injector.send(authenticatedFrame(advert, { key, sequence: 1_000, spoil: true }));
      lab.injector.send(authenticatedFrame(advert, { key: 'secret', sequence: 1_001 }));
      await sleep(500);
      expect(moved(before, await errorCounters(lab))).toEqual({ 'authentication-failure': 2 });
      expect((await lab.instance()).state).toBe('Master');
      lab.injector.send(authenticatedFrame(advert, { key, sequence: 1_002 }));
      await lab.inState('Backup', { limitMs: 1_000 + toleranceMs });
    },
  },
  {
    id: 'AU-06',
    what: 'AH where there is none, and none where there is AH: dropped, a mismatch each',
    run: async (lab) => {
      await lab.startAsMaster(
        withHeader + instance({ name: 'plain', addresses: ['192.0.2.20/24'] }),
      );
      await lab.inState('Master', { name: 'plain' });
      const before = await errorCounters(lab);
      lab.injector.send(
        authenticatedFrame({ addresses: ['192.0.2.20'] }, { key, sequence: 1_000 }),
      );
      lab.injector.send(advertFrame({ virtualRouterId: 52 }));
      await sleep(500);
      expect(moved(before, await errorCounters(lab))).toEqual({
        'authentication-type-mismatch': 2,
      });
      for (const { state } of (await lab.baton.snapshot()).instances) expect(state).toBe('Master');
    },
  },
  {
    id: 'AU-07',
    what: 'version 3 with authentication: warned, nothing of it on the wire',
    run: async (lab) => {
      const program = await lab.start(instance({ version: 3, lines: password }));
      const advert = await lab.wire.advert();
      expect(advert.ip?.payload).toHaveLength(16);
      expect(program.text).toMatch(/authentication|auth_/);
      expect(program.text).not.toContain(key);
    },
  },
];
