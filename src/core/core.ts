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
 * Each event goes through three layers: facts about the network
 * (`NetworkView`), the things that are tracked (`ScriptTracker`,
 * `ServiceSupervisor`), and then the virtual routers (`VirtualRouter`), each of
 * which judges the facts anew and moves at most once through its states.
 */
import { assert } from '../base/assert.ts';
import { after, earliest, instant, type Instant } from '../base/units.ts';
import type { InterfaceName, IpAddress } from '../model/address.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import type {
  AddressVanished,
  AdvertReceived,
  CoreEvent,
  EffectSettled,
  PacketDropped,
  PassRequested,
} from '../model/core-event.ts';
import type { Effect } from '../model/effect.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { countDrop, type DropCounts } from './drop-counts.ts';
import { NetworkView } from './network-view.ts';
import { Outbox } from './outbox.ts';
import { planReload } from './reload-plan.ts';
import { ScriptTracker } from './script-tracker.ts';
import { ServiceSupervisor } from './service-supervisor.ts';
import type { TrackedThings } from './tracking.ts';
import type { Surroundings } from './router.ts';
import { VirtualRouter } from './virtual-router.ts';

export interface CoreInput {
  readonly at: Instant;
  readonly event: CoreEvent;
}

export class Core {
  private config: Config;
  private begun = false;
  private stopping = false;
  private readonly outbox = new Outbox();
  private readonly network = new NetworkView();
  private readonly scripts = new Map<string, ScriptTracker>();
  private readonly services = new Map<string, ServiceSupervisor>();
  private routers: VirtualRouter[] = [];
  private beginsAt: Instant = instant(0);
  /** That moment has not come yet. */
  private waits = false;
  private readonly drops: DropCounts = {};
  private readonly things: TrackedThings = {
    status: (kind, name) => {
      switch (kind) {
        case 'script':
          return this.scripts.get(name)?.status ?? 'unknown';
        case 'service':
          return this.services.get(name)?.status ?? 'unknown';
        case 'interface':
          return this.network.up(name as InterfaceName) ? 'up' : 'down';
        case 'process':
          return 'unknown';
      }
    },
    fileValue: () => null,
  };

  constructor(config: Config) {
    this.config = config;
  }

  /** Takes one event and returns what is to be done, in order. Total: no event is refused. */
  handle(input: CoreInput): readonly Effect[] {
    const { at, event } = input;
    this.fence(at);
    const taken = !this.stopping || takenToTheEnd.has(event.type);
    const judgeAnew = taken && this.take(at, event);
    if (judgeAnew && this.begun && !this.stopping) this.settle(at, event);
    return this.outbox.drain();
  }

  /** The moment at which `time-passed` is due; null while only another event changes anything. */
  nextDeadline(): Instant | null {
    if (!this.begun || this.stopping) return null;
    return earliest(this.deadlines());
  }

  /** The moment at which a Backup takes over unless it hears of a master; null: none does. */
  nextTakeover(): Instant | null {
    if (!this.begun || this.stopping) return null;
    return earliest(this.routers.map((router) => router.takeoverAt()));
  }

  snapshot(at: Instant): Snapshot {
    return {
      instances: this.routers.map((router) => router.snapshot(this.surroundings(at))),
      scripts: [...this.scripts.values()].map((script) => script.snapshot()),
      services: [...this.services.values()].map((service) => service.snapshot()),
      groups: [],
      files: [],
      processes: [],
      drops: { ...this.drops },
    };
  }

  private *deadlines(): Iterable<Instant | null> {
    if (this.waits) yield this.beginsAt;
    yield this.network.nextDeadline();
    for (const script of this.scripts.values()) yield script.nextDeadline();
    for (const service of this.services.values()) yield service.nextDeadline();
    for (const router of this.routers) yield router.nextDeadline();
  }

  private fence(at: Instant): void {
    const surroundings = this.surroundings(at);
    for (const router of this.routers) router.fenceIfLapsed(surroundings);
  }

