/** The other Batons: the side channel to them, and mastership that goes to and fro over it. */
import { sooner, type Instant } from '../base/units.ts';
import type { Config } from '../model/config.ts';
import type {
  SideChannelFailed,
  SideChannelOpened,
  SideMessageDropped,
  SideMessageReceived,
} from '../model/core-event.ts';
import type { IpAddress } from '../model/address.ts';
import { dropReasonTable, type DropReason } from '../model/drop-reason.ts';
import type { SideChannelSnapshot } from '../model/snapshot.ts';
import { countDrop, type DropCounts } from './drop-counts.ts';
import { HandOvers } from './hand-over.ts';
import type { NetworkView } from './network-view.ts';
import type { Outbox } from './outbox.ts';
import type { RouterSet } from './router-set.ts';
import type { Router, Surroundings } from './router.ts';
import { SideChannel } from './side-channel.ts';

/** What happens on the side channel. */
export type SideEvent =
  SideMessageReceived | SideMessageDropped | SideChannelOpened | SideChannelFailed;

export class Companions {
  private readonly set: RouterSet;
  private readonly channel = new SideChannel();
  private readonly handOvers = new HandOvers(this.channel);
  /** This host stops: it takes over nothing, and offers nothing once more. */
  private leaving = false;
  private readonly toldDrops = new Set<DropReason>();

  constructor(set: RouterSet) {
    this.set = set;
  }

  /** Whether an answer to an offer is waited for. */
  get pending(): boolean {
    return this.handOvers.pending;
  }

  adopt(config: Config, surroundings: Surroundings): void {
    this.channel.adopt(config, this.routers(), surroundings);
  }

  nextDeadline(): Instant | null {
    return sooner(this.channel.nextDeadline(), this.handOvers.nextDeadline());
  }

  /** True where virtual routers may have to act; what is dropped is counted in `drops`. */
  take(event: SideEvent, surroundings: Surroundings, drops: DropCounts): boolean {
    const { channel, handOvers } = this;
    const drop = (source: IpAddress, reason: DropReason): void => {
      countDrop(drops, reason);
      this.tellOfDrop(source, reason, surroundings.outbox);
    };
    switch (event.type) {
      case 'side-channel-opened':
        this.toldDrops.clear();
        channel.channelOpened(event, surroundings);
        return true;
      case 'side-channel-failed':
        channel.channelFailed(event.error, surroundings);
        return false;
      case 'side-message-dropped':
        drop(event.source, event.reason);
        return false;
      case 'side-message-received':
        break;
    }
    const asked = channel.receive(event, surroundings, () => {
      drop(event.source, 'side-replayed');
    });
    if (asked === null) return false;
    const { peer, body } = asked;
    if (body.type === 'take') {
      const around = { surroundings, routers: this.routers(), stopping: this.leaving };
      handOvers.take(peer, body, around);
    } else handOvers.answer(peer, body, surroundings);
    return true;
  }

  timePassed(surroundings: Surroundings): void {
    this.channel.timePassed(surroundings);
    this.handOvers.timePassed(surroundings);
  }

  /** See Surroundings. */
  handsOver(instances: readonly string[], surroundings: Surroundings): boolean {
    const routers = this.set.named(instances).map(({ parts }) => parts);
    return this.leaving
      ? this.handOvers.isPending(routers)
      : this.handOvers.postpones(routers, surroundings);
  }

  /** Offers all that this host is Master of, since it stops. */
  leave(surroundings: Surroundings): void {
    this.set.handOver(surroundings);
    this.leaving = true;
  }

  /** After virtual routers have acted: what has been waited for is now true, and told. */
  tell(surroundings: Surroundings): void {
    const moved = surroundings.outbox.takeMoved();
    if (this.handOvers.takeConcluded() && !this.leaving) {
      this.set.concludeHandOvers(surroundings);
      this.set.follow(surroundings);
    }
    this.handOvers.answerWhenDone(surroundings);
    if (moved || surroundings.outbox.takeMoved()) this.channel.sayHello(surroundings);
  }

  /** Virtual routers have been taken down: peers need not wait for silence to know it. */
  farewell(surroundings: Surroundings): void {
    this.channel.sayHello(surroundings);
  }

  snapshot(network: NetworkView): SideChannelSnapshot | null {
    return this.channel.snapshot(network);
  }

  /** Once a reason, until the channel is opened anew. */
  private tellOfDrop(source: IpAddress, reason: DropReason, outbox: Outbox): void {
    if (this.toldDrops.has(reason)) return;
    this.toldDrops.add(reason);
    const { meaning } = dropReasonTable[reason];
    outbox.log('warning', `side channel: dropped a message from ${source}: ${meaning} (${reason})`);
  }

  private routers(): readonly Router[] {
    return [...this.set].map(({ parts }) => parts);
  }
}
