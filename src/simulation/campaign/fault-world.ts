/**
 * The world that a fault plan is played in: the site's hosts on one LAN with a client,
 * and watchers that look at it from outside. Everything in it, chance included, grows
 * from the plan's seed.
 */
import { assert } from '../../base/assert.ts';
import {
  after,
  microseconds,
  milliseconds,
  type Duration,
  type Instant,
} from '../../base/units.ts';
import type { IpAddress, MacAddress } from '../../model/address.ts';
import type { Command } from '../../model/command.ts';
import { clientName } from '../client.ts';
import { drawDuration, streamOf } from '../draw.ts';
import { glimpseAdvert } from '../advert-frame.ts';
import { HostClock } from '../host-clock.ts';
import { Lan, type Trace } from '../lan.ts';
import { succeeded, type Program } from '../program.ts';
import { SimulatedHost } from '../simulated-host.ts';
import { SimulatedKernel } from '../simulated-kernel.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { lanDelay } from './bounds.ts';
import { theHolder } from './fault.ts';
import type { FaultPlan } from './fault-plan.ts';
import { NeighbourCache } from './neighbour-cache.ts';
import type { NotificationOrder, Told } from './notification-order.ts';
import { interfaceName, ownAddress, virtualAddresses, type Site } from './site.ts';
import { checkProgram, configurationOf, notifyProgram } from './site-configuration.ts';
import { Witness, type Happening, type HostFacts } from './witness.ts';

/** A host with what can be done to it, and what it ought to do. */
export interface Inhabitant {
  readonly host: SimulatedHost;
  readonly place: number;
  priority: number;
  scriptFails: boolean;
  /** It was told to pass since Baton was started there. */
  passed: boolean;
  /** Its addresses were taken off it, which it may have noticed or not. */
  stripped: boolean;
  /** When it was last told to stop or to pass. */
  leftAt: Instant | null;
  /** It was told so while it was frozen, or so lately that it could not do it. */
  leavesOnWaking: boolean;
  /** It is frozen by so many faults at a time. */
  freezes: number;
  /** How often Baton was started. */
  life: number;
}

const notifyTakes = { least: milliseconds(1), most: milliseconds(40) };
const checkTakes = { least: microseconds(500), most: milliseconds(5) };
const priorityLimits = { least: 1, most: 254 };

export interface FaultWorldOptions {
  readonly plan: FaultPlan;
  readonly notifications: NotificationOrder;
  readonly trace: Trace | null;
}

export class FaultWorld {
  readonly clock = new VirtualClock();
  readonly lan: Lan;
  readonly witness: Witness;
  readonly inhabitants: readonly Inhabitant[];
  readonly site: Site;
  readonly address: IpAddress;
  private readonly cache: NeighbourCache;
  private readonly options: FaultWorldOptions;

  constructor(options: FaultWorldOptions) {
    this.options = options;
    const { plan } = options;
    const { clock } = this;
    this.site = plan.site;
    [this.address] = virtualAddresses(plan.site);
    this.witness = new Witness(
      () => clock.now(),
      () => this.look(),
    );
    this.lan = new Lan({
      clock,
      random: streamOf(plan.seed, 'lan'),
      delay: lanDelay,
      trace: this.stampedTrace(),
      beforeChange: this.beforeChange,
      tap: (from, frame) => {
        const advert = glimpseAdvert(frame);
        if (advert === null) return;
        this.witness.advertised({ at: clock.now(), from, priority: advert.priority });
      },
    });
    this.cache = new NeighbourCache(this.address, this.beforeChange);
    this.lan.plug(this.cache);
    this.inhabitants = plan.site.hosts.map((_, place) => this.settle(place));
  }

  inhabitant(name: string): Inhabitant {
    const found = this.inhabitants.find(({ host }) => host.name === name);
    assert(found !== undefined, `no host ${name}`);
    return found;
  }

  /** Whom a fault meets; where nobody has the address, it is the first of them. */
  target(target: string): Inhabitant {
    if (target !== theHolder) return this.inhabitant(target);
    const { inhabitants, address } = this;
    const answering = inhabitants.find(({ host }) => host.kernel.answers(address));
    const having = inhabitants.find(({ host }) => host.kernel.has(address));
    return answering ?? having ?? this.inhabitant(this.site.hosts[0]?.name ?? '');
  }

  /** For the timeline. */
  tell(text: string): void {
    this.stampedTrace()?.(text);
  }

  /** Something has begun, or is over, that the watchers may take for a cause. */
  happened(host: string | null, of: Happening['of']): void {
    this.witness.happened({ at: this.clock.now(), host, of });
  }

