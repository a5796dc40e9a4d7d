/**
 * All virtual routers and the sync groups that some of them belong to. A router that is
 * in no group acts by itself; the members of a group are asked to act by their group.
 */
import { sooner, type Instant } from '../base/units.ts';
import type { JoinedChannel } from '../model/channel.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import type {
  AddressClaimed,
  AdvertReceived,
  ClaimDropped,
  PacketDropped,
} from '../model/core-event.ts';
import type { HeldLease } from '../model/lease.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Succession } from '../model/succession.ts';
import { AddressWatch } from './address-watch.ts';
import { tendClaims } from './claim-watch.ts';
import { countDrop, type DropCounts } from './drop-counts.ts';
import { concludeHandOver, pass } from './hand-over-end.ts';
import { advertiseNow } from './master.ts';
import { bestFit, type PacketLabel } from './packet-fit.ts';
import { tellOfUnknown } from './reception.ts';
import { planReload } from './reload-plan.ts';
import type { Router, Surroundings } from './router.ts';
import { standingFor, standingOf, succeed } from './succession.ts';
import { SyncGroup } from './sync-group.ts';
import { VirtualRouter } from './virtual-router.ts';

type Group = SyncGroup<VirtualRouter, Surroundings>;

export class RouterSet implements Iterable<VirtualRouter> {
  private routers: readonly VirtualRouter[] = [];
  private groups: readonly Group[] = [];
  /** What acts by itself, in the order of the configuration. */
  private actors: readonly (VirtualRouter | Group)[] = [];
  /** What the routers are made of. */
  private parts: readonly Router[] = [];
  private readonly watch = new AddressWatch();

  [Symbol.iterator](): Iterator<VirtualRouter> {
    return this.routers[Symbol.iterator]();
  }

  /**
   * Makes these the virtual routers of the configuration; only what differs is touched. The first
   * of them go on where those of a succession have ended.
   */
  adopt(config: Config, surroundings: Surroundings, succession: Succession | null): void {
    const plan = planReload(this.routers, config.instances);
    for (const router of plan.removed) router.remove(surroundings);
    // An address may go from one to another: all let go of theirs before any takes one up.
    const changed = plan.routers.flatMap(({ router, instance }) => {
      const change = router?.replaceConfig(surroundings, instance) ?? null;
      return router === null || change === null ? [] : [{ router, change }];
    });
    this.routers = plan.routers.map(
      ({ router, instance }) => router ?? newRouter(surroundings, instance, succession),
    );
    this.parts = this.routers.map((router) => router.parts);
    this.adoptGroups(config, succession?.groups ?? this.groupStates());
    for (const { router, change } of changed) router.adaptTo(surroundings, change);
  }

  /** Lets all act on the facts as they now stand. */
  settle(surroundings: Surroundings): void {
    for (const actor of this.actors) {
      if (actor instanceof SyncGroup) actor.settle(surroundings);
      else {
        const judgement = actor.judge(surroundings);
        if (judgement.faults.length > 0 && surroundings.handsOver([actor.name])) continue;
        actor.settle(surroundings, judgement);
      }
    }
    this.watch.settle(this.parts, surroundings);
  }

  /** Lets all do what is due. */
  timePassed(surroundings: Surroundings): void {
    for (const router of this.routers) {
      router.endConflicts(surroundings);
      tendClaims(router.parts, surroundings, this.watch);
    }
    for (const actor of this.actors) actor.timePassed(surroundings);
    this.watch.settle(this.parts, surroundings);
  }

  advertReceived(event: AdvertReceived, surroundings: Surroundings, drops: DropCounts): void {
    const { channel, source, destination, advert } = event;
    const { virtualRouterId } = advert;
    const router = this.routerFor({ channel, source, destination, virtualRouterId });
    if (router !== undefined) {
      router.advertReceived(surroundings, event);
      return;
    }
    countDrop(drops, 'virtual-router-id');
    const { global, outbox } = surroundings;
    if (global.logUnknownVirtualRouters) tellOfUnknown(event, outbox);
  }

  packetDropped(event: PacketDropped, surroundings: Surroundings, drops: DropCounts): void {
    const { virtualRouterId } = event;
    const router =
      virtualRouterId === null
        ? undefined
        : this.routerFor({ ...event, virtualRouterId, destination: null });
    if (router === undefined) countDrop(drops, event.reason);
    else router.dropped(surroundings, event);
  }

  /** Somebody claims an address. Never a reason to judge anything anew. */
  takeClaim(
    event: AddressClaimed | ClaimDropped,
    surroundings: Surroundings,
    drops: DropCounts,
  ): false {
    if (event.type === 'claim-dropped') countDrop(drops, event.reason);
    else this.watch.claimed(this.parts, surroundings, event);
    return false;
  }

