/**
 * The network of the black-box cases: a bridge with a capture on it, and three
 * hosts at it. D runs Baton, P runs its peer, H is a neighbour that also sends
 * frames of its own making. Everything is seen from outside: on the wire, from H,
 * by what D's kernel shows and by what `baton status` says.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceSnapshot } from '../../src/model/snapshot.ts';
import { Host } from '../kernel/namespace.ts';
import { Program } from '../kernel/program.ts';
import { Baton } from '../kernel/site.ts';
import { Injector } from './injector.ts';
import { addresses, type Station } from './packets.ts';
import { Wire } from './wire.ts';

const bridge = 'br0';

/** What is added to the protocol's times where a machine may be busy elsewhere. */
export const toleranceMs = 150;

/** A host at the bridge; its end of the cable is eth0, the bridge's is named after it. */
export class LabHost extends Host {
  readonly letter: string;

  constructor(letter: string) {
    super();
    this.letter = letter;
  }

  /** IP addresses on its interfaces: "192.0.2.10/32 eth0". */
  addresses(): readonly string[] {
    interface Row {
      readonly ifname: string;
      readonly addr_info: readonly { readonly local?: string; readonly prefixlen: number }[];
    }
    const rows = JSON.parse(this.ip('-j address show')) as readonly Row[];
    return rows.flatMap(({ ifname, addr_info }) =>
      addr_info.map(({ local, prefixlen }) => `${local ?? ''}/${prefixlen} ${ifname}`),
    );
  }

  /** Whether this address is on any of its interfaces. */
  has(address: string): boolean {
    return this.addresses().some((one) => one.startsWith(`${address}/`));
  }
}

export class Lab {
  readonly switch = new Host();
  readonly d = new LabHost('d');
  readonly p = new LabHost('p');
  readonly h = new LabHost('h');
  readonly directory = mkdtempSync(join(tmpdir(), 'baton-case-'));
  /** The device under test. */
  readonly baton: Baton;
  /** Another Baton, on P. */
  readonly peer: Baton;
  readonly wire: Wire;
  readonly injector: Injector;
  readonly #programs: Program[] = [];

  constructor() {
    const seats = [
      [this.d, addresses.d],
      [this.p, addresses.p],
      [this.h, addresses.h],
    ] as const;
    for (const host of [this.switch, this.d, this.p, this.h]) quieten(host);
    ipBatch(this.switch, [
      `link add ${bridge} type bridge stp_state 0 mcast_snooping 0 forward_delay 0`,
      `link set ${bridge} up`,
      ...seats.flatMap(([host, station], place) => cableTo(host, station, 10 * (place + 1))),
    ]);
    for (const [host, { ipv4, ipv6 }] of seats) {
      ipBatch(host, [
        `address add ${ipv4}/24 dev eth0`,
        'link set eth0 up',
        `address add ${ipv6}/64 dev eth0 nodad`,
      ]);
    }
    this.injector = new Injector(this.h, 'eth0');
    this.baton = new Baton(this.d, this.subdirectory('baton'));
    this.peer = new Baton(this.p, this.subdirectory('peer'));
    this.wire = new Wire(this.switch, bridge, join(this.directory, 'wire.pcap'));
  }

  /** To be awaited before anything is sent. */
  async ready(): Promise<void> {
    await this.wire.ready();
  }

  /** A new directory whose name begins like this. */
  subdirectory(name: string): string {
    return mkdtempSync(join(this.directory, `${name}-`));
  }

  /** Writes a file and returns its path. */
  file(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    return path;
  }

  /** Starts Baton on D with this configuration, and waits until it takes part. */
  async start(configuration: string): Promise<Program> {
    this.baton.configure(configuration);
    const program = this.track(this.baton.start());
    await program.printed('Startup complete');
    return program;
  }

  /** Starts Baton on P with this configuration, and waits until it takes part. */
  async startPeer(configuration: string): Promise<Program> {
    this.peer.configure(configuration);
    const program = this.track(this.peer.start());
    await program.printed('Startup complete');
    return program;
  }

