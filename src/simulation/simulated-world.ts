/**
 * The simulator's world: hosts with nginx and Baton on one LAN, a client, and the
 * checkers that watch them. Everything in it, chance included, grows from one
 * seed: the same seed and the same acts give the same trace, byte for byte.
 */
import { assert } from '../base/assert.ts';
import { microseconds, milliseconds, type Duration, type Instant } from '../base/units.ts';
import {
  isIpv4,
  parseIpv4,
  type InterfaceName,
  type Ipv4Address,
  type MacAddress,
} from '../model/address.ts';
import type { Config, InstanceConfig } from '../model/config.ts';
import type { LogLevel } from '../model/effect.ts';
import {
  AlwaysOneHolderChecker,
  HoldingWatch,
  TwoHoldersChecker,
  type Checker,
  type Violation,
  type WitnessedHost,
} from './checkers.ts';
import { Client, clientName } from './client.ts';
import { streamOf } from './draw.ts';
import { Lan, type Trace } from './lan.ts';
import { silenceBound } from './protocol-bounds.ts';
import { slowestStart, slowestWakeUp } from './simulated-baton.ts';
import { SimulatedHost } from './simulated-host.ts';
import { SimulatedKernel } from './simulated-kernel.ts';
import { VirtualClock } from './virtual-clock.ts';

/** From one station's send to another's interrupt. */
const lanDelay = { least: microseconds(30), most: microseconds(300) };

/** The hosts' own addresses, where their configuration names none. */
const network = '192.0.2.';
const prefixLength = 27;

/** A host's interface where its configuration names none. */
const soleInterface = 'eth0' as InterfaceName;

/** Log lines that belong in the timeline; all of them are in the trace. */
const told: ReadonlySet<LogLevel> = new Set<LogLevel>(['error', 'warning', 'notice']);

/** Until Baton has found and probed a service that answers: it may look each second only. */
const serviceAllowance = milliseconds(1_500);

export interface WorldOptions {
  readonly seed: number;
  /** By the host's name, in their order. */
  readonly configurations: Readonly<Record<string, Config>>;
  readonly tell: (at: Instant, who: string, text: string) => void;
  readonly trace: Trace | null;
}

export class SimulatedWorld {
  readonly clock = new VirtualClock();
  readonly lan: Lan;
  readonly hosts: readonly SimulatedHost[];
  readonly client: Client;
  readonly holdings = new HoldingWatch();
  readonly virtualAddress: Ipv4Address;
  private readonly options: WorldOptions;
  private found: Violation[] = [];

  constructor(options: WorldOptions) {
    this.options = options;
    const { clock } = this;
    const random = streamOf(options.seed, 'lan');
    const trace = this.stampedTrace();
    this.lan = new Lan({ clock, random, delay: lanDelay, trace });
    const configurations = Object.entries(options.configurations);
    const instances = configurations.map(([, config]) => firstInstance(config));
    this.virtualAddress = firstVirtualAddress(instances);
    this.hosts = configurations.map(([name, config], index) =>
      this.createHost({ name, config, index, trace }),
    );
    this.client = new Client({
      clock,
      lan: this.lan,
      virtualAddress: this.virtualAddress,
      hosts: this.hosts,
      tell: (at, text) => {
        options.tell(at, clientName, text);
      },
    });
    const checkers = [this.holdings, ...this.createCheckers(instances)];
    clock.observe({
      elapsed: (from, to) => {
        const stretch = { from, to, hosts: this.witness() };
        for (const checker of checkers) checker.elapsed(stretch);
      },
    });
  }

  host(name: string): SimulatedHost {
    const host = this.hosts.find((one) => one.name === name);
    assert(host !== undefined, `no host ${name}`);
    return host;
  }

  /** The names of the hosts whose kernels have the virtual address. */
  holders(): readonly string[] {
    return this.hosts.filter((one) => one.kernel.has(this.virtualAddress)).map(({ name }) => name);
  }

  /** What the checkers have found since they were last asked. */
  takeViolations(): readonly Violation[] {
    const { found } = this;
    this.found = [];
    return found;
  }

  private witness(): readonly WitnessedHost[] {
    return this.hosts.map((host) => {
      const reachable = this.lan.connects(clientName, host.name);
      return {
        name: host.name,
        holds: host.kernel.has(this.virtualAddress),
        reachable,
        fit: host.batonRuns && host.nginx.answers,
      };
    });
  }

  private createCheckers(instances: readonly InstanceConfig[]): readonly Checker[] {
    const violated = (violation: Violation): void => {
      this.found.push(violation);
    };
    // A better master has taken the address before the other one hears of it.
    const overlap = (lanDelay.most + slowestWakeUp) as Duration;
    const vacancy = (Math.max(...instances.map(silenceBound)) +
      slowestStart +
      serviceAllowance) as Duration;
    return [
      new TwoHoldersChecker({ violated, bound: overlap }),
      new AlwaysOneHolderChecker({ violated, bound: vacancy }),
    ];
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

  private createHost(making: {
    readonly name: string;
    readonly config: Config;
    readonly index: number;
    readonly trace: Trace | null;
  }): SimulatedHost {
    const { name, config, index, trace } = making;
    const { clock, lan } = this;
    const { seed, tell } = this.options;
    const instance = firstInstance(config);
    const address = instance.sourceAddress ?? parseIpv4(`${network}${String(index + 2)}`);
    assert(address !== null, 'the simulator has addresses for its hosts');
    const kernel = new SimulatedKernel({
      hostName: name,
      clock,
      lan,
      random: streamOf(seed, `kernel of ${name}`),
      interface: instance.interface ?? soleInterface,
      macAddress: `02:00:00:00:01:0${String(index + 1)}` as MacAddress,
      ownAddress: { address, prefixLength },
      trace,
    });
    const log = {
      write: (level: LogLevel, text: string) => {
        trace?.(`${name} logs ${level}: ${text}`);
        if (told.has(level)) tell(clock.now(), name, text);
      },
    };
    const random = streamOf(seed, `processes of ${name}`);
    return new SimulatedHost({ name, clock, kernel, config, random, log });
  }
}

function firstInstance(config: Config): InstanceConfig {
  const [instance] = config.instances;
  assert(instance !== undefined, 'the simulator plays with one virtual router');
  return instance;
}

function firstVirtualAddress(instances: readonly InstanceConfig[]): Ipv4Address {
  const address = instances[0]?.virtualAddresses[0]?.address;
  const watched = address !== undefined && isIpv4(address);
  assert(watched, 'there is an IPv4 address for the client to ask');
  return address;
}
