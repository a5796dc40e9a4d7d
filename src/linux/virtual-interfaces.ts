/** Interfaces that Baton makes, and the sysctls around them. */
import { constants } from 'node:os';
import type { Result } from '../base/result.ts';
import { failure, success } from '../base/result.ts';
import type { InterfaceName, IpAddress, Ipv6Address, MacAddress } from '../model/address.ts';
import { ipv6FromGroups, isIpv6 } from '../model/address.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import type { KernelError } from '../ports/network.ts';
import { emitHoldAddress, requestLimit } from '../wire/rtnetlink-request.ts';
import type { LinkProperties } from '../wire/rtnetlink-link.ts';
import {
  emitDeleteLink,
  emitGetLink,
  emitLinkUp,
  emitNewVirtualLink,
  emitNoGeneratedAddress,
  emitOwnAlias,
  ipvlanFlags,
  ipvlanL2,
  macvlanPrivate,
  parseLinkProperties,
} from '../wire/rtnetlink-link.ts';
import { setUpOwnParameters, SurroundingParameters } from './interface-sysctls.ts';
import { kernelError } from './libc.ts';
import type { LinkLookup } from './link-lookup.ts';
import type { NetlinkExchange } from './netlink-exchange.ts';
import { openNetlinkExchange } from './netlink-exchange.ts';
import { SysctlChanges } from './sysctl-changes.ts';
import type { SysctlLedger } from './sysctl-ledger.ts';

const { errno } = constants;

interface MadeInterface {
  readonly virtual: VirtualInterface;
  readonly index: number;
  /** The kernel's number of the interface below. */
  readonly baseIndex: number;
}

interface VirtualInterfacesOptions {
  readonly links: LinkLookup;
  readonly ledger: SysctlLedger;
}

export class VirtualInterfaces {
  readonly #links: LinkLookup;
  readonly #exchange: NetlinkExchange;
  readonly #made = new Map<InterfaceName, MadeInterface>();
  readonly #surrounding: SurroundingParameters;
  readonly #promoted: SysctlChanges;

  constructor(options: VirtualInterfacesOptions & { readonly exchange: NetlinkExchange }) {
    this.#links = options.links;
    this.#exchange = options.exchange;
    this.#surrounding = new SurroundingParameters(options.ledger);
    this.#promoted = new SysctlChanges(options.ledger);
  }

