/** Who says on the wire that an address is its own, by ARP or by neighbour discovery. */
import { failure, success, type Result } from '../base/result.ts';
import type { AddressFamily, IpAddress, MacAddress } from '../model/address.ts';
import type { DropReason } from '../model/drop-reason.ts';
import { parseArp } from './arp.ts';
import { parseNeighbourAdvertisement } from './neighbour-advertisement.ts';

export interface AddressClaim {
  readonly address: IpAddress;
  readonly macAddress: MacAddress;
}

/**
 * What an ARP packet, or an IPv6 packet with a neighbour advertisement, claims. The sender of any
 * ARP, request or reply, says that it has its protocol address; one that probes says 0.0.0.0
 * (RFC 5227 section 1.1).
 */
export function parseClaim(
  family: AddressFamily,
  packet: Uint8Array,
): Result<AddressClaim, DropReason> {
  if (family === 'IPv4') {
    const arp = parseArp(packet);
    if (arp === null) return failure('arp-malformed');
    return success({ address: arp.senderProtocol, macAddress: arp.senderHardware });
  }
  const advertisement = parseNeighbourAdvertisement(packet);
  if (advertisement === null) return failure('neighbour-malformed');
  return success({ address: advertisement.target, macAddress: advertisement.hardware });
}
