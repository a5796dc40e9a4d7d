/** Which interfaces an instance makes, and which addresses live on them. */
import { familyOf, type InterfaceName, type IpAddress } from '../model/address.ts';
import type { InstanceConfig, VirtualAddress } from '../model/config.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import type { BuiltAddresses } from './build-address.ts';
import {
  buildAddressInterface,
  buildVirtualMac,
  type VirtualInterfaceNames,
  type VirtualMacContext,
} from './build-virtual-mac.ts';
import { complainIgnored, type InstanceContext, type InstanceKind } from './instance-context.ts';

type Addresses = Pick<InstanceConfig, 'virtualAddresses' | 'excludedAddresses'>;
type Placed = Addresses & Pick<InstanceConfig, 'virtualMac' | 'addressInterfaces'>;

export interface VirtualPlace extends InstanceKind {
  readonly interface: InterfaceName | null;
  readonly virtualRouterId: number | null;
  readonly sourceAddress: IpAddress | null;
}

/**
 * An address that names no interface lives on the instance's own one; with `use_vmac` of
 * its own, or `use_vmac_addr` where it is of another interface or family, on one of its own.
 */
export function buildVirtualInterfaces(
  context: InstanceContext & { readonly names: VirtualInterfaceNames },
  place: VirtualPlace,
  built: { readonly told: BuiltAddresses; readonly excluded: BuiltAddresses },
  addresses: Addresses,
): Placed {
  const { settings, defaults, names, collector } = context;
  const { interface: base, virtualRouterId } = place;
  if (base === null || virtualRouterId === null) {
    for (const keyword of ['use_vmac_addr', 'vmac_xmit_base']) {
      if (base === null) complainIgnored(context, keyword, 'without an interface');
    }
    return { ...addresses, virtualMac: null, addressInterfaces: [] };
  }
  const inner: VirtualMacContext = {
    instance: context.name,
    interface: base,
    virtualRouterId,
    family: place.family,
    unicast: place.unicast,
    sourceAddress: place.sourceAddress,
    prefix: defaults.virtualMacPrefix,
    addressPrefix: defaults.addressMacPrefix,
    names,
    collector,
  };
  const virtualMac = buildVirtualMac(settings, inner);
  const addressInterfaces: VirtualInterface[] = [];
  const everywhere = settings.has('use_vmac_addr');
  const placeOne = (address: VirtualAddress): VirtualAddress => {
    const { told, excluded } = built;
    const words = told.virtual.get(address) ?? excluded.virtual.get(address);
    const given = told.placed.has(address) || excluded.placed.has(address);
    const family = familyOf(address.address);
    const foreign = (given && address.interface !== base) || family !== place.family;
    if (words !== undefined || (everywhere && foreign)) {
      const own = { words: words ?? [], interface: address.interface, family };
      const made = buildAddressInterface(own, inner);
      if (made === null) return address;
      if (made.created) addressInterfaces.push(made.virtual);
      return { ...address, interface: made.virtual.name };
    }
    return virtualMac === null || given
      ? address
      : { ...address, interface: virtualMac.virtual.name };
  };
  return {
    virtualAddresses: addresses.virtualAddresses.map(placeOne),
    excludedAddresses: addresses.excludedAddresses.map(placeOne),
    virtualMac,
    addressInterfaces,
  };
}
