/** The switch and who is at it, each in a network namespace of its own. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Host } from '../kernel/namespace.ts';
import type { RouterLetter, Station } from './stations.ts';
import { client, routers, stranger } from './stations.ts';

const bridge = 'br0';
const hostInterface = 'eth0';

/** Settings of a host: it speaks when it is told to, and answers each probe. */
const settings: Readonly<Record<string, string>> = {
  // Every datagram to a closed port is answered, not one now and then.
  'ipv4/icmp_ratemask': '0',
  'ipv6/icmp/ratelimit': '0',
  'ipv6/icmp/ratemask': '',
};
const quiet = ['accept_dad', 'dad_transmits', 'router_solicitations', 'accept_ra'];

/** What the switch does to frames between its ports. */
export type Disturbance = 'A deaf to B' | 'B deaf to A' | 'partition' | 'loss';

export class Network {
  readonly switch = new Host();
  readonly routers: Readonly<Record<RouterLetter, Host>> = { A: new Host(), B: new Host() };
  readonly client = new Host();
  readonly stranger = new Host();
  #nextIndex = 10;

  constructor() {
    const ends: readonly (readonly [Host, Station])[] = [
      [this.routers.A, routers.A],
      [this.routers.B, routers.B],
      [this.client, client],
      [this.stranger, stranger],
    ];
    for (const [host] of [[this.switch], ...ends]) configure(host);
    this.#batch(this.switch, [
      `link add ${bridge} type bridge stp_state 0 mcast_snooping 0 forward_delay 0`,
      `link set ${bridge} up`,
    ]);
    for (const [host, station] of ends) this.#lay(host, station);
    // The client is to watch, not to be flooded.
    this.#filter([
      `add table bridge watch`,
      'add chain bridge watch forward { type filter hook forward priority 0; }',
      `add rule bridge watch forward iifname ${portOf(stranger)} oifname ${portOf(client)} drop`,
    ]);
  }

  /** Lays a router's cable anew, after its interface was deleted. */
  layCable(letter: RouterLetter): void {
    this.#lay(this.routers[letter], routers[letter]);
  }

  deleteInterface(letter: RouterLetter): void {
    this.routers[letter].ip(`link delete ${hostInterface}`);
  }

  setInterface(letter: RouterLetter, state: 'up' | 'down'): void {
    this.routers[letter].ip(`link set ${hostInterface} ${state}`);
  }

  /** Takes the switch's end of the cable down or up: the router's interface loses its carrier. */
  setCable(letter: RouterLetter, state: 'up' | 'down'): void {
    this.switch.ip(`link set ${portOf(routers[letter])} ${state}`);
  }

  disturb(disturbance: Disturbance): void {
    const [a, b] = [portOf(routers.A), portOf(routers.B)];
    const aToB = `iifname ${a} oifname ${b} drop`;
    const bToA = `iifname ${b} oifname ${a} drop`;
    const rules = {
      'A deaf to B': [bToA],
      'B deaf to A': [aToB],
      partition: [aToB, bToA],
      loss: ['numgen random mod 100 < 30 drop'],
    }[disturbance];
    this.#filter([
      'add table bridge fault',
      'add chain bridge fault forward { type filter hook forward priority 10; }',
      ...rules.map((rule) => `add rule bridge fault forward ${rule}`),
    ]);
  }

  heal(): void {
    this.#filter(['delete table bridge fault']);
  }

  /** So many packets have arrived at a router since its cable was laid. */
  packetsAt(letter: RouterLetter): number {
    interface Row {
      readonly stats64: { readonly rx: { readonly packets: number } };
    }
    const text = this.routers[letter].ip(`-json -statistics link show ${hostInterface}`);
    return (JSON.parse(text) as readonly Row[])[0]?.stats64.rx.packets ?? 0;
  }

  interfaceIndex(host: Host): number {
    const text = host.ip(`-json link show ${hostInterface}`);
    return (JSON.parse(text) as readonly { readonly ifindex: number }[])[0]?.ifindex ?? 0;
  }

  /** The indexes of both ends differ, so that the kernel tells of a carrier at once. */
  #lay(host: Host, station: Station): void {
    const port = portOf(station);
    const index = this.#nextIndex;
    this.#nextIndex += 2;
    this.#batch(this.switch, [
      `link add ${port} index ${index} type veth peer name ${hostInterface} index ${index + 1} ` +
        `address ${station.mac} netns ${host.path}`,
      `link set ${port} master ${bridge}`,
      `link set ${port} up`,
    ]);
    this.#batch(host, [
      `address add ${station.ipv4}/24 dev ${hostInterface}`,
      `link set ${hostInterface} up`,
      `address add ${station.ipv6}/64 dev ${hostInterface} nodad`,
    ]);
  }

  #batch(host: Host, commands: readonly string[]): void {
    host.run(() => execFileSync('ip', ['-batch', '-'], { input: `${commands.join('\n')}\n` }));
  }

  #filter(commands: readonly string[]): void {
    const input = `${commands.join('\n')}\n`;
    this.switch.run(() => execFileSync('nft', ['-f', '-'], { input }));
  }
}

function configure(host: Host): void {
  host.run(() => {
    for (const [name, value] of Object.entries(settings)) {
      writeFileSync(`/proc/sys/net/${name}`, `${value}\n`);
    }
    for (const scope of ['all', 'default']) {
      for (const name of quiet) writeFileSync(`/proc/sys/net/ipv6/conf/${scope}/${name}`, '0');
    }
  });
}

/** The switch's end of a station's cable. */
function portOf({ letter }: Station): string {
  return `port-${letter}`;
}
