/** Server and client over a real unix socket, each test in a directory of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, success } from '../base/result.ts';
import { instant } from '../base/units.ts';
import { emptySnapshot } from '../model/defaults.ts';
import type { Succession } from '../model/succession.ts';
import type { JournalLine } from '../ports/journal.ts';
import { controlClient } from './client.ts';
import { controlLimits, protocolVersion, type Identity, type SucceedRequest } from './contract.ts';
import type { ControlTarget } from './control-target.ts';
import { encodeLine } from './json-lines.ts';
import { startControlServer, type ControlServer } from './server.ts';

const identity: Identity = {
  version: '0.1.0',
  processId: 4242,
  startedAtMs: 1_000,
  configurationPath: '/etc/keepalived/keepalived.conf',
};

const tracked = { scripts: [], services: [], files: [], processes: [] };
const succession: Succession = { beginsAt: instant(5), instances: [], groups: [], ...tracked };

const asked = { format: 1, configuredAt: instant(3), notAfter: instant(9) };

class FakeTarget implements ControlTarget {
  readonly identity = identity;
  readonly listeners = new Set<(line: JournalLine) => void>();
  readonly kept: JournalLine[] = [];
  stopped = false;
  successorTold = false;
  readonly journal = {
    lines: ({ after = -1 }: { readonly after?: number }) =>
      this.kept.filter((line) => line.sequence > after),
    subscribe: (listener: (line: JournalLine) => void) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  record(detail: string): void {
    const line: JournalLine = {
      sequence: this.kept.length + 1,
      timeMs: 0,
      entry: { kind: 'config', detail },
      because: [],
    };
    this.kept.push(line);
    for (const listener of this.listeners) listener(line);
  }

  async snapshot() {
    return Promise.resolve(emptySnapshot);
  }

  async pass(instance: string | null) {
    if (instance === 'VI_9') return Promise.reject(new Error('the core is gone'));
    return Promise.resolve(
      instance === 'VI_1' || instance === null
        ? success('VI_1 hands over')
        : failure(`no instance ${instance}`),
    );
  }

  async reload(service: string | null) {
    if (service !== null) return success(`${service}: reloading`);
    return Promise.resolve(failure('k.conf:3:1: error: unknown keyword'));
  }

  async upgrade() {
    return Promise.resolve(success('process 7 has taken over'));
  }

  async giveWay({ processId }: SucceedRequest) {
    if (processId === 8) return failure('it hands over at this moment');
    // As the daemon does: nobody else can ask from now on.
    for (const server of servers) server.close();
    return Promise.resolve(success(succession));
  }

  told(): void {
    this.successorTold = true;
  }

  stop(): void {
    this.stopped = true;
  }
}

let directory: string;
let path: string;
let target: FakeTarget;
let logged: string[];
const servers: ControlServer[] = [];
const sockets: Socket[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'baton-control-'));
  path = join(directory, 'baton.sock');
  target = new FakeTarget();
  logged = [];
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function start(at = path) {
  const started = await startControlServer({
    path: at,
    target,
    log: { write: (level, text) => logged.push(`${level}: ${text}`) },
  });
  if (started.ok) servers.push(started.value);
  return started;
}

/** A bare connection, and all that has come over it so far. */
async function connect(): Promise<{ socket: Socket; received: () => string }> {
  const socket = createConnection({ path });
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, received: () => text };
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed)
    await new Promise<void>((resolve) =>
      socket.once('close', () => {
        resolve();
      }),
    );
}

