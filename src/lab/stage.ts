/** The machines, the network and the instruments that a story is played with. */
import { AddressWatch } from './address-watch.ts';
import { nginxPath, virtualAddress, vrrpInterface } from './article-configuration.ts';
import type { AnswerListener } from './client-process.ts';
import { ClientProcess } from './client-process.ts';
import { timelineText } from './daemon-log.ts';
import { Host } from './host.ts';
import { Machine } from './machine.ts';
import { monotonicMs } from './monotonic.ts';
import { buildNetwork } from './network.ts';
import { backEndAddresses, backEndConfiguration } from './nginx-configuration.ts';
import type { HostName, Pair } from './pair.ts';
import { hostNames } from './pair.ts';
import type { StoryEvent, TimelineEvent } from './story-event.ts';
import type { WebServerKind } from './web-server.ts';
import { findWebServer, installWebServer } from './web-server.ts';

const machineName: Readonly<Record<HostName, string>> = { A: 'host-a', B: 'host-b' };

export interface Stage {
  readonly hosts: Readonly<Record<HostName, Host>>;
  readonly client: ClientProcess;
  readonly addresses: AddressWatch;
  readonly machines: readonly Machine[];
  readonly tell: Tell;
}

/** Adds a line to the timeline, now or at a moment of the monotonic clock. */
type Tell = (who: TimelineEvent['who'], text: string, atMs?: number) => void;

/** The host whose machine bears this name; null where there is none. */
export function hostOfMachine(name: string | null): HostName | null {
  return hostNames.find((host) => machineName[host] === name) ?? null;
}

/** Boots the machines, connects them, and starts everything but the daemons. */
export async function buildStage(pair: Pair, emit: (event: StoryEvent) => void): Promise<Stage> {
  const beganAtMs = monotonicMs();
  const tell: Tell = (who, text, atMs = monotonicMs()) => {
    emit({ type: 'timeline', atMs: atMs - beganAtMs, who, text });
  };
  const webServer = await findWebServer();
  const [a, b, clientMachine, backEnds] = await Promise.all([
    Machine.boot(machineName.A),
    Machine.boot(machineName.B),
    Machine.boot('client'),
    Promise.all(backEndAddresses.map(bootBackEnd)),
  ]);
  await buildNetwork({ hosts: { A: a, B: b }, client: clientMachine, backEnds });
  const addresses = new AddressWatch(({ atMs, host, present }) => {
    tell(host, `${virtualAddress} is ${present ? 'on' : 'off'} ${vrrpInterface}`, atMs);
  });
  await addresses.begin({ A: a, B: b });
  const hosts = { A: createHost('A', a, pair, tell), B: createHost('B', b, pair, tell) };
  await Promise.all([
    ...backEnds.map(({ machine }) => startBackEnd(machine, webServer)),
    hosts.A.furnish(webServer),
    hosts.B.furnish(webServer),
  ]);
  tell('lab', describeStage(pair, webServer));
  const client = new ClientProcess(clientMachine, tellAnswers(tell));
  const machines = [a, b, clientMachine, ...backEnds.map(({ machine }) => machine)];
  return { hosts, client, addresses, machines, tell };
}

async function bootBackEnd(
  address: string,
  index: number,
): Promise<{ readonly machine: Machine; readonly address: string }> {
  return { machine: await Machine.boot(`web-${String(index + 1)}`), address };
}

async function startBackEnd(machine: Machine, webServer: WebServerKind): Promise<void> {
  await installWebServer(machine, webServer, backEndConfiguration(machine.hostName));
  await machine.run(nginxPath, []);
}

function createHost(name: HostName, machine: Machine, pair: Pair, tell: Tell): Host {
  const onLogLine = (line: string): void => {
    const text = timelineText(line);
    if (text !== null) tell(name, text);
  };
  return new Host({ name, machine, daemonKind: pair[name], onLogLine });
}

function describeStage(pair: Pair, webServer: WebServerKind): string {
  const daemons = `A runs ${pair.A}, B runs ${pair.B}`;
  return webServer === 'nginx'
    ? `two hosts, a client and two back ends are up: ${daemons}`
    : `${daemons}; nginx can't be had, a small Node server stands in for it`;
}

function tellAnswers(tell: Tell): AnswerListener {
  return (message) => {
    if (message.type === 'silent') {
      tell('client', 'no answer', message.atMs);
      return;
    }
    const host = hostOfMachine(message.host) ?? message.host;
    tell('client', `${host} answers, after ${message.gapMs.toFixed(0)} ms`, message.atMs);
  };
}
