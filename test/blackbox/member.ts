/**
 * A router of a pair: Baton, keepalived or FRR, started, stopped, killed, told another priority.
 */
import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '../kernel/program.ts';
import { Baton } from '../kernel/site.ts';
import type { Lab, LabHost } from './lab.ts';
import { sourcesOf, type Mode } from './modes.ts';
import type { Station } from './packets.ts';

export type Kind = 'Baton' | 'keepalived' | 'FRR';

export interface Member {
  readonly kind: Kind;
  readonly station: Station;
  /** The addresses that its adverts come from. */
  readonly sources: ReadonlySet<string>;
  readonly host: LabHost;
  /** The daemon's log so far. */
  readonly log: string;
  /** Starts it, and waits until it takes part. */
  start(): Promise<void>;
  /** Ends it as an operator would, and waits for its end. */
  stop(): Promise<void>;
  /** SIGKILL for all its processes. */
  crash(): Promise<void>;
  /** Takes another priority over without a restart. */
  setPriority(priority: number): Promise<void>;
}

export interface Seat {
  readonly host: LabHost;
  readonly self: Station;
  readonly other: Station;
}

export interface Setting {
  readonly mode: Mode;
  readonly priority: number;
}

export function memberOf(kind: Kind, lab: Lab, seat: Seat, setting: Setting): Member {
  const { mode, priority } = setting;
  const { self, other } = seat;
  const text = (own: number): string => mode.configuration({ self, other, priority: own });
  return customMember(kind, lab, seat, { ...setting, text, priority });
}

/** The same with a configuration of any text; FRR knows the mode alone. */
export function customMember(
  kind: Kind,
  lab: Lab,
  seat: Seat,
  setting: Setting & { readonly text: (priority: number) => string },
): Member {
  switch (kind) {
    case 'Baton':
      return new BatonMember(lab, seat, setting);
    case 'keepalived':
      return new KeepalivedMember(lab, seat, setting);
    case 'FRR':
      return new FrrMember(lab, seat, setting);
  }
}

type TextSetting = Setting & { readonly text: (priority: number) => string };

class BatonMember implements Member {
  readonly kind = 'Baton';
  readonly station: Station;
  readonly sources: ReadonlySet<string>;
  readonly host: LabHost;
  readonly #lab: Lab;
  readonly #baton: Baton;
  readonly #setting: TextSetting;
  #program: Program | null = null;
  #former = '';

  constructor(lab: Lab, { host, self }: Seat, setting: TextSetting) {
    this.station = self;
    this.sources = sourcesOf(self);
    this.host = host;
    this.#lab = lab;
    this.#baton =
      host === lab.d
        ? lab.baton
        : host === lab.p
          ? lab.peer
          : new Baton(host, lab.subdirectory(`baton-${host.letter}`));
    this.#setting = setting;
    this.#baton.configure(setting.text(setting.priority));
  }

  get log(): string {
    return this.#former + (this.#program?.text ?? '');
  }

  async start(): Promise<void> {
    this.#former = this.log;
    this.#program = this.#lab.track(this.#baton.start());
    await this.#program.printed('Startup complete');
  }

  async stop(): Promise<void> {
    this.#program?.signal('SIGTERM');
    await this.#program?.ended();
  }

  async crash(): Promise<void> {
    this.#program?.signal('SIGKILL');
    await this.#program?.ended();
  }

  async setPriority(priority: number): Promise<void> {
    this.#baton.configure(this.#setting.text(priority));
    const from = this.#program?.lines.length ?? 0;
    this.#program?.signal('SIGHUP');
    await this.#program?.printed('Reload complete', from);
  }
}

class KeepalivedMember implements Member {
  readonly kind = 'keepalived';
  readonly station: Station;
  readonly sources: ReadonlySet<string>;
  readonly host: LabHost;
  readonly #lab: Lab;
  readonly #directory: string;
  readonly #setting: TextSetting;
  #program: Program | null = null;
  #former = '';

  constructor(lab: Lab, { host, self }: Seat, setting: TextSetting) {
    this.station = self;
    this.sources = sourcesOf(self);
    this.host = host;
    this.#lab = lab;
    this.#setting = setting;
    this.#directory = lab.subdirectory(`keepalived-${host.letter}`);
    this.#configure(setting.priority);
  }

  get log(): string {
    return this.#former + (this.#program?.text ?? '');
  }

