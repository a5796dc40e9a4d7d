/**
 * Two hosts with a cable between them, for tests of whole programs: what they
 * send is heard on the far host, and nothing of them is left when a test ends.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlClient, type ControlClient } from '../../src/api/client.ts';
import type { InstanceSnapshot, Snapshot } from '../../src/model/snapshot.ts';
import type { Host } from './namespace.ts';
import { batonProgram, Program } from './program.ts';
import { cableTest, type Station, type StationTestOptions } from './station.ts';
import { Wire } from './wire.ts';

export const virtualAddress = '192.0.2.5';

/** A virtual router on eth0; `lines` are more of what stands in its block. */
export function instanceBlock(options: {
  readonly priority: number;
  readonly state?: 'MASTER' | 'BACKUP';
  readonly addresses?: readonly string[];
  readonly lines?: readonly string[];
}): string {
  const { priority, state = 'BACKUP', addresses = [virtualAddress], lines = [] } = options;
  return `vrrp_instance VI_1 {
    state ${state}
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    ${lines.join('\n    ')}
    virtual_ipaddress {
        ${addresses.join('\n        ')}
    }
}
`;
}

export const passAuthentication: readonly string[] = [
  'authentication {',
  'auth_type PASS',
  'auth_pass 1111',
  '}',
];

/** A daemon with its files in a directory of its own. */
export class Baton {
  readonly configurationPath: string;
  readonly pidPath: string;
  readonly socketPath: string;
  readonly client: ControlClient;
  readonly #host: Host;
  #program: Program | null = null;

  constructor(host: Host, directory: string) {
    this.#host = host;
    this.configurationPath = join(directory, 'keepalived.conf');
    this.pidPath = join(directory, 'pid');
    this.socketPath = join(directory, 'socket');
    this.client = controlClient(this.socketPath);
  }

  /** Writes the configuration that the next start, or a reload, will find. */
  configure(text: string): void {
    writeFileSync(this.configurationPath, text);
  }

  start(flags: readonly string[] = ['-l', '-D']): Program {
    const files = ['-f', this.configurationPath, '-p', this.pidPath, '--socket', this.socketPath];
    this.#program = this.command('run', ...files, ...flags);
    return this.#program;
  }

  /** Another `baton` on the same host, such as `baton check`. */
  command(...words: readonly string[]): Program {
    return Program.start(this.#host, this.words(...words));
  }

  /** The command line of another `baton`. */
  words(...words: readonly string[]): readonly string[] {
    return [process.execPath, batonProgram, ...words];
  }

  async snapshot(): Promise<Snapshot> {
    const answer = await this.client.status();
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value.snapshot;
  }

  /** What it says of its only instance. */
  async instance(): Promise<InstanceSnapshot> {
    const [instance] = (await this.snapshot()).instances;
    if (instance === undefined) throw new Error('there is no instance');
    return instance;
  }

  async end(): Promise<void> {
    await this.#program?.end();
  }
}

export class Site {
  readonly near: Station;
  readonly far: Station;
  /** What the far host hears, and says. */
  readonly wire: Wire;
  readonly directory = mkdtempSync(join(tmpdir(), 'baton-site-'));
  /** On the near host. */
  readonly baton: Baton;
  readonly #programs: Program[] = [];

  constructor(near: Station, far: Station) {
    this.near = near;
    this.far = far;
    this.wire = new Wire(far.host);
    this.baton = new Baton(near.host, this.subdirectory('baton'));
  }

  subdirectory(name: string): string {
    const path = join(this.directory, name);
    mkdirSync(path);
    return path;
  }

  /** Starts a program that is ended with the test. */
  start(host: Host, words: readonly string[]): Program {
    const program = Program.start(host, words);
    this.#programs.push(program);
    return program;
  }

  async close(): Promise<void> {
    await Promise.all([this.baton.end(), ...this.#programs.map((program) => program.end())]);
    this.wire.close();
    rmSync(this.directory, { recursive: true });
  }
}

/** A test on a new site. */
export function siteTest(
  name: string,
  body: (site: Site) => Promise<void>,
  options: StationTestOptions = {},
): void {
  const onCable = async (near: Station, far: Station): Promise<void> => {
    const site = new Site(near, far);
    try {
      await body(site);
    } finally {
      await site.close();
    }
  };
  cableTest(name, onCable, options);
}

/** What happened to addresses on a host, in order: "+ 192.0.2.5" where one appeared. */
export function addressEvents(station: Station): readonly string[] {
  station.receive();
  return station.events.flatMap((event) => {
    if (event.type === 'address-appeared') return [`+ ${event.address}`];
    return event.type === 'address-vanished' ? [`- ${event.address}`] : [];
  });
}

/** Whether this virtual address is on the host. */
export function holds(station: Station, address = virtualAddress): boolean {
  const last = addressEvents(station).findLast((event) => event.endsWith(` ${address}`));
  return last === `+ ${address}`;
}
