/** Notify FIFOs: named pipes that others read what Baton does from. */
import type { NotifyFifo } from '../model/config.ts';

export interface Fifos {
  /** Makes these the FIFOs and runs their scripts; what is unchanged stays open. Never throws. */
  open(fifos: readonly NotifyFifo[]): void;
  /** Writes one line, whole or not at all, to every FIFO; never blocks. */
  write(line: string): void;
  /** Removes the FIFOs and ends their scripts, which may read what was written until then. */
  close(): Promise<void>;
}
