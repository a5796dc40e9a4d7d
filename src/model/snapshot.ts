/** What `baton status` shows: the core's state at one moment, without secrets. */
import type { DropReason } from './drop-reason.ts';

export type StateName = 'Initialize' | 'Backup' | 'Master' | 'Fault';

export type ServiceStateName =
  'searching' | 'starting' | 'running' | 'stopping' | 'testing' | 'failed';

export interface Snapshot {
  readonly instances: readonly InstanceSnapshot[];
  readonly scripts: readonly ScriptSnapshot[];
  readonly services: readonly ServiceSnapshot[];
  /** Packets that belong to no instance, by reason. */
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
}

export interface InstanceSnapshot {
  readonly name: string;
  readonly state: StateName;
  readonly interface: string;
  readonly virtualRouterId: number;
  readonly basePriority: number;
  readonly effectivePriority: number;
  readonly preempt: boolean;
  readonly sourceAddress: string | null;
  /** Source and priority of the last advert of another master, preempted or not. */
  readonly master: { readonly address: string; readonly priority: number } | null;
  readonly addresses: readonly { readonly address: string; readonly held: boolean }[];
  /** Why it is in Fault or waits in Initialize; empty otherwise. */
  readonly reasons: readonly string[];
  /** Milliseconds since the last transition. */
  readonly inStateForMs: number;
  readonly advertisementIntervalMs: number;
  readonly skewTimeMs: number;
  readonly masterDownIntervalMs: number;
  /** `baton pass` was asked for and it does not preempt until the master falls silent. */
  readonly passed: boolean;
  readonly counters: InstanceCounters;
}

export interface InstanceCounters {
  readonly advertsReceived: number;
  readonly advertsSent: number;
  readonly becameMaster: number;
  readonly releasedMaster: number;
  readonly priorityZeroReceived: number;
  readonly priorityZeroSent: number;
  readonly addressesRestored: number;
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
}

export interface ScriptSnapshot {
  readonly name: string;
  readonly status: 'unknown' | 'up' | 'down';
  readonly runs: number;
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
