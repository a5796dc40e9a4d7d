/** What the lab tells as it plays: lines of JSON from its inside to its outside. */
import type { HostName } from './pair.ts';

export type StoryEvent =
  | TimelineEvent
  | { readonly type: 'step'; readonly report: StepReport }
  /** The story has been played and the lab stays up. */
  | { readonly type: 'kept'; readonly machines: readonly KeptMachine[] }
  /** The lab itself could not be built or has broken down. */
  | { readonly type: 'broken'; readonly reason: string };

export interface TimelineEvent {
  readonly type: 'timeline';
  /** Since the lab was entered. */
  readonly atMs: number;
  readonly who: HostName | 'client' | 'lab';
  readonly text: string;
}

export interface KeptMachine {
  readonly name: string;
  /** Its first process, as the reader's process namespace numbers it. */
  readonly initId: number;
}

export type StepReport = PlayedStep | SkippedStep;

interface SkippedStep {
  readonly step: string;
  /** Why it is not played with this pair. */
  readonly skipped: string;
}

/** The object that `--json` prints for a step. */
export interface PlayedStep {
  readonly step: string;
  readonly title: string;
  /** Who had the address at the end; null when nobody or more than one had it. */
  readonly holder: HostName | null;
  readonly expected_holder: HostName;
  /** Who answers the client at the end; null when nobody does. */
  readonly answering: HostName | null;
  readonly holders_max: number;
  readonly overlap_ms: number;
  /** The longest time without a good HTTP answer. */
  readonly outage_ms: number;
  readonly udp_outage_ms: number;
  readonly budget_ms: number;
  readonly requests: number;
  readonly failed_requests: number;
  readonly udp_failed_requests: number;
  /** Good HTTP answers by the host that gave them. */
  readonly answers: Readonly<Record<string, number>>;
  /** Time in which the client itself could not run, and measured nothing. */
  readonly client_stalled_ms: number;
  readonly took_ms: number;
  readonly ok: boolean;
  /** What was wrong; empty when `ok`. */
  readonly faults: readonly string[];
}
