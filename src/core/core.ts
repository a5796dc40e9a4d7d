/**
 * The core: every decision that Baton takes, and nothing else.
 *
 * Theory of operation. What happened goes in as a CoreEvent with the moment at
 * which it happened; what is to be done comes out as Effects, in the order in
 * which they are to be done. The core reads no clock, opens no socket, starts no
 * process, and draws no random number: the same configuration and the same
 * events give the same effects.
 *
 * Time is kept as deadlines in the state. The caller asks `nextDeadline` and
 * hands in `time-passed` when it has come; to do so early or twice is harmless.
 * No other event lets a virtual router act on its deadline, and the caller hands
 * in all that has arrived before it: after a stall the advert whose absence
 * would make a Backup take over may still be waiting to be read.
 *
 * Each event goes through three layers: facts about the network (`NetworkView`)
 * and what Baton has made there whoever is master (`FixedHoldings`,
 * `VirtualInterfaces`, `Firewall`), the things that are tracked (`Trackers`), and
 * then the virtual routers (`RouterSet`), each of which judges the facts anew. Last,
 * sync groups let the others follow those of their members that have moved. Before all
 * of that, routers whose right has lapsed are fenced.
 */
import { assert } from '../base/assert.ts';
import { failure, success } from '../base/result.ts';
import { after, earliest, instant, sooner, type Instant } from '../base/units.ts';
import type { Config } from '../model/config.ts';
import type {
  AddressDuplicate,
  AddressVanished,
  CoreEvent,
  EffectSettled,
  LinkChanged,
  RouteVanished,
  RuleVanished,
  SuccessionReceived,
  SuccessionRequested,
} from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Succession } from '../model/succession.ts';
import { Announcer } from './announcer.ts';
import { Companions } from './companions.ts';
import type { DropCounts } from './drop-counts.ts';
import { Firewall } from './firewall.ts';
import { FixedHoldings } from './fixed-holdings.ts';
import { HostSettings } from './host-settings.ts';
import { LeaseGuard, type GuardNews } from './lease-guard.ts';
import { NetworkNews } from './network-news.ts';
import { NetworkView } from './network-view.ts';
import { Outbox } from './outbox.ts';
import { PromotedSecondaries } from './promoted-secondaries.ts';
import { RouterSet } from './router-set.ts';
import type { Surroundings } from './router.ts';
import { Trackers } from './trackers.ts';
import { delaysOf, VirtualInterfaces } from './virtual-interfaces.ts';

export interface CoreInput {
  readonly at: Instant;
  readonly event: CoreEvent;
}

export class Core {
  private config: Config;
  private begun = false;
  private stopping = false;
  /** It is to stop once others have taken over what it can hand to them. */
  private leaving = false;
  /** Set while virtual routers may not begin yet (`vrrp_startup_delay`). */
  private waiting = false;
  private beginsAt: Instant = instant(0);
  private readonly outbox = new Outbox();
  private readonly network = new NetworkView();
  private readonly trackers = new Trackers();
  private readonly fixed = new FixedHoldings();
  private readonly interfaces = new VirtualInterfaces();
  private readonly firewall = new Firewall();
  private readonly guard = new LeaseGuard();
  private readonly promoted = new PromotedSecondaries();
  private readonly news = new NetworkNews();
  private readonly announcer = new Announcer();
  private readonly routers = new RouterSet();
  private readonly settings = new HostSettings();
  private readonly companions = new Companions(this.routers);
  private readonly things = this.trackers.things(this.network);
  private drops: DropCounts = {};
  /** What another Baton has left to this one; null once it has begun. */
  private succession: Succession | null = null;

  constructor(config: Config) {
    this.config = config;
  }

