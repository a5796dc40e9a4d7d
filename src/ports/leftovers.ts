/** What a Baton that was killed has left in the kernel, where it bears Baton's mark. */
import type { InterfaceName } from '../model/address.ts';
import type { VirtualAddress } from '../model/config.ts';
import type { Route, Rule } from '../model/route.ts';

/** What is wanted, whether it is there or not. */
export interface Kept {
  readonly addresses: readonly VirtualAddress[];
  readonly interfaces: readonly InterfaceName[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  /** Names of nftables tables. */
  readonly tables: readonly string[];
}

export const nothingKept: Kept = {
  addresses: [],
  interfaces: [],
  routes: [],
  rules: [],
  tables: [],
};

export interface SweptThing {
  /** For people: "route 198.51.100.0/24". */
  readonly what: string;
  /** Why it is still there; null: it is gone. */
  readonly error: string | null;
}
