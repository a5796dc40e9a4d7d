/** What `baton cleanup` is asked for, and what came of it. */
import type { SweptThing } from '../ports/leftovers.ts';
import type { RunPlaces } from './run-places.ts';

export interface CleanUpRequest {
  readonly places: RunPlaces;
  /** Only tell what would be removed. */
  readonly dryRun: boolean;
}

export type CleanUpReport =
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'done'; readonly things: readonly SweptThing[] };