/** Waits for what must come; the test's own time limit is the bound. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const never = new AbortController().signal;

describe('the socket', () => {
  it('has mode 0600 from the moment it exists', async () => {
    const starting = start();
    // bind(2) has happened within the call: behind a door that only the owner may open.
    const [staging = ''] = readdirSync(directory);
    expect(existsSync(path)).toBe(false);
    expect(lstatSync(join(directory, staging)).mode & 0o777).toBe(0o700);
    expect(lstatSync(join(directory, staging, 's')).isSocket()).toBe(true);
    await starting;
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['baton.sock']);
  });

  it('replaces the socket of a process that is dead', async () => {
    const leaveSocket = `require('node:net').createServer().listen(process.argv[1],
      () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leaveSocket, path]);
    expect(lstatSync(path).isSocket()).toBe(true);
    expect((await start()).ok).toBe(true);
    expect((await controlClient(path).status()).ok).toBe(true);
    expect(readdirSync(directory)).toEqual(['baton.sock']);
  });

  it('refuses to replace that of a living one, which goes on', async () => {
    expect((await start()).ok).toBe(true);
    const second = await start();
    expect(second).toEqual({
      ok: false,
      error: {
        code: 'socket-in-use',
        message:
          `control socket ${path}: another Baton is running and listens there: stop it with ` +
          `\`baton stop --socket ${path}\`, or give this one another path with --socket`,
      },
    });
    expect((await controlClient(path).status()).ok).toBe(true);
  });

  it('leaves alone what is not a socket', async () => {
    writeFileSync(path, 'precious');
    const started = await start();
    expect(started).toMatchObject({ ok: false, error: { code: 'socket-unusable' } });
    expect(lstatSync(path).isFile()).toBe(true);
  });

  it('says how to mend a path that can not be', async () => {
    const missing = await start(join(directory, 'none', 'baton.sock'));
    expect(missing).toMatchObject({ error: { message: /its directory does not exist/ } });
    const long = await start(join(directory, 'x'.repeat(108)));
    expect(long).toMatchObject({
      error: { message: /its path is \d+ octets too long: choose another/ },
    });
  });

  it('is left alone by close when another has taken its place', async () => {
    const started = await start();
    rmSync(path);
    writeFileSync(path, 'precious');
    if (started.ok) started.value.close();
    expect(lstatSync(path).isFile()).toBe(true);
  });

  it('is gone after close', async () => {
    const started = await start();
    if (started.ok) started.value.close();
    expect(existsSync(path)).toBe(false);
  });
});

describe('a request', () => {
  it('is answered: status, pass, reload', async () => {
    await start();
    const client = controlClient(path);
    expect(await client.status()).toEqual(
      success({ type: 'status', identity, snapshot: emptySnapshot }),
    );
    expect(await client.pass('VI_1')).toEqual(success(success('VI_1 hands over')));
    expect(await client.pass('VI_2')).toEqual(success(failure('no instance VI_2')));
    expect(await client.reload(null)).toEqual(
      success(failure('k.conf:3:1: error: unknown keyword')),
    );
    expect(await client.reload('nginx')).toEqual(success(success('nginx: reloading')));
  });

  it('is answered to who has shut down its side of the connection', async () => {
    await start();
    const socket = createConnection(path);
    socket.end(encodeLine({ protocol: protocolVersion, request: 'status' }));
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toContain('"type":"status"');
  });

  it('that the target can not answer is told as an error', async () => {
    await start();
    expect(await controlClient(path).pass('VI_9')).toEqual(
      failure({
        code: 'refused',
        message: `control socket ${path}: the core is gone (internal)`,
      }),
    );
  });

  it('for the place of the running one is answered, however soon that closes', async () => {
    await start();
    const refused = await controlClient(path).succeed({ ...asked, processId: 8 });
    expect(refused).toEqual(success(failure('it hands over at this moment')));
    expect(target.successorTold).toBe(false);
    const answer = await controlClient(path).succeed({ ...asked, processId: 7 });
    expect(answer).toEqual(success(success(succession)));
    await vi.waitFor(() => {
      expect(target.successorTold).toBe(true);
    });
    expect(existsSync(path)).toBe(false);
  });

  it('for the place of the running one has to say who asks', async () => {
    await start();
    const { socket, received } = await connect();
    socket.write(encodeLine({ protocol: protocolVersion, request: 'succeed', format: 1 }));
    await vi.waitFor(() => {
      expect(received()).toContain('processId must be the id');
    });
  });

  it('to stop begins it, and stays connected without an end after close', async () => {
    const started = await start();
    const { socket, received } = await connect();
    socket.write(encodeLine({ protocol: protocolVersion, request: 'stop' }));
    await until(() => received().includes('"type":"stopping"'));
    expect(target.stopped).toBe(true);
    if (started.ok) started.value.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(socket.closed).toBe(false);
  });

  it('to stop is complete for the client when the connection ends, not before', async () => {
    const accepted: Socket[] = [];
    const baton = createServer((socket) => {
      accepted.push(socket);
      socket.write(encodeLine({ type: 'stopping', identity }));
    });
    await new Promise<void>((resolve) => baton.listen(path, resolve));
    let answered = false;
    const stopping = controlClient(path).stop();
    void stopping.then(() => (answered = true));
    await until(() => accepted.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toBe(false);
    accepted[0]?.destroy();
    expect(await stopping).toEqual(success(identity));
    baton.close();
  });

  it('can follow another on one connection, and be cut anywhere', async () => {
    await start();
    const { socket, received } = await connect();
    const line = encodeLine({ protocol: protocolVersion, request: 'reload' });
    socket.write(line + line + line.slice(0, 5));
    await until(() => received().split('\n').length === 3);
    socket.end(line.slice(5));
    await closed(socket);
    expect(received().split('\n')).toHaveLength(4);
  });
});

describe('a bad client', () => {
  it('that sends rubbish is told so and may go on', async () => {
    await start();
    const { socket, received } = await connect();
    socket.write('rubbish\n');
    await until(() => received().includes('bad-request'));
    socket.write(encodeLine({ protocol: protocolVersion, request: 'status' }));
    await until(() => received().includes('"type":"status"'));
  });

  it('that sends a line without end is told so and closed; others notice nothing', async () => {
    await start();
    const { socket, received } = await connect();
    socket.write('x'.repeat(controlLimits.requestOctets + 1));
    await closed(socket);
    expect(received()).toContain('line-too-long');
    expect((await controlClient(path).status()).ok).toBe(true);
  });

  it('that sends any octets at all, and vanishes, harms nobody', async () => {
    await start();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 6_000 }), async (octets) => {
        const { socket } = await connect();
        socket.write(octets);
        socket.destroy();
      }),
      { numRuns: 50 },
    );
    expect((await controlClient(path).status()).ok).toBe(true);
    expect(logged).toEqual([]);
  });

  it('one too many is told that it is busy, and the log says so once', async () => {
    await start();
    const held = await Promise.all(Array.from({ length: controlLimits.clients }, connect));
    for (let refused = 0; refused < 3; refused += 1) {
      expect(await controlClient(path).status()).toMatchObject({
        ok: false,
        error: { code: 'refused', message: /\(busy\)$/ },
      });
    }
    expect(logged).toHaveLength(1);
    held[0]?.socket.destroy();
    await expect
      .poll(async () => (await controlClient(path).status()).ok, { timeout: 4_000 })
      .toBe(true);
    expect(logged[1]).toMatch(/^notice: control socket: \d+ clients were refused$/);
  });
});

describe('100 clients at a time', () => {
  it('are all answered', async () => {
    await start();
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => controlClient(path).status()),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(100);
  });
});

describe('events', () => {
  async function take(query: { after: number | null; follow: boolean; until?: AbortSignal }) {
    const details: string[] = [];
    const outcome = await controlClient(path).events({ until: never, ...query }, async (line) => {
      if (line.entry.kind === 'config') details.push(line.entry.detail);
      return Promise.resolve();
    });
    return { details, outcome };
  }

  it('are those that are kept, or those after a number', async () => {
    for (const detail of ['one', 'two', 'three']) target.record(detail);
    await start();
    expect(await take({ after: null, follow: false })).toEqual({
      details: ['one', 'two', 'three'],
      outcome: success('complete'),
    });
    expect((await take({ after: 2, follow: false })).details).toEqual(['three']);
  });

  it('come in order and without a gap however many are kept', async () => {
    const count = controlLimits.eventsAtOnce * 3 + 7;
    for (let number = 1; number <= count; number += 1) target.record(String(number));
    await start();
    const { details } = await take({ after: null, follow: false });
    expect(details).toEqual(Array.from({ length: count }, (_, index) => String(index + 1)));
  });

  it('go on as they happen, until Baton stops', async () => {
    target.record('before');
    const started = await start();
    const following = take({ after: null, follow: true });
    await until(() => target.listeners.size === 1);
    target.record('after');
    if (started.ok) started.value.close();
    expect(await following).toEqual({
      details: ['before', 'after'],
      outcome: success('stopping'),
    });
    await until(() => target.listeners.size === 0);
  });

  it('end when the reader is interrupted', async () => {
    await start();
    const reader = new AbortController();
    const following = take({ after: null, follow: true, until: reader.signal });
    await until(() => target.listeners.size === 1);
    reader.abort();
    expect((await following).outcome).toEqual(success('interrupted'));
    await until(() => target.listeners.size === 0);
  });

  it('are lost to a follower that does not read, once its buffer is full, and to nobody else', async () => {
    await start();
    const { socket } = await connect();
    socket.pause();
    socket.write(encodeLine({ protocol: protocolVersion, request: 'events', follow: true }));
    await until(() => target.listeners.size === 1);
    const reader = new AbortController();
    const good = take({ after: null, follow: true, until: reader.signal });
    await until(() => target.listeners.size === 2);

    const detail = 'x'.repeat(1_000);
    // What the kernel buffers of a unix socket comes on top of the bound, and is bounded too.
    const bound = 16 * (controlLimits.followerOctets / detail.length);
    let told = 0;
    while (target.listeners.size === 2 && told < bound) {
      target.record(detail);
      told += 1;
      if (told % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(target.listeners.size).toBe(1);
    expect(told * detail.length).toBeGreaterThan(controlLimits.followerOctets);
    expect(logged.join()).toMatch(/a follower left \d+ octets of events unread and was dropped/);

    target.record('last');
    expect(target.listeners.size).toBe(1);
    reader.abort();
    const { details } = await good;
    expect(details.length).toBeGreaterThan(0);
  });
});

describe('the client', () => {
  it('says that Baton is not running, and where it looked', async () => {
    const message =
      `Baton is not running: nothing listens at ${path}. Start it with \`baton run\`, ` +
      'or name the socket of the one that runs with --socket';
    expect(await controlClient(path).status()).toEqual(failure({ code: 'not-running', message }));
  });

  it('says so when what answers is not Baton', async () => {
    const stranger = createServer((socket) => socket.end('SSH-2.0-stranger\r\n'));
    await new Promise<void>((resolve) => stranger.listen(path, resolve));
    expect(await controlClient(path).status()).toMatchObject({
      error: { code: 'connection-lost', message: /is not Baton/ },
    });
    stranger.close();
  });
});
