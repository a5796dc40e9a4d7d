/** What lines of routes and rules are read with, beside their own words. */
import type { AddressFamily } from '../model/address.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import type { RoutingNames } from './routing-names.ts';

export interface RoutingContext {
  readonly names: RoutingNames;
  readonly collector: DiagnosticCollector;
  /** Whether the line stands in `static_...`, where a `track_group` may stand too. */
  readonly fixed: boolean;
  /** One for the whole configuration. */
  readonly rulePriorities: RulePriorities;
}

/** The priorities of rules that name none: 16384 and down, each family by itself. */
export class RulePriorities {
  readonly #next: Record<AddressFamily, number> = { IPv4: 16384, IPv6: 16384 };

  take(family: AddressFamily): number {
    const priority = this.#next[family];
    this.#next[family] -= 1;
    return priority;
  }
}
