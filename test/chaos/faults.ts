/**
 * The faults, each a row of acts. An act says who is to hold the address in the end, and what
 * the wire may show until then.
 *
 * What may be is worked out from the protocol's timers: a backup takes over when it has heard
 * nothing for Master_Down_Interval, and two holders there are never, but for the hand-over to a
 * better router (at most `handOverOverlapMs`) and where the two can't hear each other.
 */
import type { Random } from '../../src/base/random.ts';
import { handOverOverlapMs } from '../../src/lab/holding.ts';
import type { Mode } from './modes.ts';
import { masterDownMs } from './modes.ts';
import type { Disturbance } from './network.ts';
import type { RouterLetter } from './stations.ts';

/** Who holds the address: one, both, or whoever. */
export type Holder = RouterLetter | 'both' | 'either';

/** What is done to the two routers, their network, or their machines. */
export type Deed =
  | { readonly type: 'kill' | 'freeze' | 'wake' | 'restart'; readonly router: RouterLetter }
  | { readonly type: 'flush-filters' | 'delete-address'; readonly router: RouterLetter }
  | { readonly type: 'interface-down' | 'interface-up'; readonly router: RouterLetter }
  | { readonly type: 'delete-interface' | 'lay-cable'; readonly router: RouterLetter }
  | { readonly type: 'cable-down' | 'cable-up'; readonly router: RouterLetter }
  | { readonly type: 'disturb'; readonly disturbance: Disturbance }
  | { readonly type: 'heal' }
  | { readonly type: 'fill-disks' | 'free-disks' | 'take-file-handles' }
  | { readonly type: 'begin-flood' | 'end-flood' }
  | { readonly type: 'pause'; readonly milliseconds: number };

export interface Act {
  /** In words. */
  readonly says: string;
  readonly deeds: readonly Deed[];
  readonly holder: Holder;
  /** It goes on for at least this long, however soon it is settled. */
  readonly lastsMs: number;
  /** Of all times with two holders together; null: as it comes. */
  readonly twoMs: number | null;
  /** One time with two holders; null: as it comes. */
  readonly oneTwoMs: number | null;
  /** The longest time without a holder; null: as it comes. */
  readonly noneMs: number | null;
  /**
   * Both routers are well: where the machine gives its programs no processor for so long in all, a
   * master may lose its role, and take it back. Null: one of them is not, and nothing excuses two.
   */
  readonly stallMs: number | null;
}

export interface Fault {
  /** Unanswered probes in a row that say nothing. */
  readonly patience: number;
  /** False where the routers are to do without the guard in the kernel; they have it otherwise. */
  readonly guarded?: false;
  readonly acts: (setting: FaultSetting) => readonly Act[];
}

export interface FaultSetting {
  readonly mode: Mode;
  /** How long the fault lasts; longer where that is not enough for a take-over. */
  readonly seconds: number;
  readonly random: Random;
}

export const faultNames = [
  'kill',
  'kill-unguarded',
  'freeze',
  'stall',
  'flush',
  'address',
  'interface-down',
  'interface-deleted',
  'cable',
  'partition',
  'deaf-backup',
  'deaf-master',
  'loss',
  'disk-full',
  'no-handles',
  'flood',
] as const;
export type FaultName = (typeof faultNames)[number];

/** What a machine that is busy with something else may add to any time. */
const toleranceMs = 500;
/** How long after its lifetime an address may still be there. */
const kernelLatenessMs = 250;
const patience = { usual: 2, lossy: 6 } as const;

/**
 * What is done, and what may be seen of it. Where it is not said otherwise: never two holders,
 * and the address stays where it is.
 */
function act(
  says: string,
  deeds: readonly Deed[],
  holder: Holder,
  rest: Partial<Omit<Act, 'says' | 'deeds' | 'holder'>> = {},
): Act {
  const bounds = { lastsMs: 0, twoMs: 0, oneTwoMs: null, noneMs: toleranceMs, stallMs: null };
  return { says, deeds, holder, ...bounds, ...rest };
}

/** The address goes to the backup, which hears no more of the master. */
function takenOver(mode: Mode): Partial<Act> {
  return { noneMs: 1.25 * masterDownMs(mode) + toleranceMs };
}

/** The better router comes back and takes the address. */
function handedBack(mode: Mode): Partial<Act> {
  return { ...bothWell(mode), twoMs: handOverOverlapMs };
}

function bothWell(mode: Mode): Partial<Act> {
  return { stallMs: masterDownMs(mode) / 2 };
}

/**
 * Adverts are lost, by chance or because a router can't read them all, so that a backup may
 * take the master for dead. Both hold the address until the next advert of the better one gets
 * through: of ten in a row 30 % of loss take all once in 170,000 times.
 */
function deafened(mode: Mode): Partial<Act> {
  return {
    twoMs: null,
    oneTwoMs: 10 * mode.intervalMs + toleranceMs,
    noneMs: 1.25 * masterDownMs(mode) + toleranceMs,
  };
}

function separated(says: string, disturbance: Disturbance, holder: Holder): Fault {
  return {
    patience: patience.usual,
    acts: ({ mode, seconds }) => [
      act(says, [{ type: 'disturb', disturbance }], holder, {
        ...(holder === 'both' ? { twoMs: null } : bothWell(mode)),
        lastsMs: seconds * 1_000,
      }),
      act('healed', [{ type: 'heal' }], 'A', {
        ...bothWell(mode),
        twoMs: holder === 'both' ? 1.5 * mode.intervalMs + toleranceMs : 0,
        lastsMs: 4 * mode.intervalMs,
      }),
    ],
  };
}

