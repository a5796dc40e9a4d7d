/** A client's neighbour cache for one address: whoever announced it last has it. */
import type { IpAddress, MacAddress } from '../../model/address.ts';
import { parseArp } from '../../wire/arp.ts';
import { ethernetHeaderLength, etherTypes } from '../../wire/ethernet.ts';
import { parseNeighbourAdvertisement } from '../../wire/neighbour-advertisement.ts';
import { readUint16 } from '../../wire/octets.ts';
import { clientName } from '../client.ts';
import type { Station } from '../lan.ts';

export class NeighbourCache implements Station {
  readonly name = clientName;
  readonly macAddress = '02:00:00:00:00:10' as MacAddress;
  /** The hardware address that packets for the address go to; null: not known. */
  resolved: MacAddress | null = null;
  private readonly address: IpAddress;
  private readonly beforeChange: () => void;

  constructor(address: IpAddress, beforeChange: () => void) {
    this.address = address;
    this.beforeChange = beforeChange;
  }

  wants(frame: Uint8Array): boolean {
    return readUint16(frame, ethernetHeaderLength - 2) !== etherTypes.ipv4;
  }

  receive(frame: Uint8Array): void {
    const sender = this.announcer(frame);
    if (sender === null || sender === this.resolved) return;
    this.beforeChange();
    this.resolved = sender;
  }

  carrierChanged(): void {
    // Its own cable is never cut: what it can't reach is cut elsewhere.
  }

  private announcer(frame: Uint8Array): MacAddress | null {
    const payload = frame.subarray(ethernetHeaderLength);
    switch (readUint16(frame, ethernetHeaderLength - 2)) {
      case etherTypes.arp: {
        const packet = parseArp(payload);
        return packet?.senderProtocol === this.address ? packet.senderHardware : null;
      }
      case etherTypes.ipv6: {
        const packet = parseNeighbourAdvertisement(payload);
        return packet?.target === this.address ? packet.hardware : null;
      }
      default:
        return null;
    }
  }
}
