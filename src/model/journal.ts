/** One line of the story that `baton events` tells. */
import type { ServiceStateName, StateName } from './snapshot.ts';

export type JournalEntry =
  | {
      readonly kind: 'transition';
      readonly instance: string;
      readonly from: StateName;
      readonly to: StateName;
      readonly reason: string;
      readonly priority: number;
    }
  | {
      readonly kind: 'priority';
      readonly instance: string;
      readonly from: number;
      readonly to: number;
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
  | { readonly kind: 'config'; readonly detail: string };
