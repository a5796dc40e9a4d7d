import type { Lab } from './lab.ts';

/** One black-box case: what is done and expected, and the doing of it. */
export interface Case {
  /** "TX-01" */
  readonly id: string;
  /** For people: what holds, in one line. */
  readonly what: string;
  /** Fails by throwing. Null: Baton does not do this; `because` says why. */
  readonly run: ((lab: Lab) => Promise<void>) | null;
  readonly because?: string;
  /** How long it may take, where that is more than 60 s. */
  readonly limitMs?: number;
}
