/**
 * Which addresses are listened for on the wire: those of virtual routers that are Master, or are
 * about to begin. Nothing is listened for where there is none. A flood of claims is not listened
 * to for a while, so that nobody can keep this host busy by it.
 */
import { after, seconds, type Instant } from '../base/units.ts';
import type { IpAddress, MacAddress } from '../model/address.ts';
import type { InstanceConfig } from '../model/config.ts';
import type { AddressClaimed } from '../model/core-event.ts';
import { isWatching, takeClaim, watchedPlaces, type Neighbours } from './claim-watch.ts';
import type { Outbox } from './outbox.ts';
import type { Router, Surroundings } from './router.ts';

/** More claims than this in a second are a flood. */
const claimsInASecond = 200;
const second = seconds(1);

/** Hardware addresses that are remembered. */
const neighbourLimit = 64;

/** What of a router decides what is watched for it. */
interface Interest {
  readonly config: InstanceConfig;
  readonly watches: boolean;
  readonly asks: boolean;
}

export class AddressWatch implements Neighbours {
  private interests: readonly Interest[] = [];
  /** What was asked for last. */
  private watched: readonly IpAddress[] = [];
  private readonly macs = new Map<IpAddress, MacAddress>();
  private countedSince: Instant | null = null;
  private count = 0;
  private mutedUntil: Instant | null = null;

  macOf(address: IpAddress): MacAddress | null {
    return this.macs.get(address) ?? null;
  }

  addressesOf(macAddress: MacAddress): readonly IpAddress[] {
    return [...this.macs].filter(([, mac]) => mac === macAddress).map(([address]) => address);
  }

  nextDeadline(): Instant | null {
    return this.mutedUntil;
  }

  /** Has what is of interest now listened for. */
  settle(routers: readonly Router[], { at, outbox }: Pick<Surroundings, 'at' | 'outbox'>): void {
    if (this.mutedUntil !== null && this.mutedUntil <= at) {
      this.mutedUntil = null;
      this.interests = [];
    }
    if (this.mutedUntil !== null || !this.hasChanged(routers)) return;
    this.interests = routers.map(interestOf);
    const wanted = routers.flatMap((router) => [
      ...watchedPlaces(router).map(({ address }) => address),
      ...(router.claims.pending.length > 0 ? router.claims.speakers() : []),
    ]);
    this.watch([...new Set(wanted)], outbox);
  }

  /** Who claims an address is told to the virtual routers that have it. */
  claimed(routers: readonly Router[], surroundings: Surroundings, event: AddressClaimed): void {
    if (this.isFlooded(surroundings)) return;
    const { address, macAddress } = event;
    if (routers.some(({ claims }) => claims.speakers().includes(address))) {
      this.learn(address, macAddress);
    }
    for (const router of routers) takeClaim(router, surroundings, event, this);
    this.settle(routers, surroundings);
  }

  private hasChanged(routers: readonly Router[]): boolean {
    if (routers.length !== this.interests.length) return true;
    return routers.some((router, index) => {
      const former = this.interests[index];
      return (
        router.config !== former?.config ||
        isWatching(router) !== former.watches ||
        router.claims.pending.length > 0 !== former.asks
      );
    });
  }

  private watch(addresses: readonly IpAddress[], outbox: Outbox): void {
    const same =
      addresses.length === this.watched.length &&
      addresses.every((address, index) => address === this.watched[index]);
    if (same) return;
    this.watched = addresses;
    outbox.push({ type: 'watch-addresses', id: outbox.nextId(), addresses });
  }

  private learn(address: IpAddress, macAddress: MacAddress): void {
    this.macs.delete(address);
    this.macs.set(address, macAddress);
    if (this.macs.size <= neighbourLimit) return;
    const [oldest] = this.macs.keys();
    if (oldest !== undefined) this.macs.delete(oldest);
  }

  private isFlooded({ at, outbox }: Surroundings): boolean {
    if (this.mutedUntil !== null) return true;
    if (this.countedSince === null || after(this.countedSince, second) <= at) {
      this.countedSince = at;
      this.count = 0;
    }
    this.count += 1;
    if (this.count <= claimsInASecond) return false;
    this.mutedUntil = after(at, second);
    outbox.log(
      'warning',
      `more than ${String(claimsInASecond)} claims of our addresses within a second: not listening ` +
        'for a second',
    );
    this.watch([], outbox);
    return true;
  }
}

function interestOf(router: Router): Interest {
  const { config, claims } = router;
  return { config, watches: isWatching(router), asks: claims.pending.length > 0 };
}
