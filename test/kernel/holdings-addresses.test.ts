/** What each word of an address line makes of the address in the kernel. */
import { addressRows } from './held-addresses.ts';
import { holdingTests } from './holdings.ts';

holdingTests('the kernel holds addresses', addressRows);