  /**
   * Starts Baton on D, and waits until the virtual router of this name, or the first, is Master.
   */
  async startAsMaster(configuration: string, name: string | null = null): Promise<Program> {
    const program = await this.start(configuration);
    await this.inState('Master', { ...(name === null ? {} : { name }), limitMs: 20_000 });
    return program;
  }

  /** Starts a program that is ended with the case. */
  run(host: Host, ...words: readonly string[]): Program {
    return this.track(Program.start(host, words));
  }

  /** Runs a program to its end; the value is what it printed. */
  async output(host: Host, ...words: readonly string[]): Promise<string> {
    const program = this.run(host, ...words);
    await program.ended();
    return program.text;
  }

  track(program: Program): Program {
    this.#programs.push(program);
    return program;
  }

  /** What Baton says of the instance of this name, or of the first. */
  async instance(name: string | null = null): Promise<InstanceSnapshot> {
    const { instances } = await this.baton.snapshot();
    const found = instances.find((one) => name === null || one.name === name);
    if (found === undefined) throw new Error(`there is no instance ${name ?? ''}`);
    return found;
  }

  /**
   * Between which two moments the instance has come into its state. What it prints is
   * read late where the machine is busy; this is bounded by how long the question took.
   */
  async enteredStateAt(): Promise<{ readonly earliestMs: number; readonly latestMs: number }> {
    const askedMs = Date.now();
    const { inStateForMs } = await this.instance();
    return { earliestMs: askedMs - inStateForMs, latestMs: Date.now() - inStateForMs };
  }

  /** Waits until the instance is in this state. */
  async inState(
    state: InstanceSnapshot['state'],
    options: { readonly name?: string; readonly limitMs?: number } = {},
  ): Promise<InstanceSnapshot> {
    const { name = null, limitMs = 10_000 } = options;
    const deadline = Date.now() + limitMs;
    for (;;) {
      const instance = await this.instance(name);
      if (instance.state === state) return instance;
      if (Date.now() > deadline) {
        throw new Error(`not ${state} within ${limitMs} ms: ${JSON.stringify(instance)}`);
      }
      await sleep(20);
    }
  }

  /** Waits until a host has this address, or has it no more. */
  async hasAddress(
    host: LabHost,
    address: string,
    wanted: boolean,
    limitMs: number,
  ): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (host.has(address) !== wanted) {
      if (Date.now() > deadline) {
        throw new Error(`${address} ${wanted ? 'not on' : 'still on'} ${host.letter}`);
      }
      await sleep(100);
    }
  }

  /** Takes a host's port out of the bridge, or puts it back. */
  plug(host: LabHost, into: boolean): void {
    const words = into ? `master ${bridge}` : 'nomaster';
    this.switch.ip(`link set ${portOf(host)} ${words}`);
  }

  /** Programs whose output is of use where a case fails. */
  transcript(): string {
    return this.#programs.map((program) => program.text).join('\n----\n');
  }

  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end()));
    await this.wire.close();
    this.injector.close();
    for (const host of [this.d, this.p, this.h, this.switch]) host.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Several commands of `ip` by one process: other cases run meanwhile, and must not stand still. */
function ipBatch(host: Host, commands: readonly string[]): void {
  host.run(() => execFileSync('ip', ['-batch', '-'], { input: `${commands.join('\n')}\n` }));
}

/** The indexes of both ends differ, so that the kernel tells of a carrier at once. */
function cableTo(host: LabHost, { mac }: Station, index: number): readonly string[] {
  const port = portOf(host);
  return [
    `link add ${port} index ${index} type veth peer name eth0 index ${index + 1} ` +
      `address ${mac} netns ${host.path}`,
    `link set ${port} master ${bridge}`,
    `link set ${port} up`,
  ];
}

/**
 * No duplicate address detection and no router solicitations: a host speaks when it is told to.
 */
function quieten(host: Host): void {
  const quiet = ['accept_dad', 'dad_transmits', 'router_solicitations', 'accept_ra'];
  host.run(() => {
    for (const scope of ['all', 'default']) {
      for (const name of quiet) writeFileSync(`/proc/sys/net/ipv6/conf/${scope}/${name}`, '0');
    }
  });
}

/** The bridge's end of a host's cable. */
function portOf({ letter }: LabHost): string {
  return `port-${letter}`;
}
