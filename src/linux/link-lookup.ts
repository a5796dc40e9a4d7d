import type { InterfaceName } from '../model/address.ts';

/** The kernel's numbers of the links that are there now. */
export interface LinkLookup {
  /** Null where there is no such link, as far as the kernel has told. */
  indexOf(name: InterfaceName): number | null;
  nameOf(index: number): InterfaceName | null;
}
