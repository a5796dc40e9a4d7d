/** Asks the link who has an address: an ARP Probe, or a neighbour solicitation. */
import { isIpv6 } from '../model/address.ts';
import type { AddressProbe } from '../model/effect.ts';
import type { Network } from '../ports/network.ts';
import { emitArpProbe, gratuitousArpLength } from '../wire/arp.ts';
import {
  emitNeighbourSolicitation,
  neighbourSolicitationLength,
} from '../wire/neighbour-solicitation.ts';

export class AddressProbes {
  private readonly network: Network;
  private readonly arp = new Uint8Array(gratuitousArpLength);
  private readonly solicitation = new Uint8Array(neighbourSolicitationLength);

  constructor(network: Network) {
    this.network = network;
  }

  /** Queues the frame; where the interface is gone there is nobody to ask. */
  queue({ interface: name, address, source }: AddressProbe): void {
    const hardware = this.network.macAddress(name);
    if (hardware === null) return;
    if (!isIpv6(address)) {
      emitArpProbe(this.arp, 0, { address, hardware });
      this.network.queueFrame(name, this.arp);
    } else if (source !== null && isIpv6(source)) {
      emitNeighbourSolicitation(this.solicitation, 0, { source, hardware, target: address });
      this.network.queueFrame(name, this.solicitation);
    }
  }
}
