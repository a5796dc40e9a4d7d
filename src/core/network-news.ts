/** What the journal tells of those interfaces of the host that are used, once Baton has begun. */
import type { InterfaceName } from '../model/address.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import type { AddressDuplicate, LinkChanged } from '../model/core-event.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';

export class NetworkNews {
  private used: ReadonlySet<string> = new Set();

  adopt(config: Config): void {
    const tracks = [...config.instances, ...config.syncGroups].flatMap((one) => one.tracks);
    this.used = new Set([
      ...config.instances.flatMap(interfacesOf),
      ...tracks.flatMap(({ kind, name }) => (kind === 'interface' ? [name] : [])),
    ]);
  }

  /** Before the network's view has changed. */
  linkChanged(event: LinkChanged, network: NetworkView, outbox: Outbox): void {
    const { interface: name } = event;
    if (!this.used.has(name)) return;
    const former = stateOf({ present: network.present(name), up: network.carries(name) });
    const state = stateOf(event);
    if (state !== former) outbox.journal({ kind: 'link', interface: name, state });
  }

  addressDuplicate({ interface: name, address }: AddressDuplicate, outbox: Outbox): void {
    if (!this.used.has(name)) return;
    outbox.journal({ kind: 'duplicate', interface: name, address });
  }
}

function interfacesOf({
  interface: name,
  virtualMac,
  virtualAddresses,
  excludedAddresses,
}: InstanceConfig): readonly InterfaceName[] {
  const places = [...virtualAddresses, ...excludedAddresses].map((one) => one.interface);
  const virtual = virtualMac === null ? [] : [virtualMac.virtual.name];
  return [...(name === null ? [] : [name]), ...virtual, ...places];
}

function stateOf({ present, up }: { present: boolean; up: boolean }): 'up' | 'down' | 'gone' {
  if (!present) return 'gone';
  return up ? 'up' : 'down';
}
