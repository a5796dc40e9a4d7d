/** Baton's nftables table. */
import { constants } from 'node:os';
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { FirewallContent, KernelError } from '../ports/network.ts';
import { kernelError } from './libc.ts';
import type { LinkLookup } from './link-lookup.ts';

export interface Firewall {
  /** Makes the table say exactly this; with nothing to say it is taken away. */
  set(content: FirewallContent): KernelError | null;
  close(): void;
}

export function openFirewall(_options: {
  readonly links: LinkLookup;
}): Result<Firewall, KernelError> {
  return success({
    set: () => kernelError(constants.errno.ENOSYS, 'set firewall'),
    close: () => undefined,
  });
}
