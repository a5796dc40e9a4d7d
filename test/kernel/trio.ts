/**
 * Two hosts that run Baton and a client, on one switch. The client asks the virtual address
 * again and again, whoever has it; the switch sees every frame.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { Capture } from './capture.ts';
import { Host, whyNot } from './namespace.ts';
import { Program } from './program.ts';
import { Baton } from './site.ts';

const echoPort = 7007;
const probeEveryMs = 2;

/** Answers each datagram with the name of the host and the number that was asked with. */
const echoScript = `
const [name] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (message, { address, port }) => {
  socket.send(name + ' ' + message, port, address);
});
socket.bind(${echoPort}, () => console.log('ready'));
`;

/** Asks with 1, 2, 3, ... until SIGTERM; then prints what was asked, and answered by whom. */
const probeScript = `
const [target] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
const answers = {};
let asked = 0;
socket.on('message', (message) => {
  const [name, number] = String(message).split(' ');
  answers[number] ??= name;
  if (asked === 1 || number === '1') console.log('answered');
});
let timer;
socket.bind(0, () => {
  const ask = () => socket.send(String((asked += 1)), ${echoPort}, target);
  timer = setInterval(ask, ${probeEveryMs});
});
process.on('SIGTERM', () => {
  clearInterval(timer);
  setTimeout(() => {
    console.log('report ' + JSON.stringify({ asked, answers }));
    process.exit(0);
  }, 1000);
});
`;

export interface Answers {
  readonly asked: number;
  /** By number: the host that has answered. */
  readonly answers: Readonly<Record<string, string>>;
}

export interface Member {
  readonly host: Host;
  readonly baton: Baton;
  readonly address: string;
}

export class Trio {
  readonly first: Member;
  readonly second: Member;
  /** Every frame, once where it comes in and once where it goes out. */
  readonly capture: Capture;
  readonly #switch = new Host();
  readonly #client = new Host();
  readonly #directory = mkdtempSync(join(tmpdir(), 'baton-trio-'));
  readonly #programs: Program[] = [];

  constructor() {
    this.#switch.ip(
      'link add name bridge0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
    );
    this.#switch.ip('link set bridge0 up');
    const hosts = [new Host(), new Host(), this.#client];
    hosts.forEach((host, index) => {
      this.#plug(host, index + 1);
    });
    const [first, second] = hosts.map((host, index): Member => {
      const directory = join(this.#directory, String(index));
      mkdirSync(directory);
      const address = `192.0.2.${index + 1}`;
      return { host, address, baton: new Baton(host, directory) };
    }) as [Member, Member];
    this.first = first;
    this.second = second;
    this.capture = new Capture(this.#switch);
  }

  /** Has both hosts answer, and the client ask this address from now on. */
  async ask(target: string): Promise<Program> {
    const hosts = [this.first, this.second];
    await Promise.all(
      hosts.map(({ host, address }) => {
        return this.#start(host, echoScript, address).printed('ready');
      }),
    );
    const probe = this.#start(this.#client, probeScript, target);
    await probe.printed('answered');
    return probe;
  }

  /** Ends the asking; what came of it. */
  async answersOf(probe: Program): Promise<Answers> {
    probe.signal('SIGTERM');
    const { text } = await probe.printed('report ');
    return JSON.parse(text.replace('report ', '')) as Answers;
  }

  async close(): Promise<void> {
    const batons = [this.first.baton, this.second.baton];
    await Promise.all([...batons, ...this.#programs].map((one) => one.end()));
    this.capture.close();
    for (const host of [this.first.host, this.second.host, this.#client, this.#switch]) {
      host.close();
    }
    rmSync(this.#directory, { recursive: true });
  }

  #start(host: Host, script: string, ...words: readonly string[]): Program {
    const program = Program.start(host, [process.execPath, '-e', script, ...words]);
    this.#programs.push(program);
    return program;
  }

  #plug(host: Host, number: number): void {
    const port = `port${number}`;
    // The indexes differ, so that the kernel tells of the carrier at once.
    const end = `eth0 index ${100 + number} netns ${host.path}`;
    this.#switch.ip(`link add ${port} index ${10 + number} type veth peer name ${end}`);
    this.#switch.ip(`link set ${port} master bridge0`);
    this.#switch.ip(`link set ${port} up`);
    host.ip('link set eth0 addrgenmode none');
    host.ip(`address add 192.0.2.${number}/24 dev eth0`);
    host.ip('link set eth0 up');
  }
}

/** A test on three new hosts; the client is asked nothing yet. */
export function trioTest(name: string, body: (trio: Trio) => Promise<void>): void {
  it(name, async (context) => {
    context.skip(whyNot !== null, whyNot ?? '');
    const trio = new Trio();
    try {
      await sleep(100);
      await body(trio);
    } finally {
      await trio.close();
    }
  });
}

/** Asks until the answer is yes; fails after 15 s, saying what it has waited for. */
export async function eventually(what: string, ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`);
    await sleep(20);
  }
}