  /** What a failure leaves half made is taken away again. */
  create(virtual: VirtualInterface): KernelError | null {
    const { name, base } = virtual;
    const call = `create interface ${name} on ${base}`;
    const baseIndex = this.#links.indexOf(base);
    if (baseIndex === null) return kernelError(errno.ENODEV, call);
    const there = this.#find(name);
    if (!there.ok) return there.error;
    if (there.value !== null) {
      const difference = differenceOf(virtual, baseIndex, there.value);
      if (difference !== null) {
        return kernelError(errno.EEXIST, `${call}: there is one already, ${difference}`);
      }
    } else {
      const request = emitNewVirtualLink(this.#exchange.takeSequence(), virtual, baseIndex);
      const made = this.#exchange.send(request, call);
      if (!made.ok) return made.error;
    }
    const found = there.value === null ? this.#find(name) : there;
    if (!found.ok) return found.error;
    if (found.value === null) return kernelError(errno.ENODEV, call);
    const sequence = this.#exchange.takeSequence();
    const marked = this.#exchange.send(emitOwnAlias(sequence, found.value.index), call);
    if (!marked.ok) return marked.error;
    this.#made.set(name, { virtual, index: found.value.index, baseIndex });
    const error = this.#setUp(virtual, found.value.index);
    if (error !== null) this.delete(name);
    return error;
  }

  /** Takes it away, and restores what only it needed. ENODEV: Baton has not made it. */
  delete(name: InterfaceName): KernelError | null {
    const made = this.#made.get(name);
    const call = `delete interface ${name}`;
    if (made === undefined) return kernelError(errno.ENODEV, call);
    const deleted = this.#exchange.send(
      emitDeleteLink(this.#exchange.takeSequence(), made.index),
      call,
    );
    // One that is gone already, with the interface below it, is no error.
    if (!deleted.ok && deleted.error.code !== 'ENODEV') return deleted.error;
    this.#made.delete(name);
    if (made.virtual.kind.type === 'macvlan') this.#surrounding.leave(made.virtual.base, name);
    return null;
  }

  /** The number of the interface below a macvlan that Baton has made; null: it is none. */
  belowMacvlan(name: InterfaceName): number | null {
    const made = this.#made.get(name);
    return made?.virtual.kind.type === 'macvlan' ? made.baseIndex : null;
  }

  /** `promote_secondaries`: an address that goes does not take those of its network with it. */
  promoteSecondaries(name: InterfaceName): KernelError | null {
    if (this.#links.indexOf(name) === null) {
      return kernelError(errno.ENODEV, `promote secondaries of ${name}`);
    }
    return this.#promoted.set(`ipv4/conf/${name}/promote_secondaries`, '1');
  }

  /** Takes all interfaces away, the youngest first, and restores what was changed. */
  close(): void {
    for (const name of [...this.#made.keys()].toReversed()) this.delete(name);
    this.#promoted.restore();
    this.#exchange.close();
  }

  /** Null: there is none of that name. */
  #find(name: InterfaceName): Result<LinkProperties | null, KernelError> {
    const call = `look for interface ${name}`;
    const answer = this.#exchange.send(emitGetLink(this.#exchange.takeSequence(), name), call);
    if (!answer.ok) return answer.error.code === 'ENODEV' ? success(null) : answer;
    for (const datagram of answer.value) {
      const link = parseLinkProperties(datagram);
      if (link !== null) return success(link);
    }
    return failure(kernelError(errno.EBADMSG, call));
  }

  /** All that has to be before it comes up is done before. */
  #setUp(virtual: VirtualInterface, index: number): KernelError | null {
    const { name, base, kind } = virtual;
    const call = `set up interface ${name}`;
    const plain = this.#exchange.send(
      emitNoGeneratedAddress(this.#exchange.takeSequence(), index),
      call,
    );
    // EAFNOSUPPORT: a kernel without IPv6 generates none.
    if (!plain.ok && plain.error.code !== 'EAFNOSUPPORT') return plain.error;
    const error =
      setUpOwnParameters(virtual) ??
      (kind.type !== 'macvlan' ? null : this.#surrounding.enter(base, name)) ??
      this.#up(virtual, index);
    if (error !== null) return error;
    const linkLocal = virtual.family === 'IPv6' ? this.#linkLocal(virtual) : null;
    return (
      (linkLocal === null ? null : this.#addAddress(index, linkLocal, name)) ??
      (kind.type === 'ipvlan' && kind.address !== null && kind.address !== linkLocal
        ? this.#addAddress(index, kind.address, name)
        : null) ??
      (virtual.notify ? this.#up(virtual, index) : null)
    );
  }

  #up({ name, group }: VirtualInterface, index: number): KernelError | null {
    const request = emitLinkUp(this.#exchange.takeSequence(), index, group);
    const up = this.#exchange.send(request, `set interface ${name} up`);
    return up.ok ? null : up.error;
  }

  /**
   * One of its own for every router and virtual router: two routers must not have the same on
   * one link, and a host must not have the one of the interface below twice.
   */
  #linkLocal({ base, linkLocal, name }: VirtualInterface): Ipv6Address | null {
    if (linkLocal !== null) return linkLocal;
    const below = this.#find(base);
    const own = this.#find(name);
    const baseMac = below.ok ? (below.value?.macAddress ?? null) : null;
    if (baseMac === null) return null;
    const virtualMac = own.ok ? (own.value?.macAddress ?? null) : null;
    return linkLocalOf(baseMac, virtualMac);
  }

  #addAddress(index: number, address: IpAddress, name: InterfaceName): KernelError | null {
    const octets = new Uint8Array(requestLimit);
    const length = emitHoldAddress(new DataView(octets.buffer), 0, {
      sequence: this.#exchange.takeSequence(),
      index,
      address,
      prefixLength: isIpv6(address) ? 64 : 32,
      peer: null,
      scope: 0,
      label: null,
      broadcast: null,
      flags: [],
      detectDuplicates: false,
      lifetimeSeconds: null,
      preferredSeconds: null,
    });
    const call = `put ${address} on ${name}`;
    const added = this.#exchange.send(octets.subarray(0, length), call);
    return added.ok ? null : added.error;
  }
}

/**
 * fe80:: and the interface below's MAC address as RFC 4291 appendix A expands it, but with the
 * last two octets of the virtual MAC address in the middle, where that has ff:fe.
 */
function linkLocalOf(below: MacAddress, virtualMac: MacAddress | null): Ipv6Address {
  const octets = below.split(':').map((octet) => parseInt(octet, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = octets;
  const virtual = (virtualMac ?? below).split(':').map((octet) => parseInt(octet, 16));
  const [, , , , y = 0, z = 0] = virtual;
  const groups = [((a ^ 2) << 8) | b, (c << 8) | y, (z << 8) | d, (e << 8) | f];
  return ipv6FromGroups([0xfe80, 0, 0, 0, ...groups]);
}

/** In what a link of that name is not the one that is wanted; null: in nothing. */
function differenceOf(
  { kind }: VirtualInterface,
  baseIndex: number,
  link: LinkProperties,
): string | null {
  if (link.kind !== kind.type) return `of kind ${link.kind ?? 'unknown'}, not ${kind.type}`;
  if (link.base !== baseIndex) return `on interface ${link.base ?? 0}, not ${baseIndex}`;
  const mode = kind.type === 'macvlan' ? macvlanPrivate : ipvlanL2;
  if (link.mode !== mode) return `in mode ${link.mode ?? 0}, not ${mode}`;
  if (kind.type === 'macvlan') {
    if (link.macAddress === kind.macAddress) return null;
    return `with MAC address ${link.macAddress ?? 'unknown'}, not ${kind.macAddress}`;
  }
  const flags = ipvlanFlags[kind.mode];
  return (link.modeFlags ?? 0) === flags
    ? null
    : `with flags ${link.modeFlags ?? 0}, not ${flags} (${kind.mode})`;
}

export function openVirtualInterfaces(
  options: VirtualInterfacesOptions,
): Result<VirtualInterfaces, KernelError> {
  const exchange = openNetlinkExchange('route');
  if (!exchange.ok) return exchange;
  return success(new VirtualInterfaces({ ...options, exchange: exchange.value }));
}
