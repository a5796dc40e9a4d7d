/**
 * The lab's network: the client and both hosts on one switch ("outside"), both
 * hosts and the back ends on another ("inside"). The switches are bridges in the
 * lab's own network namespace; nothing leads out of it.
 */
import { outsideAddress, vrrpInterface } from './article-configuration.ts';
import { runOrThrow } from './command.ts';
import type { Machine } from './machine.ts';
import type { HostName } from './pair.ts';

const insideInterface = 'eth0';
const insideAddress: Readonly<Record<HostName, string>> = { A: '198.51.100.2', B: '198.51.100.3' };
const clientAddress = '192.0.2.10';

/** The article's hosts are in a network of this length. */
const outsidePrefixLength = 27;
const insidePrefixLength = 24;

type Switch = 'outside' | 'inside';

export interface Machines {
  readonly hosts: Readonly<Record<HostName, Machine>>;
  readonly client: Machine;
  readonly backEnds: readonly { readonly machine: Machine; readonly address: string }[];
}

/** One machine's connection to a switch. */
interface Cable {
  readonly machine: Machine;
  readonly switch: Switch;
  readonly interface: string;
  /** With its prefix length. */
  readonly address: string;
}

export async function buildNetwork(machines: Machines): Promise<void> {
  await runOrThrow('ip', ['-batch', '-'], switchCommands().join('\n'));
  const cables = listCables(machines);
  await runOrThrow('ip', ['-batch', '-'], cables.flatMap(plugCommands).join('\n'));
  await Promise.all(
    cables.map((cable) => cable.machine.run('ip', ['-batch', '-'], portCommands(cable).join('\n'))),
  );
}

/** Takes the switch's end of the cable down or up: the host's interface loses its carrier. */
export async function setCable(host: Machine, state: 'up' | 'down'): Promise<void> {
  await runOrThrow('ip', ['link', 'set', portName(host, 'outside'), state]);
}

function switchCommands(): readonly string[] {
  return [
    'link set lo up',
    ...['outside', 'inside'].flatMap((name) => [
      // Snooping would have to learn who wants 224.0.0.18 first.
      `link add ${name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
      `link set ${name} up`,
    ]),
  ];
}

function listCables(machines: Machines): readonly Cable[] {
  const { hosts, client, backEnds } = machines;
  const outside = (machine: Machine, address: string): Cable => ({
    machine,
    switch: 'outside',
    interface: vrrpInterface,
    address: `${address}/${String(outsidePrefixLength)}`,
  });
  const inside = (machine: Machine, address: string): Cable => ({
    machine,
    switch: 'inside',
    interface: insideInterface,
    address: `${address}/${String(insidePrefixLength)}`,
  });
  return [
    outside(hosts.A, outsideAddress.A),
    outside(hosts.B, outsideAddress.B),
    outside(client, clientAddress),
    inside(hosts.A, insideAddress.A),
    inside(hosts.B, insideAddress.B),
    ...backEnds.map(({ machine, address }) => inside(machine, address)),
  ];
}

/** At most 15 octets: "host-a-outside". */
function portName(machine: Machine, on: Switch): string {
  return `${machine.hostName}-${on}`;
}

function plugCommands(cable: Cable): readonly string[] {
  const port = portName(cable.machine, cable.switch);
  const target = String(cable.machine.initId);
  return [
    `link add ${port} type veth peer name ${cable.interface} netns ${target}`,
    `link set ${port} master ${cable.switch} up`,
  ];
}

function portCommands(cable: Cable): readonly string[] {
  return [
    `address add ${cable.address} brd + dev ${cable.interface}`,
    `link set ${cable.interface} up`,
  ];
}
