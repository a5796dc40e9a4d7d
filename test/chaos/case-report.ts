/** What a case tells when it is over; it crosses a pipe as JSON. */
import type { FaultName } from './faults.ts';
import type { ModeName } from './modes.ts';

export interface CaseOrder {
  readonly fault: FaultName;
  readonly mode: ModeName;
  /** How long the fault lasts. */
  readonly seconds: number;
  readonly seed: number;
}

export interface ActReport {
  readonly says: string;
  readonly lastedMs: number;
  /** All times with two holders together, and the longest of them. */
  readonly twoMs: number;
  readonly longestTwoMs: number;
  /** The longest time without a holder, and all of them together. */
  readonly noneMs: number;
  readonly allNoneMs: number;
  /** From the act to the end of the last time with two holders or none; 0: nothing was seen. */
  readonly recoveryMs: number;
  /** The observer's machine was busy elsewhere for so long. */
  readonly unseenMs: number;
  /** Rounds of probes that were sent. */
  readonly rounds: number;
  readonly faults: readonly string[];
}

export interface CaseReport {
  readonly order: CaseOrder;
  readonly acts: readonly ActReport[];
  /** Further figures, in words. */
  readonly notes: readonly string[];
  /** Why it could not be played to its end; null: it was. */
  readonly broken: string | null;
  /** What the routers printed, where something was wrong. */
  readonly logs: string;
}

export function isWell({ acts, broken }: CaseReport): boolean {
  return broken === null && acts.every(({ faults }) => faults.length === 0);
}
