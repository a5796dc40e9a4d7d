/**
 * What a running Baton hands to the one that takes its place (`baton upgrade`): all that the
 * configuration and the kernel do not say. Plain data, without secrets. Moments are of
 * CLOCK_MONOTONIC, which both have in common.
 */
import type { Duration, Instant } from '../base/units.ts';
import type { IpAddress } from './address.ts';
import type { Priority } from './advert.ts';
import type { Lease } from './lease.ts';
import type { InstanceCounters, StateName } from './snapshot.ts';

/** Raised with every change that an older or newer Baton would misread. */
export const successionFormat = 1;

export interface Succession {
  /** Before this no virtual router begins (`vrrp_startup_delay`). */
  readonly beginsAt: Instant;
  readonly instances: readonly InstanceStanding[];
  readonly groups: readonly { readonly name: string; readonly state: StateName }[];
  readonly scripts: readonly ScriptStanding[];
  readonly services: readonly ServiceStanding[];
  readonly files: readonly { readonly name: string; readonly value: number | null }[];
  readonly processes: readonly { readonly name: string; readonly status: TrackedStanding }[];
}

export type TrackedStanding = 'unknown' | 'up' | 'down';

/** One virtual router. */
export interface InstanceStanding {
  readonly name: string;
  /** By which others know it; where it is another by now, the rest says nothing of it. */
  readonly identity: string;
  readonly since: Instant;
  readonly effectivePriority: Priority;
  readonly contributions: readonly { readonly subject: string; readonly weight: number }[];
  readonly state: MasterStanding | BackupStanding | FaultStanding | { readonly name: 'Initialize' };
  readonly lastAdvert: { readonly from: Speaker; readonly at: Instant } | null;
  readonly signatures: SignatureStanding;
  readonly counters: InstanceCounters;
}

/** Its addresses, routes and rules stand in the kernel, and so does its lease, if it has one. */
export interface MasterStanding {
  readonly name: 'Master';
  readonly advertAt: Instant;
  readonly leaseEndsAt: Instant;
  readonly lease: Lease | null;
  readonly secondBurstAt: Instant | null;
  readonly lowerPriorityBurstAt: Instant | null;
  readonly refreshAt: Instant | null;
  readonly extraAt: Instant | null;
  readonly predecessor: { readonly source: IpAddress | null; readonly until: Instant } | null;
}

export interface BackupStanding {
  readonly name: 'Backup';
  readonly masterDownAt: Instant;
  readonly masterInterval: Duration;
  readonly master: Speaker | null;
  readonly preempted: (Speaker & Heard) | null;
  readonly preemptAt: Instant | null;
  readonly resigned: boolean;
  readonly passed: boolean;
  readonly passedTo: Priority | null;
  readonly wantsMaster: boolean;
}

export interface FaultStanding {
  readonly name: 'Fault';
  readonly faults: readonly string[];
  readonly subjects: readonly string[];
}

interface Speaker {
  readonly priority: Priority;
  readonly address: IpAddress;
}

interface Heard {
  readonly interval: Duration;
  readonly heardAt: Instant;
}

/** The sequence numbers that others hold it to, and that it holds others to. */
export interface SignatureStanding {
  readonly heardSequence: number;
  readonly usedSequence: number;
  readonly counter: number;
  /** By sender, seconds since 1970 and the counter of its last advert. */
  readonly senders: readonly (readonly [
    string,
    { readonly time: number; readonly counter: number },
  ])[];
}

export interface ScriptStanding {
  readonly name: string;
  readonly status: TrackedStanding;
  readonly decided: boolean;
  readonly contrary: number;
  readonly runs: number;
  readonly lastDetail: string;
  /** When it runs next; a run that is under way ends with the old Baton, and is begun anew. */
  readonly runAt: Instant;
}

export interface ServiceStanding {
  readonly name: string;
  readonly status: TrackedStanding;
  /** Null: it is not known to run. */
  readonly processId: number | null;
  /** Of a service that has failed: when it is tried again. */
  readonly retryAt: Instant | null;
  readonly restarts: readonly Instant[];
  readonly restartCount: number;
  readonly detail: string;
}
