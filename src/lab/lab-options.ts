/** What is to be played. */
import type { Pair } from './pair.ts';

export interface LabOptions {
  readonly pair: Pair;
  /** Names of steps; null: all of them. */
  readonly steps: readonly string[] | null;
  /** How long a step may take to come to its end. */
  readonly patienceMs: number;
  /** Stay up after the story until the lab is interrupted. */
  readonly keep: boolean;
}

export const patienceMs = 20_000;
