/** What `baton status` shows: the core's state at one moment, without secrets. */
import type { AddressFamily } from './address.ts';
import type { ChecksumForm, VrrpVersion } from './advert.ts';
import type { ConflictCause } from './conflict.ts';
import type { DropReason } from './drop-reason.ts';

export type StateName = 'Initialize' | 'Backup' | 'Master' | 'Fault';

export type ServiceStateName =
  'searching' | 'starting' | 'running' | 'stopping' | 'testing' | 'failed';

export interface Snapshot {
  readonly instances: readonly InstanceSnapshot[];
  readonly scripts: readonly ScriptSnapshot[];
  readonly services: readonly ServiceSnapshot[];
  readonly groups: readonly GroupSnapshot[];
  readonly files: readonly FileSnapshot[];
  readonly processes: readonly ProcessSnapshot[];
  readonly guard: GuardSnapshot;
  /** Packets that belong to no instance, by reason. */
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
  /** Null: none is configured. */
  readonly sideChannel: SideChannelSnapshot | null;
}

/** What is known of other Batons by the side channel. */
export interface SideChannelSnapshot {
  readonly address: string;
  readonly port: number;
  /** Why it is not open; null: it is. */
  readonly failure: string | null;
  readonly peers: readonly SidePeerSnapshot[];
}

export interface SidePeerSnapshot {
  readonly address: string;
  readonly port: number;
  /** It was heard a short while ago, and hears this host. */
  readonly alive: boolean;
  /** Its part of each virtual router that both hosts have. */
  readonly counterparts: readonly CounterpartSnapshot[];
}

export interface CounterpartSnapshot {
  readonly instance: string;
  /** As the peer calls it. */
  readonly name: string;
  readonly state: StateName;
  readonly priority: number;
  readonly differences: readonly Difference[];
}

/** What is not the same on both hosts, although it has to be. */
export interface Difference {
  /** The keyword of the configuration. */
  readonly field: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Whether the kernel keeps this host from answering without a lease. */
export interface GuardSnapshot {
  /** `off`: `lease_guard off`, or nothing to guard. */
  readonly state: 'set' | 'off' | 'unavailable';
  /** Why it is not available. */
  readonly error: string | null;
}

export interface InstanceSnapshot {
  readonly name: string;
  readonly state: StateName;
  readonly version: VrrpVersion;
  readonly family: AddressFamily;
  /** Null in unicast without an interface. */
  readonly interface: string | null;
  /** The sync group that it belongs to. */
  readonly group: string | null;
  readonly virtualRouterId: number;
  readonly basePriority: number;
  readonly effectivePriority: number;
  readonly preempt: boolean;
  readonly sourceAddress: string | null;
  readonly transport: 'multicast' | 'unicast';
  /** Where its adverts go in unicast; empty in multicast. */
  readonly peers: readonly string[];
  /** Source and priority of the last advert of another master, preempted or not. */
  readonly master: { readonly address: string; readonly priority: number } | null;
  /** The last advert of anybody that was taken, whatever came of it. */
  readonly heard: {
    readonly address: string;
    readonly priority: number;
    readonly agoMs: number;
  } | null;
  readonly addresses: readonly { readonly address: string; readonly held: boolean }[];
  /** Why it is in Fault or waits in Initialize; empty otherwise. */
  readonly reasons: readonly string[];
  /** Milliseconds since the last transition. */
  readonly inStateForMs: number;
  readonly advertisementIntervalMs: number;
  /** What the Master_Down_Interval is reckoned from: in version 3 learned from the master. */
  readonly masterAdvertisementIntervalMs: number;
  readonly skewTimeMs: number;
  readonly masterDownIntervalMs: number;
  /** How long this host answers for its addresses, at most, after its last advert. */
  readonly answersForMs: number;
  /** Until the next advert of a Master, or until a Backup takes over; null: no such timer runs. */
  readonly nextTimeoutInMs: number | null;
  /** `baton pass` was asked for and it does not preempt until the master falls silent. */
  readonly passed: boolean;
  /** Other hosts that are, or would be, Master beside this one, while it lasts. */
  readonly conflicts: readonly ConflictSnapshot[];
  readonly counters: InstanceCounters;
}

export interface ConflictSnapshot {
  /** The likely cause. */
  readonly cause: ConflictCause;
  /** The other's IP address. */
  readonly with: string;
  readonly sinceMs: number;
}

export interface InstanceCounters {
  readonly advertsReceived: number;
  readonly advertsSent: number;
  readonly becameMaster: number;
  readonly releasedMaster: number;
  readonly priorityZeroReceived: number;
  readonly priorityZeroSent: number;
  readonly addressesRestored: number;
  /** How often another station was heard to have an address of ours, and was answered. */
  readonly addressClaims: number;
  readonly addressDefences: number;
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
  /** Adverts that were taken in spite of this. */
  readonly remarks: Readonly<Partial<Record<DropReason, number>>>;
  /** Which forms of the version 3 checksum were received. */
  readonly checksums: Readonly<Partial<Record<ChecksumForm, number>>>;
  /** Why it became Master the last time (RFC 6527 vrrpv3StatisticsNewMasterReason). */
  readonly newMasterReason: 'not-master' | 'priority' | 'preempted' | 'master-no-response';
}

export interface GroupSnapshot {
  readonly name: string;
  readonly state: StateName;
  readonly members: readonly string[];
}

export interface FileSnapshot {
  readonly name: string;
  /** Null: not read yet, not there, or no number. */
  readonly value: number | null;
}

export interface ProcessSnapshot {
  readonly name: string;
  readonly status: 'unknown' | 'up' | 'down';
  /** Null: not counted yet. */
  readonly count: number | null;
  /** Which delay runs before another status counts; null: none. */
  readonly pendingDelay: 'fork' | 'terminate' | null;
}

export interface ScriptSnapshot {
  readonly name: string;
  readonly status: 'unknown' | 'up' | 'down';
  readonly runs: number;
  /** Results in a row that speak against the status. */
  readonly contrary: number;
  /** Whether it runs now. */
  readonly running: boolean;
  readonly lastDetail: string;
}

export interface ServiceSnapshot {
  readonly name: string;
  readonly state: ServiceStateName;
  readonly status: 'unknown' | 'up' | 'down';
  readonly processId: number | null;
  readonly restarts: number;
  readonly detail: string;
}