  /** Takes one event and returns what is to be done, in order. Total: no event is refused. */
  handle(input: CoreInput): readonly Effect[] {
    const { at, event } = input;
    this.waiting &&= at < this.beginsAt;
    this.fence(at);
    const taken = !this.stopping || takenToTheEnd.has(event.type);
    const judgeAnew = taken && this.take(at, event);
    if (this.begun && !this.stopping) {
      if (judgeAnew) this.settle(at, event);
      this.routers.follow(this.surroundings(at));
      this.companions.tell(this.surroundings(at));
      if (this.leaving && !this.companions.pending) this.end(at);
    }
    return this.outbox.drain();
  }

  /** The moment at which `time-passed` is due; null while only another event changes anything. */
  nextDeadline(): Instant | null {
    if (!this.begun || this.stopping) return null;
    let first = this.waiting ? this.beginsAt : null;
    first = sooner(first, this.network.nextDeadline());
    first = sooner(first, this.fixed.nextDeadline());
    first = sooner(first, this.interfaces.nextDeadline(this.network));
    first = sooner(first, this.trackers.nextDeadline());
    first = sooner(first, this.announcer.nextDeadline());
    first = sooner(first, this.guard.nextDeadline());
    first = sooner(first, this.routers.nextDeadline());
    return sooner(first, this.companions.nextDeadline());
  }

  /** The moment at which a Backup takes over unless it hears of a master; null: none does. */
  nextTakeover(): Instant | null {
    if (!this.begun || this.stopping) return null;
    return earliest([...this.routers].map((router) => router.takeoverAt()));
  }

  snapshot(at: Instant): Snapshot {
    return {
      ...this.routers.snapshot(this.surroundings(at)),
      ...this.trackers.snapshot(),
      guard: this.guard.snapshot(),
      drops: { ...this.drops },
      sideChannel: this.companions.snapshot(this.network),
    };
  }

  private fence(at: Instant): void {
    const surroundings = this.surroundings(at);
    for (const router of this.routers) router.fenceIfLapsed(surroundings);
    if (!this.stopping) this.routers.follow(surroundings);
  }

  /** True where what all routers are judged by may have changed: not by adverts and renewals. */
  private take(at: Instant, event: CoreEvent): boolean {
    switch (event.type) {
      case 'network-listed':
        this.begin(at);
        return true;
      case 'advert-received':
        this.routers.advertReceived(event, this.surroundings(at), this.drops);
        return false;
      case 'packet-dropped':
        this.routers.packetDropped(event, this.surroundings(at), this.drops);
        return false;
      case 'send-failed':
        for (const router of this.routers) router.sendFailed(event, this.outbox);
        return false;
      case 'link-changed':
        this.takeLink(at, event);
        return true;
      case 'address-appeared':
        this.network.addressAppeared(event);
        return true;
      case 'address-vanished':
      case 'address-duplicate':
        this.takeLoss(at, event);
        return true;
      case 'address-claimed':
      case 'claim-dropped':
        return this.routers.takeClaim(event, this.surroundings(at), this.drops);
      case 'route-vanished':
      case 'rule-vanished':
        this.takeRoutingLoss(at, event);
        return true;
      case 'leases-lapsed':
      case 'guard-vanished':
        return this.takeGuardNews(at, event);
      case 'side-message-received':
      case 'side-message-dropped':
      case 'side-channel-opened':
      case 'side-channel-failed':
        return this.companions.take(event, this.surroundings(at), this.drops);
      case 'effect-settled':
        return this.takeAnswer(at, event);
      case 'script-finished':
      case 'file-read':
      case 'processes-counted':
      case 'service-found':
      case 'service-started':
      case 'service-start-failed':
      case 'service-tested':
      case 'service-probed':
      case 'process-exited':
      case 'service-reload-requested':
        this.trackers.take(at, event, this.outbox);
        return true;
      case 'config-replaced':
        this.reload(at, event.config);
        return true;
      case 'pass-requested':
        this.routers.pass(event.instance, this.surroundings(at));
        return false;
      case 'snapshot-requested':
        this.outbox.push({ type: 'report-snapshot', id: event.id, snapshot: this.snapshot(at) });
        return false;
      case 'statistics-cleared':
        this.routers.clearStatistics();
        this.drops = {};
        return false;
      case 'stop-requested':
        this.stop(at);
        return false;
      case 'succession-requested':
      case 'succession-received':
        return this.takeSuccession(at, event);
      case 'takeover-nears':
        for (const router of this.routers) router.prepareTakeover(this.surroundings(at));
        return false;
      case 'time-passed':
        return true;
    }
  }

