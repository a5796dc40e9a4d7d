/** Files whose first number says how well something is. */
import type { FileConfig } from '../model/config.ts';

/** `value` null: the file is not there, or begins with no number. */
export type FileReport = (name: string, value: number | null) => void;

export interface TrackedFiles {
  /**
   * Writes the initial values of files that were not watched before, then reports the
   * value of each, now and whenever it changes. Replaces what was watched.
   */
  watch(files: readonly FileConfig[], report: FileReport): void;
  close(): void;
}