  /** Groups follow those of their members that have moved by themselves. */
  follow(surroundings: Surroundings): void {
    for (const group of this.groups) group.follow(surroundings);
  }

  /**
   * Hands mastership over, of one instance or of all, and does not take it back while another
   * master is heard: with its whole group to another Baton, or as VRRP has it.
   */
  pass(instance: string | null, surroundings: Surroundings): void {
    surroundings.outbox.journal({ kind: 'command', command: 'pass', instance });
    for (const actor of this.actors) {
      const names = actor instanceof SyncGroup ? actor.names : [actor.name];
      const meant = instance === null ? names : names.filter((name) => name === instance);
      if (meant.length === 0) continue;
      const postponed = surroundings.handsOver(names);
      for (const router of this.named(meant)) {
        pass(router.parts, surroundings, { later: postponed });
      }
    }
  }

  /** Offers all mastership to other Batons. */
  handOver(surroundings: Surroundings): void {
    for (const actor of this.actors) {
      surroundings.handsOver(actor instanceof SyncGroup ? actor.names : [actor.name]);
    }
  }

  /** Lets those act whose hand-over has come to an end, and who are not in Fault by now. */
  concludeHandOvers(surroundings: Surroundings): void {
    for (const router of this.routers) concludeHandOver(router.parts, surroundings);
  }

  named(names: readonly string[]): readonly VirtualRouter[] {
    return this.routers.filter(({ name }) => names.includes(name));
  }

  /** What another Baton has to know that goes on with them; each Master advertises once more. */
  giveWay(surroundings: Surroundings): Pick<Succession, 'instances' | 'groups'> {
    for (const router of this.parts) advertiseNow(router, surroundings);
    return { instances: this.parts.map(standingOf), groups: this.groupStates() };
  }

  stop(surroundings: Surroundings): void {
    for (const router of this.routers) router.stop(surroundings);
    for (const group of this.groups) group.stop(surroundings);
  }

  /** Tells the readers of FIFOs the state of everything once more. */
  repeatStates(surroundings: Surroundings): void {
    for (const group of this.groups) group.repeatState(surroundings);
    for (const router of this.routers) router.repeatState(surroundings);
  }

  /** The others of the sync group of an instance; nobody where it is in none. */
  mates(instance: string): readonly VirtualRouter[] {
    const group = this.groups.find((one) => one.has(instance));
    if (group === undefined) return [];
    return this.routers.filter(({ name }) => name !== instance && group.has(name));
  }

  channels(): readonly JoinedChannel[] {
    return this.routers.map((router) => router.joinedChannel);
  }

  clearStatistics(): void {
    for (const router of this.routers) router.clearStatistics();
  }

  heldLeases(): readonly HeldLease[] {
    return this.routers.flatMap((router) => router.heldLease() ?? []);
  }

  leasesLapsed(surroundings: Surroundings, numbers: readonly number[]): void {
    const lapsed = new Set(numbers);
    for (const router of this.routers) router.leasesLapsed(surroundings, lapsed);
  }

  nextDeadline(): Instant | null {
    let first: Instant | null = this.watch.nextDeadline();
    for (const router of this.routers) first = sooner(first, router.nextDeadline());
    return first;
  }

  snapshot(surroundings: Surroundings): Pick<Snapshot, 'instances' | 'groups'> {
    return {
      instances: this.routers.map((router) => router.snapshot(surroundings)),
      groups: this.groups.map((group) => group.snapshot()),
    };
  }

  private routerFor(label: PacketLabel): VirtualRouter | undefined {
    return bestFit(this.routers, label, ({ config }) => config);
  }

  private groupStates(): Succession['groups'] {
    return this.groups.map(({ name, stateName: state }) => ({ name, state }));
  }

  private adoptGroups(config: Config, states: Succession['groups']): void {
    const former = new Map(states.map(({ name, state }) => [name, state]));
    const grouped = new Map<VirtualRouter, Group>();
    for (const router of this.routers) router.joinGroup(null);
    this.groups = config.syncGroups.map((one) => {
      // Only its first group has an instance.
      const members = this.routers.filter(
        (router) => one.members.includes(router.name) && !grouped.has(router),
      );
      const group: Group = new SyncGroup(one, members, former.get(one.name) ?? null);
      for (const member of members) {
        grouped.set(member, group);
        member.joinGroup(one);
      }
      return group;
    });
    this.actors = [...new Set(this.routers.map((router) => grouped.get(router) ?? router))];
  }
}

function newRouter(
  surroundings: Surroundings,
  instance: InstanceConfig,
  succession: Succession | null,
): VirtualRouter {
  const router = new VirtualRouter(instance, surroundings.at);
  const standing = standingFor(router.parts, succession?.instances ?? []);
  if (standing === null) router.inherit(surroundings);
  else succeed(router.parts, surroundings, standing);
  return router;
}