  async start(): Promise<void> {
    this.#former = this.log;
    const pidFiles = ['-p', '-r', '-c'].flatMap((flag) => [flag, join(this.#directory, flag)]);
    // What a killed one has left may name a process that nobody has waited for yet.
    for (const flag of ['-p', '-r', '-c']) rmSync(join(this.#directory, flag), { force: true });
    const words = ['-n', '-l', '-D', '-P', '-f', this.#path, ...pidFiles];
    this.#program = this.#lab.run(this.host, 'keepalived', ...words);
    await this.#program.printed('Startup complete');
  }

  async stop(): Promise<void> {
    this.#program?.signal('SIGTERM');
    await this.#program?.ended();
  }

  /** The VRRP process first: it would take its addresses off when its parent dies. */
  async crash(): Promise<void> {
    const parent = this.#program?.processId ?? NaN;
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent)], {
      encoding: 'utf8',
    });
    this.#program?.signal('SIGSTOP');
    for (const child of children.trim().split(/\s+/)) process.kill(Number(child), 'SIGKILL');
    this.#program?.signal('SIGKILL');
    await this.#program?.ended();
  }

  async setPriority(priority: number): Promise<void> {
    this.#configure(priority);
    this.#program?.signal('SIGHUP');
    await sleep(200);
  }

  get #path(): string {
    return join(this.#directory, 'keepalived.conf');
  }

  #configure(priority: number): void {
    writeFileSync(this.#path, this.#setting.text(priority));
  }
}

/** FRR's daemons do not run as root, and want a directory that is theirs. */
class FrrMember implements Member {
  readonly kind = 'FRR';
  readonly station: Station;
  readonly sources: ReadonlySet<string>;
  readonly host: LabHost;
  readonly #lab: Lab;
  readonly #directory: string;
  readonly #mode: Mode;
  readonly #virtualRouterId = 51;
  #priority: number;
  #programs: Program[] = [];

  constructor(lab: Lab, { host, self }: Seat, { mode, priority }: Setting) {
    this.station = self;
    // Over IPv6 it takes the link-local address of its own macvlan, made of the virtual MAC.
    this.sources = new Set([...sourcesOf(self), 'fe80::200:5eff:fe00:233']);
    this.host = host;
    this.#lab = lab;
    this.#mode = mode;
    this.#priority = priority;
    this.#directory = lab.subdirectory(`frr-${host.letter}`);
    const account = execFileSync('getent', ['passwd', 'frr'], { encoding: 'utf8' }).split(':');
    // What is in it has to be reached by others than root.
    execFileSync('chmod', ['711', lab.directory]);
    chownSync(this.#directory, Number(account[2]), Number(account[3]));
    this.#makeInterface();
  }

  get log(): string {
    return this.#programs.map((program) => program.text).join('\n');
  }

  async start(): Promise<void> {
    writeFileSync(join(this.#directory, 'zebra.conf'), 'hostname zebra\n');
    writeFileSync(join(this.#directory, 'vrrpd.conf'), this.#configuration());
    const zebra = this.#daemon('zebra');
    await sleep(1_000);
    const vrrpd = this.#daemon('vrrpd');
    this.#programs = [zebra, vrrpd];
    await vrrpd.printed('Startup');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async crash(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async setPriority(priority: number): Promise<void> {
    this.#priority = priority;
    const vrrp = `vrrp ${this.#virtualRouterId} priority ${priority}`;
    const commands = ['configure terminal', 'interface eth0', vrrp];
    const words = commands.flatMap((command) => ['-c', command]);
    await this.#lab.output(
      this.host,
      ...['vtysh', '--vty_socket', this.#directory, '-d', 'vrrpd', ...words],
    );
  }

  /** vrrpd is the one that speaks; zebra would put things right behind it, so it ends after it. */
  async #end(signal: NodeJS.Signals): Promise<void> {
    for (const program of this.#programs.toReversed()) {
      program.signal(signal);
      await program.ended();
    }
  }

  #daemon(name: string): Program {
    const file = (extension: string): string => join(this.#directory, `${name}.${extension}`);
    return this.#lab.run(
      this.host,
      ...[`/usr/lib/frr/${name}`, '-f', file('conf'), '-i', file('pid')],
      ...['-z', join(this.#directory, 'zserv.api'), '--vty_socket', this.#directory],
      ...['--log', 'stdout', '-P', '0'],
    );
  }

  #configuration(): string {
    const { version, family, interval, addresses } = this.#mode;
    const id = this.#virtualRouterId;
    return [
      'debug vrrp protocol',
      'interface eth0',
      ` vrrp ${id} version ${version}`,
      ` vrrp ${id} priority ${this.#priority}`,
      ` vrrp ${id} advertisement-interval ${interval * 1_000}`,
      ...addresses.map((address) => ` vrrp ${id} ${family === 4 ? 'ip' : 'ipv6'} ${address}`),
      '',
    ].join('\n');
  }

  /** FRR finds the macvlan by its MAC address; it does not make it. */
  #makeInterface(): void {
    const { family, addresses } = this.#mode;
    const mac = `00:00:5e:00:0${family === 4 ? 1 : 2}:${this.#virtualRouterId.toString(16)}`;
    const name = `vrrp${family}-${this.#virtualRouterId}`;
    this.host.ip(`link add ${name} link eth0 address ${mac} type macvlan mode bridge`);
    for (const address of addresses) {
      this.host.ip(`address add ${address}/${family === 4 ? 32 : 64} dev ${name}`);
    }
    this.host.ip(`link set ${name} up`);
  }
}
