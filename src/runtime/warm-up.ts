/**
 * Plays the life of a virtual router on a network that does nothing, so that the
 * first real take-over does not also pay for compiling the code that it runs.
 */
import { success, type Result } from '../base/result.ts';
import { instant, type Instant } from '../base/units.ts';
import { Core } from '../core/core.ts';
import { vrrpGroupIpv4, type InterfaceName, type Ipv4Address } from '../model/address.ts';
import type { MacAddress } from '../model/address.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { Config } from '../model/config.ts';
import {
  emptyConfig,
  instanceDefaults,
  virtualAddress as virtualAddressOf,
} from '../model/defaults.ts';
import type {
  AddressOutcome,
  AddressRequest,
  KernelError,
  Network,
  NetworkSink,
  RoutingOutcome,
} from '../ports/network.ts';
import { emitPacket, packetLength } from '../wire/vrrp-packet.ts';
import { Pulse } from './pulse.ts';

const interfaceName = 'warm-up' as InterfaceName;
const macAddress = '02:00:00:00:00:01' as MacAddress;
const ownAddress = '192.0.2.1' as Ipv4Address;
const otherAddress = '192.0.2.2' as Ipv4Address;
const channel: AdvertChannel = { interface: interfaceName, family: 'IPv4', protocol: 'vrrp' };
const virtualAddress = '192.0.2.9' as Ipv4Address;

/** Played this often, a take-over costs a third of what the first one costs. */
export const compilingLives = 60;

export function warmUp(lives: number): void {
  for (let life = 0; life < lives; life += 1) playLife();
}

/** Backup, Master by silence, outranked, Master by priority 0, stopped. */
function playLife(): void {
  let now = instant(0);
  const network = new QuietNetwork();
  const errands = { send: () => undefined, receive: () => null };
  const clock = { now: () => now, wallClockMs: () => 0 };
  const pulse = new Pulse({ clock, network, errands }, new Core(config), config);
  pulse.start();
  const turnAt = (moment: Instant | null): void => {
    now = moment ?? now;
    pulse.turn();
  };
  for (const priority of [200, 50, null, null, 50, 200, 0, null, null]) {
    if (priority !== null) network.arrive(priority);
    turnAt(priority === null ? pulse.nextDeadline() : now);
  }
}

/** A network on which everything succeeds at once and nothing happens. */
class QuietNetwork implements Network {
  private arrived: Uint8Array[] = [];
  private listed = false;

  /** Lets an advert of this priority be the next thing received. */
  arrive(priority: number): void {
    const advert = {
      version: 2,
      virtualRouterId: 1,
      priority,
      advertisementIntervalSeconds: 1,
      authentication: { type: 0, data: '0'.repeat(16) },
      addresses: [virtualAddress],
    } as const;
    const packet = new Uint8Array(packetLength(advert));
    const header = { source: otherAddress, destination: vrrpGroupIpv4, identification: 1 };
    emitPacket(packet, { ...header, advert });
    this.arrived.push(packet);
  }

  start(): null {
    return null;
  }

  receive(sink: NetworkSink): void {
    const place = { interface: interfaceName };
    if (!this.listed) {
      this.listed = true;
      const link = { present: true, up: true, multicast: true, macAddress };
      sink.event({ type: 'link-changed', ...place, ...link });
      const address = { address: ownAddress, prefixLength: 24 };
      const standing = { secondary: false, tentative: false, own: false, renewedAt: null };
      sink.event({ type: 'address-appeared', ...place, ...address, ...standing });
    }
    for (const packet of this.arrived.splice(0)) sink.packet({ channel, packet });
  }

  changeAddresses(requests: readonly AddressRequest[]): readonly AddressOutcome[] {
    return requests.map(({ id, address }) => ({ id, address, error: null }));
  }

  changeRouting(): readonly RoutingOutcome[] {
    return [];
  }

  macAddress(): MacAddress {
    return macAddress;
  }

  join(): null {
    return null;
  }

  watchAddresses(): null {
    return null;
  }

  createInterface(): null {
    return null;
  }

  deleteInterface(): null {
    return null;
  }

  promoteSecondaries(): null {
    return null;
  }

  suppressLocalReports(): null {
    return null;
  }

  setFirewall(): null {
    return null;
  }

  setGuard(): null {
    return null;
  }

  changeLeases(): null {
    return null;
  }

  lapsedLeases(): Result<readonly number[], KernelError> {
    return success([]);
  }

  countProcesses(): null {
    return null;
  }

  openSideChannel(): Result<string, never> {
    return success('0000000000000001');
  }

  flush(): readonly never[] {
    return [];
  }

  closeSideChannel(): void {}
  queueSideDatagram(): void {}
  leave(): void {}
  queuePacket(): void {}
  queueFrame(): void {}
  watchProcess(): void {}
  unwatchProcess(): void {}
  wait(): void {}
  stop(): void {}
}

const config: Config = {
  ...emptyConfig('warm-up'),
  instances: [
    {
      ...instanceDefaults,
      name: 'warm-up',
      interface: interfaceName,
      virtualRouterId: 1,
      virtualAddresses: [virtualAddressOf(virtualAddress, interfaceName)],
    },
  ],
};
