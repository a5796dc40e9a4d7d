/**
 * Why a virtual router changed its state, with what was known at that moment: for a program that
 * wants to know, and for the words that people get. Times are milliseconds, and before the
 * transition.
 */
import type { StateName } from './snapshot.ts';

export type Cause =
  | { readonly type: 'started' }
  | { readonly type: 'owner-started' }
  /** It goes on with the addresses of an earlier run, which had renewed them so long before. */
  | { readonly type: 'inherited'; readonly renewedMs: number }
  /** It is as the Baton was whose place this one has taken. */
  | { readonly type: 'succeeded' }
  | MasterSilent
  | Outranked
  | { readonly type: 'fault'; readonly faults: readonly string[] }
  /** `faults` are those that are gone. */
  | { readonly type: 'mended'; readonly faults: readonly string[]; readonly faultMs: number }
  /** By command, or since another Baton has taken over; `to`: that one's address. */
  | { readonly type: 'passed'; readonly to: string | null }
  /** The Master has asked for it over the side channel, from this address. */
  | { readonly type: 'handed-over'; readonly by: string }
  /**
   * It slept past the moment at which it lost its right to the addresses; null: the kernel saw
   * that its adverts did not leave in time.
   */
  | { readonly type: 'lease-lapsed'; readonly lateMs: number | null }
  | GroupMoved
  /** `removed`: the configuration has it no more; else Baton stops. */
  | { readonly type: 'stopped'; readonly removed: boolean };

/** Master_Down_Timer fired. */
export interface MasterSilent {
  readonly type: 'master-silent';
  /** Who was master, as it was last heeded; null: nobody since this one became Backup. */
  readonly master: Speaker | null;
  /** The master has said that it leaves (priority 0). */
  readonly resigned: boolean;
  /** Who goes on as master with a lower priority, and is preempted. */
  readonly preempted: Speaker | null;
  /** Since the last advert of whomever; null: none came since this one became Backup. */
  readonly heardMs: number | null;
  readonly backupMs: number;
  readonly priority: number;
  /** What it has waited for: the Master_Down_Interval, in its parts. */
  readonly advertisementIntervalMs: number;
  readonly downTimerAdverts: number;
  readonly skewTimeMs: number;
}

export interface Speaker {
  readonly address: string;
  readonly priority: number;
}

/** A better advert was received. */
export interface Outranked {
  readonly type: 'outranked';
  readonly by: Speaker;
  /** What this one had to show for itself: what it advertised, and is configured to. */
  readonly priority: number;
  readonly basePriority: number;
  readonly address: string | null;
}

/** Another member of the sync group has moved first. */
export interface GroupMoved {
  readonly type: 'group';
  readonly group: string;
  readonly member: string;
  readonly state: Extract<StateName, 'Master' | 'Backup'>;
}