  /**
   * True where this may have changed what all routers are judged by. An advert and
   * the answer to a renewal, of which each router has one an interval, do not.
   */
  private take(at: Instant, event: CoreEvent): boolean {
    switch (event.type) {
      case 'network-listed':
        this.begin(at);
        return true;
      case 'advert-received':
        this.takeAdvert(at, event);
        return false;
      case 'packet-dropped':
        this.takeDrop(event);
        return false;
      case 'send-failed':
        for (const router of this.routers) router.sendFailed(event, this.outbox);
        return false;
      case 'link-changed':
        this.network.linkChanged(at, event);
        return true;
      case 'address-appeared':
        this.network.addressAppeared(event);
        return true;
      case 'address-vanished':
        this.takeLoss(at, event);
        return true;
      case 'route-vanished':
      case 'rule-vanished':
      case 'file-read':
      case 'processes-counted':
        return false;
      case 'effect-settled':
        return this.takeAnswer(at, event);
      case 'script-finished':
        this.scripts.get(event.script)?.finished(event.outcome, this.outbox);
        return true;
      case 'service-found':
      case 'service-started':
      case 'service-start-failed':
      case 'service-tested':
      case 'service-probed':
      case 'process-exited':
      case 'service-reload-requested':
        this.services.get(event.service)?.take(at, event, this.outbox);
        return true;
      case 'config-replaced':
        this.reload(at, event.config);
        return true;
      case 'pass-requested':
        this.pass(at, event);
        return false;
      case 'snapshot-requested':
        this.outbox.push({ type: 'report-snapshot', id: event.id, snapshot: this.snapshot(at) });
        return false;
      case 'stop-requested':
        this.stop(at);
        return false;
      case 'time-passed':
        return true;
    }
  }

  /** Lets every part act on the facts as they now stand, in the order of the layers. */
  private settle(at: Instant, event: CoreEvent): void {
    if (at >= this.beginsAt) this.waits = false;
    const surroundings = this.surroundings(at);
    this.network.timePassed(at);
    this.network.joinWanted(
      at,
      this.routers.map((router) => router.channel),
      this.outbox,
    );
    for (const script of this.scripts.values()) script.timePassed(at, this.outbox);
    for (const service of this.services.values()) service.timePassed(at, this.outbox);
    for (const router of this.routers) router.settle(surroundings);
    if (event.type !== 'time-passed') return;
    for (const router of this.routers) router.timePassed(surroundings);
  }

  private begin(at: Instant): void {
    assert(!this.begun, 'the network was listed twice');
    this.begun = true;
    this.beginsAt = after(at, this.config.global.startupDelay);
    this.waits = this.beginsAt > at;
    this.adopt(at, this.config);
  }

  private takeAdvert(at: Instant, event: AdvertReceived): void {
    const router = this.routerFor(event.channel, event.advert.virtualRouterId, event.destination);
    if (router === undefined) this.tellOfUnknown(event);
    if (router === undefined) countDrop(this.drops, 'virtual-router-id');
    else router.advertReceived(this.surroundings(at), event);
  }

  private takeDrop(event: PacketDropped): void {
    const router =
      event.virtualRouterId === null
        ? undefined
        : this.routerFor(event.channel, event.virtualRouterId, null);
    if (router === undefined) countDrop(this.drops, event.reason);
    else router.dropped(event.reason, event.source, this.outbox);
  }

  private takeLoss(at: Instant, event: AddressVanished): void {
    this.network.addressVanished(event);
    const surroundings = this.surroundings(at);
    for (const router of this.routers) router.addressVanished(surroundings, event);
  }

  private takeAnswer(at: Instant, event: EffectSettled): boolean {
    if (this.network.effectSettled(at, event)) return true;
    const known = this.routers.some((router) => router.effectSettled(event, this.outbox));
    if (!known && event.error !== null) this.outbox.log('error', event.error);
    return false;
  }

  private pass(at: Instant, { instance }: PassRequested): void {
    const surroundings = this.surroundings(at);
    for (const router of this.routers) {
      if (instance === null || instance === router.name) router.pass(surroundings);
    }
  }

  /** The router that a packet is for; the nearest one where none fits it in every way. */
  private routerFor(
    channel: AdvertChannel,
    virtualRouterId: number,
    destination: IpAddress | null,
  ): VirtualRouter | undefined {
    let nearest: VirtualRouter | undefined;
    for (const router of this.routers) {
      const fit = router.fits(channel, virtualRouterId, destination);
      if (fit === 'whole') return router;
      if (fit === 'partly') nearest ??= router;
    }
    return nearest;
  }