  /** Starts Baton, if it does not live already. */
  start(inhabitant: Inhabitant): void {
    const { host } = inhabitant;
    if (host.batonLives) return;
    this.options.notifications.begin(host.name);
    inhabitant.passed = false;
    inhabitant.stripped = false;
    inhabitant.leftAt = null;
    inhabitant.freezes = 0;
    inhabitant.leavesOnWaking = false;
    inhabitant.life += 1;
    host.startBaton();
  }

  async play(duration: Duration): Promise<void> {
    await this.clock.runUntil(after(this.clock.now(), duration));
  }

  private readonly beforeChange = (): void => {
    this.witness.beforeChange();
  };

  private look(): {
    readonly hosts: readonly HostFacts[];
    readonly calm: boolean;
    readonly resolved: string | null;
  } {
    const { lan, cache, inhabitants } = this;
    const hosts = inhabitants.map((one) => this.factsOf(one));
    const resolved = inhabitants.find(({ host }) => host.kernel.macAddress === cache.resolved);
    return { hosts, calm: lan.perfect, resolved: resolved?.host.name ?? null };
  }

  private factsOf(inhabitant: Inhabitant): HostFacts {
    const { host, scriptFails, passed, place } = inhabitant;
    const { site, lan, address } = this;
    const { kernel, name } = host;
    const { script, service } = site;
    const preempts = site.hosts[place]?.preempt ?? true;
    const life = host.batonRuns ? 'running' : host.batonLives ? 'frozen' : 'ended';
    const sound = !(scriptFails && script?.weight === 0) && (!service || host.nginx.answers);
    return {
      name,
      has: kernel.has(address),
      answers: kernel.answers(address),
      reachable: lan.connects(clientName, name),
      life,
      fit: life === 'running' && lan.hasCarrier(name) && sound,
      priority: this.priorityOf(inhabitant),
      preempts,
      claims: preempts && !passed,
    };
  }

  private priorityOf({ priority, scriptFails }: Inhabitant): number {
    const weight = this.site.script?.weight ?? 0;
    const counts = weight > 0 ? !scriptFails : scriptFails;
    const effective = counts ? priority + weight : priority;
    return Math.min(priorityLimits.most, Math.max(priorityLimits.least, effective));
  }

  private settle(place: number): Inhabitant {
    const { plan, notifications } = this.options;
    const { clock, lan, site, beforeChange } = this;
    const { name, clockRate, priority } = this.hostAt(place);
    const trace = this.stampedTrace();
    const kernel = new SimulatedKernel({
      hostName: name,
      clock: new HostClock(clock, clockRate),
      lan,
      random: streamOf(plan.seed, `kernel of ${name}`),
      interface: interfaceName,
      macAddress: `02:00:00:00:01:0${String(place + 1)}` as MacAddress,
      ownAddress: { address: ownAddress(site, place), prefixLength: 24 },
      trace,
      beforeChange,
      guarded: site.guarded,
    });
    const host = new SimulatedHost({
      ...{ name, clock, kernel, clockRate, beforeChange },
      config: configurationOf(site, place),
      random: streamOf(plan.seed, `processes of ${name}`),
      log: {
        write: (level, text) => {
          trace?.(`${name} logs ${level}: ${text}`);
          notifications.logged(name, text);
        },
      },
      load: (command) => this.load(inhabitant, command),
    });
    const inhabitant: Inhabitant = {
      host,
      place,
      priority,
      ...{ scriptFails: false, passed: false, stripped: false },
      ...{ leftAt: null, leavesOnWaking: false, freezes: 0, life: 0 },
    };
    return inhabitant;
  }

  private hostAt(place: number): Site['hosts'][number] {
    const host = this.site.hosts[place];
    assert(host !== undefined, 'a host has a place in its site');
    return host;
  }

  private load(inhabitant: Inhabitant, command: Command): Program | null {
    const random = streamOf(this.options.plan.seed, `${inhabitant.host.name} ${this.clock.now()}`);
    switch (command.program) {
      case notifyProgram:
        return this.notify(this.options.notifications.lifeOf(inhabitant.host.name), {
          state: command.arguments[2] ?? '',
          takes: drawDuration(random, notifyTakes),
        });
      case checkProgram:
        return check(inhabitant, drawDuration(random, checkTakes));
      default:
        return null;
    }
  }

  private *notify(
    life: Told,
    { state, takes }: { readonly state: string; readonly takes: Duration },
  ): Program {
    const { notifications } = this.options;
    notifications.started(life, state, this.clock.now());
    yield takes;
    notifications.ended(life);
    return succeeded;
  }

  private stampedTrace(): Trace | null {
    const { trace } = this.options;
    return (
      trace &&
      ((line) => {
        trace(`${this.clock.now()} ${line}`);
      })
    );
  }
}

function* check(inhabitant: Inhabitant, takes: Duration): Program {
  yield takes;
  return inhabitant.scriptFails ? { status: 1, output: '' } : succeeded;
}
