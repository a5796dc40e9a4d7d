/**
 * The matrix of pairs: whom Baton meets, what they speak, who is meant to be master,
 * and what happens to them. After each step exactly one is master, the right one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { whyNot } from '../kernel/namespace.ts';
import { Lab } from './lab.ts';
import { memberOf, type Kind, type Member } from './member.ts';
import { modes, type Mode } from './modes.ts';
import { Pair } from './pair.ts';
import { addresses } from './packets.ts';

const limitMs = 120_000;
const high = 150;
const low = 100;

const obstacle =
  whyNot ??
  (readFileSync('/proc/self/setgroups', 'utf8').startsWith('deny')
    ? 'tcpdump works for root only, not for root of a user namespace'
    : null) ??
  spawnSync('keepalived', ['--version']).error?.message ??
  (existsSync('/usr/lib/frr/vrrpd') ? null : 'there is no FRR here');

const all: readonly Mode[] = Object.values(modes);

/** FRR has no authentication and no unicast, and always a virtual MAC address. */
const plain: readonly Mode[] = [modes.v2, modes.v3, modes.v6];

const rows: readonly {
  readonly master: Kind;
  readonly backup: Kind;
  readonly modes: readonly Mode[];
}[] = [
  { master: 'Baton', backup: 'Baton', modes: all },
  { master: 'Baton', backup: 'keepalived', modes: all },
  { master: 'keepalived', backup: 'Baton', modes: all },
  { master: 'Baton', backup: 'FRR', modes: plain },
  { master: 'FRR', backup: 'Baton', modes: plain },
];

describe.concurrent.each(rows)('$master and its backup $backup', (row) => {
  for (const mode of row.modes) {
    it(
      mode.name,
      async (context) => {
        context.skip(obstacle !== null, obstacle ?? '');
        const lab = new Lab();
        try {
          await lab.ready();
          await playAll(lab, mode, row);
        } finally {
          await lab.close();
        }
      },
      limitMs,
    );
  }
});

async function playAll(
  lab: Lab,
  mode: Mode,
  kinds: { readonly master: Kind; readonly backup: Kind },
): Promise<void> {
  const seats = {
    master: { host: lab.d, self: addresses.d, other: addresses.p },
    backup: { host: lab.p, self: addresses.p, other: addresses.d },
  };
  const master = memberOf(kinds.master, lab, seats.master, { mode, priority: high });
  const backup = memberOf(kinds.backup, lab, seats.backup, { mode, priority: low });
  const pair = new Pair(lab, mode, master, backup);
  const startMs = pair.downMs(low);

  await Promise.all([master.start(), backup.start()]);
  await pair.settlesOn(master, startMs);

  await master.stop();
  await pair.settlesOn(backup, pair.skewMs(low));
  await master.start();
  await pair.settlesOn(master, startMs);

  await master.crash();
  await pair.settlesOn(backup, pair.downMs(low));
  await master.start();
  await pair.settlesOn(master, startMs);

  await changePriorities(pair, master, backup);
  await partition(lab, mode, pair, { master, backup });
}

async function changePriorities(pair: Pair, master: Member, backup: Member): Promise<void> {
  await master.setPriority(50);
  await pair.settlesOn(backup, pair.downMs(low));
  await master.setPriority(high);
  await pair.settlesOn(master, pair.downMs(high));
}

/** The capture hears the side that stays at the bridge; the other one is alone. */
async function partition(
  lab: Lab,
  mode: Mode,
  pair: Pair,
  { master, backup }: { readonly master: Member; readonly backup: Member },
): Promise<void> {
  lab.plug(master.host, false);
  if (mode.unicast) await pair.holdsAlone(backup, pair.downMs(low));
  else await pair.settlesOn(backup, pair.downMs(low));
  lab.plug(master.host, true);
  await pair.settlesOn(master, pair.downMs(high));
}
