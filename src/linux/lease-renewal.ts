/**
 * The lease guard's part for unicast: an advert to a peer that does not answer ARP or a neighbour
 * solicitation never leaves the host, and would renew nothing. The last host that lives would then
 * be the one that falls silent. So beside each such advert a frame is sent that the guard takes
 * for it, and drops, of which the socket hears as ENOBUFS. It never gets onto the wire, and ends
 * with the process as adverts do.
 *
 *   renewal_N  renews the lease if it lives, and drops the frame
 */
import { isMulticast, type InterfaceName, type MacAddress } from '../model/address.ts';
import { resigningPriority } from '../model/advert.ts';
import { channelKey, type AdvertChannel } from '../model/channel.ts';
import type { Lease } from '../model/lease.ts';
import { emitEthernetHeader, ethernetHeaderLength } from '../wire/ethernet.ts';
import { uint32 } from '../wire/netlink-octets.ts';
import type { LinkLookup } from './link-lookup.ts';

/** For experiments that stay on their own link (IEEE 802, local experimental EtherType 1). */
export const renewalEtherType = 0x88b5;

const nobody = '00:00:00:00:00:00' as MacAddress;
/** From the VRRP header on (RFC 9568 section 5.1). */
const virtualRouterIdOffset = 1;
const priorityOffset = 2;

export interface Renewal {
  /** Of the interface that it is to be sent on. */
  readonly index: number;
  readonly frame: Uint8Array;
}

export function isRenewedByFrame({ adverts: { destinations } }: Lease): boolean {
  return destinations.some((one) => !isMulticast(one));
}

/** The frames of the leases that are held, by the adverts that they go beside. */
export class LeaseRenewals {
  readonly #renewals = new Map<string, Renewal & { readonly number: number }>();

  clear(): void {
    this.#renewals.clear();
  }

  /** `interfaces`: those that the guard looks at. */
  add(lease: Lease, interfaces: readonly InterfaceName[], links: LinkLookup): void {
    const { number, adverts } = lease;
    const name = adverts.channel.interface ?? interfaces[0];
    if (name === undefined || !isRenewedByFrame(lease)) return;
    const index = links.indexOf(name);
    if (index === null) return;
    const frame = new Uint8Array(ethernetHeaderLength + 4);
    const header = { destination: nobody, source: nobody, etherType: renewalEtherType };
    frame.set(uint32(number), emitEthernetHeader(frame, 0, header));
    const key = keyOf(adverts.channel, adverts.virtualRouterId);
    this.#renewals.set(key, { index, frame, number });
  }

  delete({ number, adverts: { channel, virtualRouterId } }: Lease): void {
    const key = keyOf(channel, virtualRouterId);
    if (this.#renewals.get(key)?.number === number) this.#renewals.delete(key);
  }

  /**
   * What goes beside this packet, whose VRRP header begins there; null: nothing, since it is of no
   * lease, or resigns from it.
   */
  beside(channel: AdvertChannel, packet: Uint8Array, header: number): Renewal | null {
    if (this.#renewals.size === 0) return null;
    if (packet[header + priorityOffset] === resigningPriority) return null;
    const key = keyOf(channel, packet[header + virtualRouterIdOffset] ?? 0);
    return this.#renewals.get(key) ?? null;
  }
}

function keyOf(channel: AdvertChannel, virtualRouterId: number): string {
  return `${channelKey(channel)} ${String(virtualRouterId)}`;
}
