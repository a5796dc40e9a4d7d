import type { Snapshot } from '../model/snapshot.ts';
import type { JournalLine } from '../ports/journal.ts';
import type {
  Identity,
  PassOutcome,
  ReloadOutcome,
  SucceedRequest,
  SuccessionOutcome,
  UpgradeOutcome,
} from './contract.ts';

/** The running Baton as the control socket sees it. */
export interface ControlTarget {
  readonly identity: Identity;
  readonly journal: JournalSource;
  snapshot(): Promise<Snapshot>;
  /** Hands mastership over; null: of every instance that is Master. */
  pass(instance: string | null): Promise<PassOutcome>;
  /** Null: Baton's own configuration; else that of a service. */
  reload(service: string | null): Promise<ReloadOutcome>;
  upgrade(): Promise<UpgradeOutcome>;
  /** Where it gives way nothing is done any more but to tell so; `told` has to follow. */
  giveWay(request: SucceedRequest): Promise<SuccessionOutcome>;
  /** The successor has been told, or is gone. */
  told(): void;
  /** Begins to stop, and returns at once. */
  stop(): void;
}

interface JournalSource {
  /** The lines that are kept, oldest first; with `after` those of a greater sequence number. */
  lines(options: { readonly after?: number }): readonly JournalLine[];
  /** Calls the listener with each new line until the function that it returns is called. */
  subscribe(listener: (line: JournalLine) => void): () => void;
}