  /** Lets every part act on the facts as they now stand, in the order of the layers. */
  private settle(at: Instant, event: CoreEvent): void {
    const { network, outbox } = this;
    const surroundings = this.surroundings(at);
    network.timePassed(at);
    this.fixed.settle(at, network, outbox);
    this.interfaces.settle(at, network, outbox);
    this.promoted.settle(network, outbox);
    this.firewall.settle(this.config, this.interfaces.quiet(network), outbox);
    this.guard.settle(at, this.config, network, this.routers, outbox);
    network.joinWanted(at, this.routers.channels(), outbox);
    this.trackers.settle(at, outbox);
    if (event.type === 'time-passed') this.companions.timePassed(surroundings);
    this.routers.settle(surroundings);
    if (event.type !== 'time-passed') return;
    this.routers.timePassed(surroundings);
    this.announcer.timePassed(at, outbox);
    this.guard.confirm(at, this.routers, outbox);
  }

  private begin(at: Instant): void {
    assert(!this.begun, 'the network was listed twice');
    this.begun = true;
    this.beginsAt = this.succession?.beginsAt ?? after(at, this.config.global.startupDelay);
    this.waiting = this.beginsAt > at;
    this.adopt(at, this.config);
    this.succession = null;
  }

  private takeLink(at: Instant, event: LinkChanged): void {
    this.news.linkChanged(event, this.network, this.outbox);
    const appears = event.up && !this.network.carries(event.interface);
    this.network.linkChanged(at, event);
    if (!appears) return;
    const surroundings = this.surroundings(at);
    for (const router of this.routers) router.interfaceAppeared(surroundings, event.interface);
  }

  private takeLoss(at: Instant, event: AddressVanished | AddressDuplicate): void {
    this.network.addressVanished(event);
    const surroundings = this.surroundings(at);
    if (event.type === 'address-duplicate') {
      this.news.addressDuplicate(event, this.outbox);
      for (const router of this.routers) router.addressDuplicate(surroundings, event);
      return;
    }
    this.fixed.addressVanished(at, event, this.outbox);
    for (const router of this.routers) router.addressVanished(surroundings, event);
  }

  private takeRoutingLoss(at: Instant, event: RouteVanished | RuleVanished): void {
    this.fixed.routingVanished(at, event, this.outbox);
    const surroundings = this.surroundings(at);
    for (const router of this.routers) router.routingVanished(surroundings, event);
  }

  private takeGuardNews(at: Instant, event: GuardNews): boolean {
    const { guard, routers } = this;
    if (event.type === 'guard-vanished') {
      this.firewall.vanished(this.outbox);
      guard.vanished(routers.heldLeases(), this.outbox);
    } else routers.leasesLapsed(this.surroundings(at), event.numbers);
    return true;
  }

  private takeAnswer(at: Instant, event: EffectSettled): boolean {
    const { outbox } = this;
    if (this.network.effectSettled(at, event)) return true;
    if (this.interfaces.effectSettled(at, event, outbox)) return true;
    if (this.fixed.effectSettled(at, event, outbox)) return true;
    if (this.guard.effectSettled(at, event, outbox)) return false;
    const surroundings = this.surroundings(at);
    for (const router of this.routers) {
      if (router.effectSettled(surroundings, event)) return false;
    }
    if (event.error !== null) outbox.log('error', event.error);
    return false;
  }

