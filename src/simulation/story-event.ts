/** What the simulator tells as it plays: the same records as those of the lab. */

/** The two hosts of the story. The first is the better one, to which everything happens. */
export type HostName = 'A' | 'B';

export type StoryEvent =
  TimelineEvent | { readonly type: 'step'; readonly report: PlayedStep | SkippedStep };

export interface TimelineEvent {
  readonly type: 'timeline';
  /** Virtual time since the world began. */
  readonly atMs: number;
  readonly who: HostName | 'client' | 'lab';
  readonly text: string;
}

export interface SkippedStep {
  readonly step: string;
  readonly skipped: string;
}

/** What one step came to. Times are in milliseconds of virtual time. */
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
  /** A simulated client is never kept from running: 0. */
  readonly client_stalled_ms: number;
  readonly took_ms: number;
  readonly ok: boolean;
  /** What was wrong, the checkers' findings among it; empty when `ok`. */
  readonly faults: readonly string[];
}