/** Taken over, and handed back when it is over. */
function outage(says: readonly [string, string], deeds: readonly [RouterDeed, RouterDeed]): Fault {
  return {
    patience: patience.usual,
    acts: ({ mode, seconds }) => [
      act(says[0], [{ type: deeds[0], router: 'A' }], 'B', {
        ...takenOver(mode),
        lastsMs: seconds * 1_000,
      }),
      act(says[1], [{ type: deeds[1], router: 'A' }], 'A', handedBack(mode)),
    ],
  };
}

type RouterDeed = Extract<Deed, { readonly router: RouterLetter }>['type'];

const kill: Deed = { type: 'kill', router: 'A' };
const restart: Deed = { type: 'restart', router: 'A' };

/** The machines are in distress; the master goes on, and a backup takes over all the same. */
function distress(
  says: string,
  begin: Deed,
  end: readonly Deed[],
  bounds: (mode: Mode) => Partial<Act> = () => ({}),
): Fault {
  const floods = begin.type === 'begin-flood';
  const holder = floods ? 'either' : 'A';
  return {
    // A flood takes the room of other frames too.
    patience: floods ? patience.lossy : patience.usual,
    acts: ({ mode, seconds }) => [
      act(says, [begin], holder, {
        ...bothWell(mode),
        ...{ lastsMs: seconds * 1_000, ...bounds(mode) },
      }),
      act('and SIGKILL for the master', [kill], 'B', { ...takenOver(mode), ...bounds(mode) }),
      act('over, and started again', [...end, restart], 'A', handedBack(mode)),
    ],
  };
}

/** The most whole seconds within Master_Down_Interval, and one at least. */
function lifetimeSeconds(mode: Mode): number {
  return Math.max(1, Math.floor((2.5 * mode.intervalMs) / 1_000));
}

/** Without the guard what bounds it is the lifetime of the address, in whole seconds. */
const unguardedKill: Fault = {
  patience: patience.usual,
  guarded: false,
  acts: ({ mode, seconds }) => {
    const lifetimeMs = lifetimeSeconds(mode) * 1_000 + kernelLatenessMs;
    return [
      act('SIGKILL, lease_guard off', [kill], 'B', {
        ...takenOver(mode),
        twoMs: Math.max(0, lifetimeMs - masterDownMs(mode)),
        lastsMs: seconds * 1_000,
      }),
      act('started again', [restart], 'A', handedBack(mode)),
    ];
  },
};

export const faults: Readonly<Record<FaultName, Fault>> = {
  kill: outage(['SIGKILL', 'started again'], ['kill', 'restart']),
  'kill-unguarded': unguardedKill,
  freeze: outage(['SIGSTOP', 'SIGCONT'], ['freeze', 'wake']),
  // About as long as the lease and as Master_Down_Interval.
  stall: {
    patience: patience.usual,
    acts: ({ mode, random }) =>
      [1, 2, 3].map(() => {
        const milliseconds = (1.5 + 3 * random.next()) * mode.intervalMs;
        const deeds: readonly Deed[] = [
          { type: 'freeze', router: 'A' },
          { type: 'pause', milliseconds },
          { type: 'wake', router: 'A' },
        ];
        return act('SIGSTOP and soon SIGCONT', deeds, 'A', {
          ...takenOver(mode),
          ...handedBack(mode),
          lastsMs: 8 * mode.intervalMs,
        });
      }),
  },
  flush: {
    patience: patience.usual,
    acts: ({ mode, seconds }) => [
      act('nft flush ruleset', [{ type: 'flush-filters', router: 'A' }], 'A', {
        ...bothWell(mode),
        lastsMs: seconds * 1_000,
      }),
      act('and SIGKILL', [kill], 'B', takenOver(mode)),
      act('started again', [restart], 'A', handedBack(mode)),
    ],
  },
  address: {
    patience: patience.usual,
    acts: ({ mode, seconds }) => [
      act('ip address delete', [{ type: 'delete-address', router: 'A' }], 'A', {
        ...bothWell(mode),
        lastsMs: seconds * 1_000,
      }),
    ],
  },
  'interface-down': outage(['ip link set down', 'up'], ['interface-down', 'interface-up']),
  'interface-deleted': outage(['ip link delete', 'made again'], ['delete-interface', 'lay-cable']),
  cable: outage(['carrier lost', 'carrier back'], ['cable-down', 'cable-up']),
  partition: separated('partition, both ways', 'partition', 'both'),
  'deaf-backup': separated('backup hears no master', 'B deaf to A', 'both'),
  'deaf-master': separated('master hears no backup', 'A deaf to B', 'A'),
  loss: {
    patience: patience.lossy,
    acts: ({ mode, seconds }) => [
      act('30 % of all frames lost', [{ type: 'disturb', disturbance: 'loss' }], 'either', {
        lastsMs: seconds * 1_000,
        ...deafened(mode),
      }),
      act('healed', [{ type: 'heal' }], 'A', {
        ...bothWell(mode),
        twoMs: 1.5 * mode.intervalMs + toleranceMs,
      }),
    ],
  },
  'disk-full': distress('disks full', { type: 'fill-disks' }, [{ type: 'free-disks' }]),
  'no-handles': distress('no file handles', { type: 'take-file-handles' }, []),
  flood: distress(
    'flood of bad packets',
    { type: 'begin-flood' },
    [{ type: 'end-flood' }],
    // How long depends on what processor time it leaves to the routers.
    (mode) => ({ ...deafened(mode), oneTwoMs: null, noneMs: null }),
  ),
};
