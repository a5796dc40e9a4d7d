/** The sockets by which a simulated process hears who claims an address (see Network). */
import type { InterfaceName, IpAddress } from '../model/address.ts';
import type { ReceivedClaim } from '../ports/network.ts';
import { parseClaim } from '../wire/address-claim.ts';

/** As on a real host: claims taken a `receive`, and kept in the sockets' buffers. */
const claimsAtOnce = 16;
const claimsKept = 64;

export class SimulatedClaimSockets {
  private watched: ReadonlySet<IpAddress> = new Set();
  private readonly arrived: ReceivedClaim[] = [];

  get watchesAny(): boolean {
    return this.watched.size > 0;
  }

  get holdsAny(): boolean {
    return this.arrived.length > 0;
  }

  watch(addresses: readonly IpAddress[]): void {
    this.watched = new Set(addresses);
  }

  /** Whether a packet is of interest; then it is kept for `take`. */
  arrive(claim: Omit<ReceivedClaim, 'interface'>, name: InterfaceName): boolean {
    if (this.watched.size === 0 || this.arrived.length >= claimsKept) return false;
    const parsed = parseClaim(claim.family, claim.packet);
    if (!parsed.ok || !this.watched.has(parsed.value.address)) return false;
    this.arrived.push({ ...claim, interface: name });
    return true;
  }

  take(): readonly ReceivedClaim[] {
    return this.arrived.splice(0, claimsAtOnce);
  }

  close(): void {
    this.watched = new Set();
    this.arrived.length = 0;
  }
}
