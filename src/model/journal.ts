/**
 * One line of the story that `baton events` tells. What led to it is told by links between lines;
 * see JournalLine.
 */
import type { Cause } from './cause.ts';
import type { ConflictCause } from './conflict.ts';
import type { Difference, ServiceStateName, StateName } from './snapshot.ts';

export type JournalEntry =
  | {
      readonly kind: 'transition';
      readonly instance: string;
      readonly from: StateName;
      readonly to: StateName;
      /** The cause in a few words. */
      readonly reason: string;
      readonly priority: number;
      readonly cause: Cause;
    }
  | {
      readonly kind: 'priority';
      readonly instance: string;
      readonly from: number;
      readonly to: number;
      /** What of it has changed: each tracked thing by what it adds, the configuration's own. */
      readonly changes: readonly PriorityChange[];
    }
  | {
      readonly kind: 'address-restored';
      readonly instance: string;
      readonly address: string;
      readonly interface: string;
    }
  /** Something else that Baton keeps was taken away by others; null: it is no instance's. */
  | {
      readonly kind: 'restored';
      readonly instance: string | null;
      readonly what: 'address' | 'route' | 'rule';
      /** "192.0.2.5 on eth0", or the line of the configuration. */
      readonly subject: string;
    }
  | {
      readonly kind: 'group';
      readonly group: string;
      readonly from: StateName;
      readonly to: StateName;
    }
  | { readonly kind: 'file'; readonly file: string; readonly value: number }
  | {
      readonly kind: 'process';
      readonly process: string;
      readonly up: boolean;
      readonly detail: string;
    }
  | {
      readonly kind: 'script';
      readonly script: string;
      readonly up: boolean;
      readonly detail: string;
    }
  | {
      readonly kind: 'service';
      readonly service: string;
      readonly state: ServiceStateName;
      readonly detail: string;
    }
  /** An interface that is used here. */
  | {
      readonly kind: 'link';
      readonly interface: string;
      readonly state: 'up' | 'down' | 'gone';
    }
  /** Another host has an address of this interface. */
  | { readonly kind: 'duplicate'; readonly interface: string; readonly address: string }
  /** Another host is, or would be, Master beside this one; or is so no more. */
  | {
      readonly kind: 'conflict';
      readonly instance: string;
      readonly state: 'seen' | 'ended';
      readonly cause: ConflictCause;
      /** Its IP address. */
      readonly with: string;
      /** Whether this host is Master at that moment. */
      readonly whileMaster: boolean;
    }
  /** The operator's; null: of every instance. */
  | {
      readonly kind: 'command';
      readonly command: 'pass' | 'stop';
      readonly instance: string | null;
    }
  | { readonly kind: 'config'; readonly detail: string }
  /** Another Baton is heard by the side channel, or no longer. */
  | { readonly kind: 'side-peer'; readonly peer: string; readonly alive: boolean }
  /** What differs between a virtual router here and at a peer, all of it; none: it agrees again. */
  | {
      readonly kind: 'differences';
      readonly instance: string;
      readonly peer: string;
      readonly differences: readonly Difference[];
    }
  /** Mastership was offered to a peer, who has taken it or has not. */
  | {
      readonly kind: 'hand-over';
      readonly instance: string;
      readonly peer: string;
      readonly outcome: 'taken' | 'not-taken';
      readonly detail: string;
    };

/** What something added to a priority, and adds now. */
export interface PriorityChange {
  /** "script check", or "configuration" for what is configured. */
  readonly subject: string;
  readonly from: number;
  readonly to: number;
}
