/** Interfaces that Baton makes, and the sysctls around them. */
import { constants } from 'node:os';
import type { Result } from '../base/result.ts';
import { success } from '../base/result.ts';
import type { InterfaceName } from '../model/address.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import type { KernelError } from '../ports/network.ts';
import { kernelError } from './libc.ts';
import type { LinkLookup } from './link-lookup.ts';

export interface VirtualInterfaces {
  create(virtual: VirtualInterface): KernelError | null;
  delete(name: InterfaceName): KernelError | null;
  promoteSecondaries(name: InterfaceName): KernelError | null;
  /** Restores what was changed, and closes what is open. */
  close(): void;
}

export function openVirtualInterfaces(_options: {
  readonly links: LinkLookup;
}): Result<VirtualInterfaces, KernelError> {
  return success({
    create: () => kernelError(constants.errno.ENOSYS, 'create interface'),
    delete: () => kernelError(constants.errno.ENOSYS, 'delete interface'),
    promoteSecondaries: () => kernelError(constants.errno.ENOSYS, 'promote secondaries'),
    close: () => undefined,
  });
}
