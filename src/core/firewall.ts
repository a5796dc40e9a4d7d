/**
 * What Baton's nftables table has to say: the addresses that are answered for but take
 * no packets (Accept_Mode false, RFC 9568 section 6.4.3), and the macvlans that keep
 * quiet. It follows from the configuration and the interfaces alone, whoever is master.
 */
import type { InterfaceName } from '../model/address.ts';
import { ownerPriority } from '../model/advert.ts';
import type { Config, FirewallConfig, VirtualAddress } from '../model/config.ts';
import type { SetFirewall } from '../model/effect.ts';
import type { Outbox } from './outbox.ts';
import { sameValue } from './reload-plan.ts';

type Content = Pick<SetFirewall, 'firewall' | 'unaccepted' | 'quietInterfaces'>;

/** Where `nftables` is not configured: a table of Baton's own. */
const ownTable: FirewallConfig = {
  table: 'baton_vrrp',
  priority: -1,
  counters: false,
  byIndex: false,
};

export class Firewall {
  /** What the kernel was last told; null: nothing. */
  private told: Content | null = null;
  private config: Config | null = null;
  private quiet = '';

  /** Tells the kernel what has changed. */
  settle(config: Config, quietInterfaces: readonly InterfaceName[], outbox: Outbox): void {
    // This is asked with every event, and hardly ever is there anything new.
    const quiet = quietInterfaces.join(' ');
    if (this.config === config && this.quiet === quiet) return;
    this.config = config;
    this.quiet = quiet;
    const unaccepted = config.instances.flatMap(unacceptedAddresses);
    const firewall = config.global.firewall ?? ownTable;
    this.say({ firewall, unaccepted, quietInterfaces }, outbox);
  }

  /** Others have taken it away. */
  vanished(outbox: Outbox): void {
    if (this.told !== null) tell(this.told, outbox);
  }

  stop(outbox: Outbox): void {
    if (this.told !== null) this.say({ ...this.told, unaccepted: [], quietInterfaces: [] }, outbox);
  }

  private say(content: Content, outbox: Outbox): void {
    const { told } = this;
    if (told !== null && told.firewall.table !== content.firewall.table) {
      tell({ ...told, unaccepted: [], quietInterfaces: [] }, outbox);
      this.told = null;
    }
    const wanted = isEmpty(content) ? null : content;
    if (sameValue(this.told, wanted)) return;
    this.told = wanted;
    tell(content, outbox);
  }
}

function unacceptedAddresses(instance: Config['instances'][number]): readonly VirtualAddress[] {
  // The owner accepts what is sent to its addresses, whatever Accept_Mode says.
  if (instance.accept || instance.priority === ownerPriority) return [];
  return [...instance.virtualAddresses, ...instance.excludedAddresses];
}

function isEmpty({ unaccepted, quietInterfaces }: Content): boolean {
  return unaccepted.length === 0 && quietInterfaces.length === 0;
}

function tell(content: Content, outbox: Outbox): void {
  outbox.push({ type: 'set-firewall', id: outbox.nextId(), ...content });
}
