import { seconds } from '../base/units.ts';
import type { InterfaceName, Ipv4Address } from '../model/address.ts';
import type { Network } from '../ports/network.ts';

/** Measured: the first take-over then costs 0.6 ms in place of 1.8 ms; more rounds gain nothing. */
const compilingRounds = 30;

const loopback = 'lo' as InterfaceName;

/** At the start, when no interface is joined yet. */
export function rehearseOnLoopback(network: Network): void {
  network.join(loopback);
  rehearse(network, loopback, compilingRounds);
  network.leave(loopback);
}

/**
 * Plays what a take-over asks of the kernel, so that the first real one finds the
 * code compiled. All of it is asked in a form that the kernel always refuses: an
 * empty packet, an empty frame, and an address of more bits than there are. So
 * nothing is sent and nothing changes. The interface has to be joined.
 */
export function rehearse(network: Network, name: InterfaceName, rounds: number): void {
  const nothing = new Uint8Array(0);
  const impossible = {
    address: '192.0.2.0' as Ipv4Address,
    prefixLength: 33,
    interface: name,
    label: null,
    scope: 0,
    broadcast: null,
  };
  for (let round = 0; round < rounds; round += 1) {
    network.queuePacket(name, nothing);
    network.flush();
    network.changeAddresses([{ type: 'hold', id: 0, address: impossible, lifetime: seconds(1) }]);
    network.queueFrame(name, nothing);
    network.flush();
  }
}