  private tellOfUnknown({ channel, source, advert }: AdvertReceived): void {
    if (!this.config.global.logUnknownVirtualRouters) return;
    const place = channel.interface === null ? '' : ` on ${channel.interface}`;
    const id = String(advert.virtualRouterId);
    this.outbox.log('info', `Received advert from ${source}${place} for unknown VRID ${id}`);
  }

  /** Makes scripts and services those of the configuration, keeping what has not changed. */
  private adopt(at: Instant, config: Config): void {
    const tracks = [...config.instances, ...config.syncGroups].flatMap((one) => one.tracks);
    const tracked = new Set(tracks.filter(({ kind }) => kind === 'script').map(({ name }) => name));
    adoptAll(
      this.scripts,
      config.scripts.filter((script) => tracked.has(script.name)),
      {
        keep: (tracker, script) => {
          tracker.reconfigure(at, script);
          return true;
        },
        create: (script) => new ScriptTracker(script, at),
        drop: () => undefined,
      },
    );
    adoptAll(this.services, config.services, {
      keep: (supervisor, service) => supervisor.reconfigure(at, service, this.outbox),
      create: (service) => new ServiceSupervisor(service),
      drop: (supervisor) => {
        supervisor.abandon(this.outbox);
      },
    });
    this.config = config;
    this.adoptRouters(at, config);
  }

  private adoptRouters(at: Instant, config: Config): void {
    const plan = planReload(this.routers, config.instances);
    const surroundings = this.surroundings(at);
    for (const router of plan.removed) router.remove(surroundings);
    // An address may go from one to another: all let go of theirs before any takes one up.
    const changed = plan.routers.flatMap(({ router, instance }) => {
      const change = router?.replaceConfig(surroundings, instance) ?? null;
      return router === null || change === null ? [] : [{ router, change }];
    });
    for (const { router, change } of changed) router.adaptTo(surroundings, change);
    this.routers = plan.routers.map(
      ({ router, instance }) => router ?? this.newRouter(surroundings, instance),
    );
  }

  private newRouter(surroundings: Surroundings, instance: InstanceConfig): VirtualRouter {
    const router = new VirtualRouter(instance, surroundings.at);
    router.removeLeftovers(surroundings);
    return router;
  }

  private reload(at: Instant, config: Config): void {
    if (this.begun && !this.stopping) this.adopt(at, config);
    else this.config = config;
    this.outbox.journal({ kind: 'config', detail: 'configuration reloaded' });
  }

  private stop(at: Instant): void {
    this.stopping = true;
    for (const router of this.routers) router.stop(this.surroundings(at));
    for (const service of this.services.values()) service.stop(this.outbox);
    this.outbox.push({ type: 'finish' });
  }

  private surroundings(at: Instant): Surroundings {
    return {
      at,
      outbox: this.outbox,
      network: this.network,
      global: this.config.global,
      things: this.things,
      beginsAt: this.beginsAt,
    };
  }
}

/** What is still taken in once all is handed over and taken down. */
const takenToTheEnd: ReadonlySet<CoreEvent['type']> = new Set<CoreEvent['type']>([
  'effect-settled',
  'snapshot-requested',
]);

/** Brings a map of machines in line with a list of configurations. */
function adoptAll<Machine, Configuration extends { readonly name: string }>(
  machines: Map<string, Machine>,
  configurations: readonly Configuration[],
  rules: {
    readonly keep: (machine: Machine, configuration: Configuration) => boolean;
    readonly create: (configuration: Configuration) => Machine;
    readonly drop: (machine: Machine) => void;
  },
): void {
  const former = new Map(machines);
  machines.clear();
  for (const configuration of configurations) {
    const machine = former.get(configuration.name);
    if (machine !== undefined && rules.keep(machine, configuration)) {
      former.delete(configuration.name);
      machines.set(configuration.name, machine);
    } else {
      machines.set(configuration.name, rules.create(configuration));
    }
  }
  for (const machine of former.values()) rules.drop(machine);
}
