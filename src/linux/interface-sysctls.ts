/**
 * The kernel parameters that interfaces of Baton's own need around them.
 *
 * Of IPv4: each interface answers ARP for the addresses that it bears itself, and no
 * other does, so that a virtual address is never bound to a physical MAC address
 * (RFC 9568 section 8.1.2). Packets come in by the macvlan and leave by the interface
 * below, so the check of the reverse path must not be made on the macvlan; the kernel
 * makes the stricter of `all` and the interface's, so `all` becomes 0, and every other
 * interface gets what `all` had demanded of it.
 *
 * Of IPv6: a virtual router's neighbour advertisements have the Router flag set (RFC
 * 9568 section 8.2.2). The kernel sets it where the interface's own `forwarding` is on;
 * it forwards nothing for that, as long as `all` is off. Addresses are taken into use
 * at once, and routers are not listened to.
 */
import type { InterfaceName } from '../model/address.ts';
import type { VirtualInterface } from '../model/virtual-interface.ts';
import type { KernelError } from '../ports/network.ts';
import { listSysctls, readSysctl } from './sysctl.ts';
import { SysctlChanges } from './sysctl-changes.ts';
import type { SysctlLedger } from './sysctl-ledger.ts';

type Parameters = readonly (readonly [parameter: string, value: string])[];

const onMacvlan: Parameters = [
  ['arp_ignore', '1'],
  ['accept_local', '1'],
  ['rp_filter', '0'],
  ['promote_secondaries', '1'],
];
const belowMacvlan: Parameters = [
  // Where it asks for the neighbour that an answer goes to, it does so in its own name.
  ['arp_announce', '2'],
  ['arp_ignore', '1'],
  ['arp_filter', '1'],
];
const ofIpv6: Parameters = [
  ['accept_ra', '0'],
  ['autoconf', '0'],
  ['accept_dad', '0'],
  ['dad_transmits', '0'],
];
const asRouter: Parameters = [['forwarding', '1']];

/** Of the interface itself; they go with it. */
export function setUpOwnParameters({ name, kind, family }: VirtualInterface): KernelError | null {
  const changes = new SysctlChanges();
  const ipv6 = family === 'IPv6' ? [...ofIpv6, ...asRouter] : ofIpv6;
  return (
    setAll(changes, `ipv4/conf/${name}`, kind.type === 'macvlan' ? onMacvlan : []) ??
    setAll(changes, `ipv6/conf/${name}`, ipv6)
  );
}

/** Of the interfaces below, and of all: while there is a macvlan that needs them. */
export class SurroundingParameters {
  readonly #bases = new Map<
    InterfaceName,
    { readonly users: Set<InterfaceName>; readonly changes: SysctlChanges }
  >();
  /** Interfaces whose reverse path must not be checked. */
  readonly #own = new Set<string>();
  #reversePath: SysctlChanges | null = null;
  readonly #ledger: SysctlLedger;

  constructor(ledger: SysctlLedger) {
    this.#ledger = ledger;
  }

  /**
   * The macvlan `own` on `base` is there; what is changed for it is restored by `leave`. Again
   * where `base` is another interface of that name now, which knows nothing of it.
   */
  enter(base: InterfaceName, own: InterfaceName): KernelError | null {
    this.#own.add(own);
    const known = this.#bases.get(base) ?? {
      users: new Set(),
      changes: new SysctlChanges(this.#ledger),
    };
    known.users.add(own);
    this.#bases.set(base, known);
    const error =
      setAll(known.changes, `ipv4/conf/${base}`, belowMacvlan) ?? this.#freeReversePath();
    if (error !== null) this.leave(base, own);
    return error;
  }

  leave(base: InterfaceName, own: InterfaceName): void {
    this.#own.delete(own);
    const known = this.#bases.get(base);
    if (known === undefined) return;
    known.users.delete(own);
    if (known.users.size > 0) return;
    known.changes.restore();
    this.#bases.delete(base);
    if (this.#bases.size > 0) return;
    this.#reversePath?.restore();
    this.#reversePath = null;
  }

  /** `all` last, and first again when restored, so that no interface is without its check. */
  #freeReversePath(): KernelError | null {
    const all = 'ipv4/conf/all/rp_filter';
    const demanded = this.#ledger.before(all) ?? readSysctl(all);
    if (demanded === null || demanded === '0') return null;
    this.#reversePath ??= new SysctlChanges(this.#ledger);
    for (const name of listSysctls('ipv4/conf')) {
      if (name === 'all' || this.#own.has(name)) continue;
      const path = `ipv4/conf/${name}/rp_filter`;
      const sufficient = Number(readSysctl(path)) >= Number(demanded);
      if (sufficient && this.#ledger.before(path) === null) continue;
      const error = this.#reversePath.set(path, demanded);
      if (error !== null) return error;
    }
    return this.#reversePath.set(all, '0');
  }
}

function setAll(
  changes: SysctlChanges,
  folder: string,
  parameters: Parameters,
): KernelError | null {
  for (const [parameter, value] of parameters) {
    const error = changes.set(`${folder}/${parameter}`, value);
    if (error !== null) return error;
  }
  return null;
}
