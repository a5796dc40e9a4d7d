import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
} from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { milliseconds, seconds } from '../base/units.ts';
import type { Command } from '../model/command.ts';
import type { Probe } from '../model/service-config.ts';
import { NodeProbes } from './probes.ts';
import { NodeProcesses } from './processes.ts';

const silent = { write: () => undefined };
const probes = new NodeProbes({ processes: new NodeProcesses({ log: silent }) });
const longEnough = seconds(10);
const host = '127.0.0.1';
const servers: (Server | HttpServer)[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server | HttpServer): Promise<number> {
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens at. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Accepts connections and never says a word. */
function mute(): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined);
  });
}

describe('a tcp probe', () => {
  it('is answered where a connection comes about', async () => {
    const port = await listen(mute());
    const result = await probes.ask({ type: 'tcp', host, port }, longEnough);
    expect(result).toEqual({ answered: true, detail: 'connected' });
  });

  it('is not where it is refused', async () => {
    const port = await closedPort();
    const { answered, detail } = await probes.ask({ type: 'tcp', host, port }, longEnough);
    expect(answered).toBe(false);
    expect(detail).toMatch(/ECONNREFUSED/);
  });

  it('is not where every address of a name refuses, and says so', async () => {
    const port = await closedPort();
    const probe = { type: 'tcp', host: 'localhost', port } as const;
    expect((await probes.ask(probe, longEnough)).detail).toMatch(/ECONNREFUSED/);
  });
});

describe('a probe that can not be tried', () => {
  it.each<Probe>([
    { type: 'http', url: 'https://127.0.0.1/' },
    { type: 'http', url: 'not a url' },
    { type: 'tcp', host, port: 70_000 },
  ])('%j is not answered, and says why', async (probe) => {
    const result = await probes.ask(probe, longEnough);
    expect(result.answered).toBe(false);
    expect(result.detail).not.toBe('');
  });
});

describe('an http probe', () => {
  function statusServer(): HttpServer {
    return createHttpServer((request, response) => {
      response.statusCode = Number(request.url?.slice(1));
      response.end();
    });
  }

  it.each([
    [200, true],
    [204, true],
    [302, true],
    [404, false],
    [503, false],
  ])('with status %i is answered: %s', async (status, answered) => {
    const port = await listen(statusServer());
    const result = await probes.ask(
      { type: 'http', url: `http://${host}:${port}/${status}` },
      longEnough,
    );
    expect(result).toEqual({ answered, detail: `HTTP status ${status}` });
  });

  it('makes a new connection each time', async () => {
    const server = statusServer();
    let connections = 0;
    const wishes: unknown[] = [];
    server.on('connection', () => {
      connections += 1;
    });
    server.on('request', (request: IncomingMessage) => wishes.push(request.headers.connection));
    const url = `http://${host}:${await listen(server)}/200`;
    await probes.ask({ type: 'http', url }, longEnough);
    await probes.ask({ type: 'http', url }, longEnough);
    expect(connections).toBe(2);
    expect(wishes).toEqual(['close', 'close']);
  });

  it('waits no longer than its time', async () => {
    const port = await listen(mute());
    const result = await probes.ask(
      { type: 'http', url: `http://${host}:${port}/` },
      milliseconds(200),
    );
    expect(result).toEqual({ answered: false, detail: 'no answer within 0.2 s' });
  });

  it('is not answered by what is no HTTP', async () => {
    const port = await listen(createServer((socket) => socket.end('220 mail\r\n')));
    const result = await probes.ask({ type: 'http', url: `http://${host}:${port}/` }, longEnough);
    expect(result.answered).toBe(false);
  });
});

describe('a probe by command', () => {
  function command(program: string, ...args: string[]): { type: 'command'; command: Command } {
    return { type: 'command', command: { program, arguments: args, user: null, group: null } };
  }

  it.each([
    [command('true'), { answered: true, detail: 'exit status 0' }],
    [command('false'), { answered: false, detail: 'exit status 1' }],
    [command('sh', '-c', 'kill $$'), { answered: false, detail: 'ended by SIGTERM' }],
    [command('sleep', '60'), { answered: false, detail: 'no answer within 1 s' }],
    [command('/no/probe'), { answered: false, detail: '/no/probe does not exist' }],
  ])('%j is %j', async (probe, expected) => {
    expect(await probes.ask(probe, seconds(1))).toEqual(expected);
  });
});
