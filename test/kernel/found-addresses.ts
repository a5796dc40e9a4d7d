/** What is found on a host by a Baton that starts there. */
import { expect } from 'vitest';
import { LinuxNetwork } from '../../src/linux/linux-network.ts';
import type { NetworkEvent } from '../../src/ports/network.ts';
import type { Host } from './namespace.ts';
import { clock } from './station.ts';

/** What a Baton that starts now finds under its own mark. */
export function leftTo(host: Host): readonly Extract<NetworkEvent, { type: 'address-appeared' }>[] {
  const network = new LinuxNetwork({ clock });
  const events: NetworkEvent[] = [];
  host.run(() => {
    expect(network.start()).toBeNull();
    network.receive({
      event: (event) => events.push(event),
      packet: () => undefined,
      sideDatagram: () => undefined,
      claim: () => undefined,
    });
    network.stop();
  });
  return events.filter((event) => event.type === 'address-appeared').filter(({ own }) => own);
}