  /** Makes everything that of the configuration, keeping what has not changed. */
  private adopt(at: Instant, config: Config): void {
    const { outbox } = this;
    this.config = config;
    this.news.adopt(config);
    this.network.adoptDelays(delaysOf(config));
    this.promoted.adopt(config.instances);
    this.announcer.adopt(config.announcementGroups);
    this.settings.adopt(config.global, outbox);
    this.trackers.adopt(at, config, outbox);
    if (this.succession !== null) this.trackers.resume(at, this.succession, outbox);
    this.fixed.adopt(config.fixed, outbox);
    this.routers.adopt(config, this.surroundings(at), this.succession);
    // Only now is nothing on them any more that one of the routers held.
    this.interfaces.adopt(config.instances, outbox);
    this.companions.adopt(config, this.surroundings(at));
  }

  private reload(at: Instant, config: Config): void {
    // First, so that what comes of it is told after it.
    this.outbox.journal({ kind: 'config', detail: 'configuration reloaded' });
    if (this.begun && !this.stopping) {
      this.adopt(at, config);
      if (config.global.fifos.repeatStatesOnReload) {
        this.routers.repeatStates(this.surroundings(at));
      }
    } else this.config = config;
  }

  /** At once where it is asked for a second time, or nobody takes over what it has. */
  private stop(at: Instant): void {
    if (this.begun && !this.leaving) this.companions.leave(this.surroundings(at));
    if (this.leaving || !this.companions.pending) this.end(at);
    else this.leaving = true;
  }

  private end(at: Instant): void {
    this.stopping = true;
    this.outbox.journal({ kind: 'command', command: 'stop', instance: null });
    this.routers.stop(this.surroundings(at));
    this.fixed.stop(this.outbox);
    this.interfaces.stop(this.outbox);
    this.firewall.stop(this.outbox);
    this.guard.stop(this.outbox);
    this.trackers.stop(this.outbox);
    this.companions.farewell(this.surroundings(at));
    this.outbox.push({ type: 'finish' });
  }

  private takeSuccession(at: Instant, event: SuccessionRequested | SuccessionReceived): false {
    if (event.type === 'succession-received') this.succession = event.succession;
    else this.giveWay(at, event);
    return false;
  }

  /** Ends, and leaves all as it is, for another Baton on this host to go on with it. */
  private giveWay(at: Instant, { id, notAfter }: SuccessionRequested): void {
    const { outbox } = this;
    const busy = !this.begun || this.leaving || this.companions.pending;
    if (busy || at > notAfter) {
      const why = busy ? 'it starts, stops or hands over at this moment' : 'it was asked too late';
      const outcome = failure(`${why}: try again`);
      outbox.push({ type: 'report-succession', id, outcome });
      return;
    }
    this.stopping = true;
    const standing = this.routers.giveWay(this.surroundings(at));
    const succession = { beginsAt: this.beginsAt, ...standing, ...this.trackers.standing() };
    // The one thing that two can't have at a time.
    if (this.config.sideChannel !== null) outbox.push({ type: 'close-side-channel' });
    outbox.push({ type: 'report-succession', id, outcome: success(succession) });
    outbox.push({ type: 'finish' });
  }

  private surroundings(at: Instant): Surroundings {
    return {
      at,
      outbox: this.outbox,
      network: this.network,
      global: this.config.global,
      things: this.things,
      interfaces: this.interfaces,
      announcer: this.announcer,
      guard: this.guard,
      beginsAt: this.beginsAt,
      handsOver: (instances) => this.companions.handsOver(instances, this.surroundings(at)),
      mates: (instance) => this.routers.mates(instance),
      fixedFaults: (instance) =>
        this.fixed.faultsOf(instance, this.config.trackGroups, this.network),
    };
  }
}

/** What is still taken in once all is handed over and taken down. */
const takenToTheEnd = new Set<CoreEvent['type']>(['effect-settled', 'snapshot-requested']);
