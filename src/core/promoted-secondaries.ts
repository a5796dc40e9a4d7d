/**
 * The interfaces on which the kernel is to promote a secondary address when the primary
 * one goes (`promote_secondaries`): asked for once, and again where they come back.
 */
import type { InterfaceName } from '../model/address.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';

export class PromotedSecondaries {
  private wanted: ReadonlySet<InterfaceName> = new Set();
  private readonly asked = new Set<InterfaceName>();

  adopt(instances: readonly InstanceConfig[]): void {
    const asking = instances.filter((one) => one.promoteSecondaries);
    this.wanted = new Set(
      asking.flatMap((one) => [
        ...(one.interface === null ? [] : [one.interface]),
        ...one.virtualAddresses.map((address) => address.interface),
        ...one.excludedAddresses.map((address) => address.interface),
      ]),
    );
  }

  settle(network: NetworkView, outbox: Outbox): void {
    for (const name of this.wanted) {
      if (!network.present(name)) this.asked.delete(name);
      else if (!this.asked.has(name)) {
        this.asked.add(name);
        outbox.push({ type: 'promote-secondaries', id: outbox.nextId(), interface: name });
      }
    }
  }
}
