/** Takes the lines of a recording to where they are written, without waiting for that. */
import type { RecordingEndReason } from '../model/recording.ts';

export interface RecordingSink {
  /**
   * Takes whole lines over. `full`: more waits to be written than may; `closed`: nothing can be
   * written any more. Then they are lost, and nothing is to follow but `end`.
   */
  take(text: string): 'taken' | 'full' | 'closed';
  /** The last line; it is taken however much waits. */
  end(text: string, reason: RecordingEndReason): void;
}
