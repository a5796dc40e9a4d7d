/** What virtual MAC addresses, routes, rules and fixed things make of a host. */
import { interfaceRows } from './held-interfaces.ts';
import { holdingTests } from './holdings.ts';

holdingTests('the kernel holds', interfaceRows);
